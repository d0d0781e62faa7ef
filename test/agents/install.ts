/**
 * Puts the pinned CLIs into a folder outside of the repository. What is there is whole or is not
 * there: an install is made aside, proved, and moved into place under a lock; a stamp tells the next
 * one that nothing is to be done.
 */

import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import { z } from "zod";
import { AppError } from "../../src/lib/app-error.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { tryLock } from "../../src/lib/file-lock.ts";
import type { Pin, Pins } from "./pins.ts";

const run = promisify(execFile);

export interface InstallParts {
  readonly dir: string;
  readonly pins: Pins;
  /** Told before and after; one sentence each. */
  readonly say: (sentence: string) => void;
  /** The program that installs. */
  readonly npm?: string;
}

const stampFile = z.object({
  pins: z.unknown(),
  /** Of each program, in bytes: a file that was cut short is seen by it. */
  sizes: z.record(z.string(), z.number()),
});
type Stamp = z.infer<typeof stampFile>;

/** Enough for a slow line; what takes longer has hung (chosen). */
const longestMs = 15 * 60_000;
/** How often another install is looked at. */
const lookMs = 250;

/** Where the CLIs lie: `TEMOIN_AGENTS_DIR`, else `temoin-agents` in the user's cache. */
export function agentsDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const { TEMOIN_AGENTS_DIR: given, XDG_CACHE_HOME: cache, HOME: home = os.homedir() } = env;
  return path.resolve(given || path.join(cache || path.join(home, ".cache"), "temoin-agents"));
}

export function programPath(dir: string, { program }: Pick<Pin, "program">): string {
  return path.join(dir, "node_modules", ".bin", program);
}

/** Is all of it there, as the stamp says? Asks no network and starts nothing. */
export async function isInstalled(dir: string, pins: Pins): Promise<boolean> {
  const stamp = await readStamp(dir);
  if (stamp === null || !isDeepStrictEqual(stamp.pins, pins)) return false;
  return Object.values(pins).every((pin) => sizeOf(dir, pin) === stamp.sizes[pin.program]);
}

/**
 * Resolves when all of it is there. Several may call it at once: one installs, the others wait.
 * Rejects with an AppError that says what a person can do.
 */
export async function installAgents(parts: InstallParts): Promise<void> {
  const { dir, pins, say } = parts;
  if (await isInstalled(dir, pins)) return;
  await mkdir(dir, { recursive: true });
  using _lock = await holdLock(path.join(dir, "install.lock"), say);
  if (await isInstalled(dir, pins)) return;
  const begun = systemClock.now();
  // Made by an earlier version of this file, or its stamp was lost: what proves whole is kept.
  if (!(await isProved(dir, pins))) await installAnew(parts);
  await writeStamp(dir, pins);
  const seconds = Math.round((systemClock.now() - begun) / 1000);
  say(`The agent CLIs are in ${dir} (${seconds} s).`);
}

async function installAnew({ dir, pins, say, npm = "npm" }: InstallParts): Promise<void> {
  say(`Installing the agent CLIs (more than 1 GB, by npm) into ${dir}:`);
  for (const pin of Object.values(pins)) say(`  ${pin.package} ${pin.version}`);
  await removeLeftovers(dir);
  const staging = await mkdtemp(path.join(dir, "staging-"));
  try {
    await writeFile(path.join(staging, "package.json"), '{ "private": true }\n');
    const wanted = Object.values(pins).map((pin) => `${pin.package}@${pin.version}`);
    await callNpm(npm, staging, wanted);
    for (const pin of Object.values(pins)) await setUp(staging, pin);
    if (!(await isProved(staging, pins))) {
      throw new AppError("failed", "npm has installed the agent CLIs, but not all of them start.", {
        hint: `Run it again; if it stays so, remove ${dir} first.`,
      });
    }
    await rm(path.join(dir, "installed.json"), { force: true });
    await rm(path.join(dir, "node_modules"), { recursive: true, force: true });
    await rename(path.join(staging, "node_modules"), path.join(dir, "node_modules"));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function callNpm(npm: string, staging: string, wanted: readonly string[]): Promise<void> {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--no-package-lock"];
  const args = ["install", "--ignore-scripts", ...quiet, "--prefix", staging, ...wanted];
  try {
    await run(npm, args, { cwd: staging, timeout: longestMs, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    throw new AppError("failed", `Cannot install the agent CLIs: ${reasonOf(error)}.`, {
      cause: error,
      hint: "They come from the npm registry: see that `npm ping` reaches it, and run it again.",
    });
  }
}

/** npm runs no scripts here; the two that matter are run by name. */
async function setUp(staging: string, pin: Pin): Promise<void> {
  if (pin.setup === undefined) return;
  const cwd = path.join(staging, "node_modules", pin.package);
  try {
    await run(process.execPath, [pin.setup], { cwd, timeout: longestMs });
  } catch (error) {
    throw new AppError("failed", `Cannot set up ${pin.package}: ${reasonOf(error)}.`, {
      cause: error,
      hint: "Run it again; its package brings a program for this platform, which npm may have left out.",
    });
  }
}

/** Are the packages those of the pins, and does each program start? */
async function isProved(dir: string, pins: Pins): Promise<boolean> {
  const home = await mkdtemp(path.join(dir, "staging-home-"));
  try {
    for (const pin of Object.values(pins)) {
      const manifest = path.join(dir, "node_modules", pin.package, "package.json");
      const { version } = z
        .object({ version: z.string() })
        .parse(JSON.parse(await readFile(manifest, "utf8")));
      if (version !== pin.version) return false;
      const node = path.dirname(process.execPath);
      const started = run(programPath(dir, pin), ["--version"], {
        env: { HOME: home, TMPDIR: home, PATH: `${node}:/usr/local/bin:/usr/bin:/bin` },
        timeout: 60_000,
      });
      // One that knows no --version serves until its input ends.
      started.child.stdin?.end();
      await started;
    }
    return true;
  } catch {
    // Whatever is wrong with it, it is installed anew.
    return false;
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function readStamp(dir: string): Promise<Stamp | null> {
  try {
    return stampFile.parse(JSON.parse(await readFile(path.join(dir, "installed.json"), "utf8")));
  } catch {
    // None, or one that says nothing: then it is installed, or proved, anew.
    return null;
  }
}

async function writeStamp(dir: string, pins: Pins): Promise<void> {
  const sizes = Object.values(pins).map((pin) => [pin.program, sizeOf(dir, pin)] as const);
  const text = `${JSON.stringify({ pins, sizes: Object.fromEntries(sizes) }, null, 2)}\n`;
  const file = path.join(dir, "installed.json");
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** `null`: it is not there, or cannot be run. */
function sizeOf(dir: string, pin: Pin): number | null {
  try {
    const file = realpathSync(programPath(dir, pin));
    accessSync(file, constants.X_OK);
    return statSync(file).size;
  } catch {
    // The answer is the same, whatever is in the way.
    return null;
  }
}

async function holdLock(file: string, say: (sentence: string) => void): Promise<Disposable> {
  const until = systemClock.now() + longestMs;
  for (let isFirst = true; ; isFirst = false) {
    const lock = tryLock(file);
    if (lock !== null) return lock;
    if (isFirst) say("Another process installs the agent CLIs: waiting for it.");
    if (systemClock.now() > until) {
      throw new AppError("failed", `Another process has held ${file} for a quarter of an hour.`, {
        hint: "End it, and run this again.",
      });
    }
    await systemClock.until(systemClock.now() + lookMs);
  }
}

/** Of installs that were killed: whoever holds the lock is alone. */
async function removeLeftovers(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.startsWith("staging-")) await rm(path.join(dir, name), { recursive: true });
  }
}

/** The line that says why, of all that npm or a script has said. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const lines = said
    .split("\n")
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("A complete log"));
  const telling = lines.find((line) => /reason:|^\d{3} |not found/i.test(line));
  return (telling ?? lines.at(-1) ?? String(error)).replace(/\.$/, "");
}
