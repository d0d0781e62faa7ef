/** What a process has used so far, read from /proc: on Linux only. */

import { readdirSync, readFileSync } from "node:fs";

export interface Used {
  /** Of all threads, as the scheduler counts it, in milliseconds; ended children not included. */
  readonly exact: number;
  /** User and system time as `ps` and `top` show it, in ticks of 10 ms; ended children included. */
  readonly ticks: number;
}

export function processorMs(pid: number): Used {
  const nanoseconds = readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"))
    .reduce((sum, text) => sum + Number(text.split(" ")[0]), 0);
  // The fields after the name, which may hold spaces: utime, stime, cutime, cstime.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { exact: nanoseconds / 1e6, ticks: ticks * 10 };
}

/** Resident memory, in MiB. */
export function memoryMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kib === undefined) throw new Error(`process ${pid} has no memory of its own`);
  return Number(kib) / 1024;
}
