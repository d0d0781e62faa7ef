/**
 * What runs on this machine: one row per process, read from /proc, elsewhere from `ps`.
 *
 * A pid alone names nothing, since it is given again after its process has ended; pid and start
 * time together do. Processes that have ended and wait to be reaped (zombies) are not listed.
 * Reading never throws: what cannot be read is not there.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ProcessIdentity {
  readonly pid: number;
  /** As the system tells it: clock ticks since boot, or a date. Only compared, never read. */
  readonly startedAt: string;
}

export interface ProcessRow extends ProcessIdentity {
  readonly parent: number;
  readonly group: number;
  /** 0 where the system does not tell. */
  readonly session: number;
  /** The program's short name. */
  readonly name: string;
}

const hasProc = existsSync("/proc/self/environ");

export function readProcessTable(): readonly ProcessRow[] {
  if (!hasProc) return readPs();
  const rows: ProcessRow[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const row = readStat(Number(entry));
    if (row !== null) rows.push(row);
  }
  return rows;
}

/** The living process that has this pid now, or `null`. */
export function findProcess(pid: number): ProcessRow | null {
  if (hasProc) return readStat(pid);
  return readPs().find((row) => row.pid === pid) ?? null;
}

/** Who has this pid now: also one that has ended and waits to be reaped. `null`: nobody. */
export function identify(pid: number): ProcessIdentity | null {
  const row = hasProc ? readStat(pid, "ended too") : findProcess(pid);
  return row && { pid, startedAt: row.startedAt };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return findProcess(identity.pid)?.startedAt === identity.startedAt;
}

/**
 * Was the process started with `name=value` in its environment? `false` where the system does not
 * tell: on other systems than Linux, for another user's process, and for a program that has
 * written over that part of its memory.
 */
export function hasInEnvironment(pid: number, name: string, value: string): boolean {
  if (!hasProc) return false;
  let environment: Buffer;
  try {
    environment = readFileSync(`/proc/${pid}/environ`);
  } catch {
    // It has ended since, or it is another user's: in both cases none of ours.
    return false;
  }
  const entry = Buffer.from(`${name}=${value}\0`);
  for (let at = environment.indexOf(entry); at !== -1; at = environment.indexOf(entry, at + 1)) {
    if (at === 0 || environment[at - 1] === 0) return true;
  }
  return false;
}

/**
 * Has the process one of these files open? They may have lost their names since. `false` where the
 * system does not tell.
 */
export function hasOpen(pid: number, files: readonly string[]): boolean {
  if (!hasProc) return false;
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => {
      const file = readlinkSync(`${folder}/${fd}`).replace(/ \(deleted\)$/, "");
      return files.includes(file);
    });
  } catch {
    // It has ended since, has just closed one, or is another user's: looked at again, or none of ours.
    return false;
  }
}

/** Is it at work in that folder, or under it? `false` where the system does not tell. */
export function standsIn(pid: number, folder: string): boolean {
  try {
    const at = readlinkSync(`/proc/${pid}/cwd`);
    return at === folder || at.startsWith(`${folder}/`);
  } catch {
    // It has ended since, or is another user's.
    return false;
  }
}

/**
 * Processor time of the process and of its children that have ended, in milliseconds; `null` where
 * the system does not tell, and for one that is gone.
 */
export function processorMs(pid: number): number | null {
  if (!hasProc) return null;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It has ended since it was found.
    return null;
  }
  // Fields 14 to 17: user and system time, its own and that of its children.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return Number.isFinite(ticks) ? ticks * tickMs : null;
}

/** proc(5): the kernel tells times in hundredths of a second, on all architectures that Node runs on. */
const tickMs = 10;

/** proc_pid_stat(5): the name stands in parentheses and may itself hold spaces and parentheses. */
function readStat(pid: number, which: "living" | "ended too" = "living"): ProcessRow | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It has ended between the listing and this look.
    return null;
  }
  const nameEnd = stat.lastIndexOf(")");
  const [state, parent, group, session, ...rest] = stat.slice(nameEnd + 2).split(" ");
  // Field 22 of the file; the first of `rest` is field 7.
  const startedAt = rest[15];
  if (startedAt === undefined) return null;
  if (which === "living" && (state === "Z" || state === "X")) return null;
  return {
    pid,
    startedAt,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    name: stat.slice(stat.indexOf("(") + 1, nameEnd),
  };
}

function readPs(): readonly ProcessRow[] {
  try {
    // The C locale fixes the form of the date; stderr is nobody's concern here.
    const listing = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,state=,lstart=,comm="], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 64 * 1024 * 1024,
    });
    return parsePs(listing);
  } catch {
    // No `ps`: the caller still has the signal to the group.
    return [];
  }
}

const psLine = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;

/** Rows of `ps -A -o pid=,ppid=,pgid=,state=,lstart=,comm=` in the C locale. */
export function parsePs(listing: string): readonly ProcessRow[] {
  return listing.split("\n").flatMap((line) => {
    const [, pid, parent, group, state, startedAt, name] = psLine.exec(line) ?? [];
    if (startedAt === undefined || state === undefined || state.startsWith("Z")) return [];
    return {
      pid: Number(pid),
      startedAt,
      parent: Number(parent),
      group: Number(group),
      session: 0,
      name: name ?? "",
    };
  });
}
