/**
 * Agents that cost nothing, for measurements of many: a shell that shows a composer, takes one
 * prompt, shows work and sleeps. What happens in their panes then is written to their terminals
 * from outside, which is the same to tmux as if they wrote it themselves.
 */

import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { SessionRequest } from "../src/agents/driver.ts";
import type { AgentName, SlotId } from "../src/domain/id.ts";

const rule = "─".repeat(60);

/** Escapes of printf(1). */
const box = `\\033[3;1H${rule}\\033[4;1H\\033[K❯ \\033[5;1H\\033[K${rule}\\033[6;1H\\033[K  ? for shortcuts\\033[4;3H`;
const script = [
  `printf '\\033[2J\\033[1;1H● A light agent${box}'`,
  "read -r line",
  `printf '${box}\\033]0;⠂ light\\007'`,
  "exec sleep 2147483647",
].join("\n");

/** As Claude Code is read, with the sequences of codex besides. */
const profile = `version: 1
name: light
extends: claude
osc:
  - { code: 7501, match: 'state=working', states: [working, retrying] }
  - { code: 7501, match: 'state=idle', states: [idle, draft, dialog, failed, limited] }
`;

export const marks = {
  title: { working: "\u001b]0;⠐ light\u0007", idle: "\u001b]0;✳ light\u0007" },
  osc: { working: "\u001b]7501;state=working\u001b\\", idle: "\u001b]7501;state=idle\u001b\\" },
  screen: {
    working: "\u001b[6;1H\u001b[K  esc to interrupt\u001b[4;3H",
    idle: "\u001b[6;1H\u001b[K  ? for shortcuts\u001b[4;3H",
  },
} as const;
export type MarkKind = keyof typeof marks;

/** A frame of a spinner, as large as that of an agent (facts, tmux §1.3: 37 bytes). */
export function frame(n: number): string {
  const star = ["✻", "✶", "✢", "✳"][n % 4] ?? "✻";
  const words = `\u001b[2;1H${star} Brewing… (${Math.floor(n / 10)}s)\u001b[4;3H`;
  return n % 10 === 0 ? `\u001b]0;${n % 20 === 0 ? "⠂" : "⠐"} light\u0007${words}` : words;
}

/** `root` is an empty directory. */
export async function makeLightRoot(root: string): Promise<void> {
  await mkdir(path.join(root, "bin"));
  await mkdir(path.join(root, "logs"));
  await writeFile(path.join(root, "light.yaml"), profile);
}

export function lightRequest(root: string, n: number): SessionRequest {
  // Names of a measurement: nothing checks them.
  const slot = `light-${n}` as SlotId;
  return {
    slot,
    agent: {
      name: "light" as AgentName,
      driver: "terminal",
      transport: "tmux",
      command: ["sh", "-c", script],
      env: {},
      roles: [],
      slots: 1,
      autonomy: "ask",
      profile: "./light.yaml",
    },
    cwd: root,
    env: { TEMOIN_SLOT: slot },
    logFile: path.join(root, "logs", `${slot}.log`),
    privateDir: path.join(root, "private", slot),
  };
}

export function tmux(root: string, ...args: readonly string[]): string {
  const reach = ["-u", "-S", socketOf(root)];
  return execFileSync("tmux", [...reach, ...args], { encoding: "utf8", stdio: "pipe" });
}

export function socketOf(root: string): string {
  return path.join(root, "tmux");
}

export interface LightPane {
  /** `%3`. */
  readonly id: string;
  readonly tty: string;
}

/** In the order of their slots. */
export function panesOf(root: string): readonly LightPane[] {
  const format = "#{window_name} #{pane_id} #{pane_tty}";
  const listed = tmux(root, "list-panes", "-s", "-t", "=temoin", "-F", format);
  const lights = listed.split("\n").flatMap((line) => {
    const [name = "", id = "", tty = ""] = line.split(" ");
    if (!name.startsWith("light-")) return [];
    return [{ n: Number(name.slice("light-".length)), id, tty }];
  });
  return lights.toSorted((a, b) => a.n - b.n);
}
