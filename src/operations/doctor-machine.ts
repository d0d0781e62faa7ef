/** The checks of the doctor that are about the machine: programs and disks. */

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { versions } from "node:process";
import { execa } from "execa";
import { bytesText } from "../domain/disk.ts";
import { freeBytesAt } from "../lib/disk-space.ts";
import type { Context, Environment, ProjectPlace } from "./context.ts";
import type { Check } from "./doctor.ts";

export async function checkNode(): Promise<Check> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  // Our own package.json.
  const { engines } = JSON.parse(text) as { readonly engines: { readonly node: string } };
  const needed = engines.node.replace(">=", "");
  const ok = isAtLeast(versions.node, needed);
  const hint = ok ? null : `Install Node.js ${needed} or newer.`;
  return { name: "node", ok, detail: `${versions.node}, needs ${needed}`, hint };
}

/** `git merge-tree --write-tree`, by which landings are made, came with it. */
const neededGit = "2.38";

export async function checkGit(): Promise<Check> {
  const { exitCode, stdout } = await execa("git", ["--version"], { reject: false });
  const version = /\d+(?:\.\d+)+/.exec(stdout ?? "")?.[0];
  if (exitCode !== 0 || version === undefined) {
    const hint = `Install git ${neededGit} or newer.`;
    return { name: "git", ok: false, detail: "git was not found on PATH", hint };
  }
  const ok = isAtLeast(version, neededGit);
  const hint = ok ? null : `Install git ${neededGit} or newer.`;
  return { name: "git", ok, detail: `${version}, needs ${neededGit}`, hint };
}

/**
 * Tried out on a server of its own where an agent is to work in it; else only its version is told,
 * and nothing of it is wrong.
 */
export async function checkTmux(context: Context, isNeeded: boolean): Promise<readonly Check[]> {
  const steps = await context.probeTmux(isNeeded ? "all" : "version");
  if (!isNeeded) {
    const says = steps.map(({ detail }) => detail).join("; ");
    return [{ name: "tmux", ok: true, detail: `${says}; no agent needs it`, hint: null }];
  }
  return steps.map(({ name, ...seen }) => {
    return { name: name === "version" ? "tmux" : `tmux ${name}`, ...seen };
  });
}

export async function checkDisk(
  env: Environment,
  place: ProjectPlace,
  leastBytes: number,
): Promise<readonly Check[]> {
  const configured = env["XDG_STATE_HOME"];
  const state =
    configured !== undefined && path.isAbsolute(configured)
      ? configured
      : path.join(env["HOME"] ?? homedir(), ".local", "state");
  return [
    await checkSpace("disk of the store", place.stateDir, leastBytes),
    await checkSpace("disk of the worktrees", path.join(state, "temoin"), leastBytes),
  ];
}

async function checkSpace(name: string, dir: string, leastBytes: number): Promise<Check> {
  const free = await freeBytesAt(dir);
  const ok = free >= leastBytes;
  const hint = ok ? null : "Make room there, or set `disk.free` lower: no attempt begins.";
  const wanted = leastBytes === 0 ? "" : `, \`disk.free\` is ${bytesText(leastBytes)}`;
  return { name, ok, detail: `${bytesText(free)} free under ${dir}${wanted}`, hint };
}

function isAtLeast(version: string, needed: string): boolean {
  const has = version.split(".").map(Number);
  for (const [place, wanted] of needed.split(".").map(Number).entries()) {
    const part = has[place] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
