/**
 * What goes wrong in a round of real chaos: to a process, to a file, to the disk, or by an agent
 * itself. What is done from outside is done at any instant; what an agent does stands in its script.
 */

import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { readProcessTable } from "../src/lib/process-table.ts";
import type { Scratch } from "../test/e2e/scratch-project.ts";
import { type ClockFault, clockFaults } from "./clock-jump.ts";
import { fillDisk } from "./small-disk.ts";

export const outerFaults = [
  "kill temoin",
  "kill an agent",
  "kill a gate",
  "kill tmux",
  "kill everything",
  "a full disk",
  "a lock of git left behind",
] as const;
export const agentFaults = ["hang", "crash", "flood", "lie", "report twice"] as const;
export type OuterFault = (typeof outerFaults)[number];
export type AgentFault = (typeof agentFaults)[number];
export type Fault = OuterFault | ClockFault | AgentFault;

export const faults: readonly Fault[] = [...outerFaults, ...clockFaults, ...agentFaults];

export function isOuter(fault: Fault): fault is OuterFault {
  return (outerFaults as readonly string[]).includes(fault);
}

/** What its first attempt does instead of its work; the rest of the steps follows. */
export function stepsOf(fault: AgentFault): readonly unknown[] {
  switch (fault) {
    case "hang":
      return [{ hang: true }];
    case "crash":
      return [{ crash: { signal: "SIGKILL" } }];
    case "flood":
      return [{ flood: 20_000_000 }];
    case "lie":
      return [{ write: { path: "work/{task}.txt", text: "a lie\n" } }, { lie: "all tests pass" }];
    case "report twice":
      return [{ claim: "done" }, { claim: "done" }];
  }
}

/** How long a disk stays full and a lock stays (chosen: temoin tries again after 1 s). */
const lastsMs = 2_500;

/** Does it, and tells to what; `null`: there was nothing of that kind. */
export async function strike(fault: OuterFault, scratch: Scratch): Promise<string | null> {
  switch (fault) {
    case "kill temoin":
      return kill(scratch, /bin\/temoin\0run\0/, 1);
    case "kill an agent":
      return kill(scratch, /fake-agent\.ts|fake-tui\.ts/, 1);
    case "kill a gate":
      return kill(scratch, /^sh\0gate\.sh\0/, 1);
    case "kill tmux":
      return kill(scratch, /^tmux: server$/, 1);
    case "kill everything":
      return kill(scratch, /^/, Number.POSITIVE_INFINITY);
    case "a full disk": {
      const filled = await fillDisk(scratch.folder);
      await after(lastsMs);
      await filled.free();
      return `${scratch.folder} for ${lastsMs} ms`;
    }
    case "a lock of git left behind": {
      const lock = path.join(scratch.dir, ".git", "index.lock");
      const refLock = path.join(scratch.dir, ".git", "packed-refs.lock");
      for (const file of [lock, refLock]) await writeFile(file, "", { flag: "wx" }).catch(ignore);
      await after(lastsMs);
      for (const file of [lock, refLock]) await rm(file, { force: true });
      return `the index and the refs for ${lastsMs} ms`;
    }
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Somebody else holds it already: so be it. */
function ignore(): void {}

/** SIGKILL to so many of the scratch's processes whose name or command line fits. */
function kill(scratch: Scratch, fits: RegExp, most: number): string | null {
  const killed: string[] = [];
  for (const { pid, name } of readProcessTable()) {
    if (killed.length >= most) break;
    if (!scratch.owns(pid)) continue;
    const line = commandLine(pid);
    if (!fits.test(line) && !fits.test(name)) continue;
    try {
      process.kill(pid, "SIGKILL");
      killed.push(
        line
          .split("\0")
          .map((word) => path.basename(word))
          .slice(0, 5)
          .join(" "),
      );
    } catch {
      // It has ended by itself meanwhile.
    }
  }
  return killed.length === 0 ? null : killed.join("; ");
}

/** Its words end with NUL each. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
