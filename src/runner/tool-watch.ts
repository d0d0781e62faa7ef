/**
 * Is a tool of an agent at work? Told by the processes that were started for it since its turn began:
 * one that has come or gone since the last look, or has used the processor. The agent's own
 * processes, which may only be turning a spinner, were there at the begin and say nothing.
 *
 * Where the system does not tell the environment of processes, none is found.
 */

import type { Instant } from "../domain/id.ts";
import { listText } from "../domain/view-text.ts";
import { type ProcessRow, processorMs } from "../lib/process-table.ts";
import { findByEnvironment } from "../lib/process-tree.ts";

/** One process among those of a slot. */
export interface SeenProcess {
  /** Another one for each process, also where a pid is given again. */
  readonly key: string;
  readonly name: string;
  /** Used so far, by it and by those of its children that have ended. */
  readonly busyMs: number;
}

interface Census {
  readonly at: Instant;
  readonly tools: readonly SeenProcess[];
}

/**
 * What waits, and now and then looks whether it still has to, uses less of the time (chosen: 60 ms
 * in 30 s; `sleep` uses none).
 */
const busyShare = 0.002;

export class ToolWatch {
  readonly #find: () => readonly SeenProcess[];
  /** What there was at the begin; `null`: it is yet to come. */
  #own: ReadonlySet<string> | null = null;
  #last: Census | null = null;

  constructor(find: () => readonly SeenProcess[]) {
    this.#find = find;
  }

  /** What runs now is the agent itself. */
  begin(at: Instant): void {
    this.#own = new Set(this.#find().map(({ key }) => key));
    this.#last = { at, tools: [] };
  }

  /** What is at work, one sentence; `null`: nothing that can be seen, or it has not begun. */
  look(at: Instant): string | null {
    const own = this.#own;
    const last = this.#last;
    if (own === null || last === null) return null;
    const tools = this.#find().filter(({ key }) => !own.has(key));
    this.#last = { at, tools };
    return lifeOf(last, { at, tools });
  }
}

function lifeOf(before: Census, now: Census): string | null {
  const known = new Map(before.tools.map((one) => [one.key, one]));
  const living = new Set(now.tools.map(({ key }) => key));
  const came = now.tools.filter(({ key }) => !known.has(key));
  if (came.length > 0) return `a tool is at work: ${names(came)}`;
  const leastMs = Math.max(1, (now.at - before.at) * busyShare);
  const busy = now.tools.filter((one) => one.busyMs - (known.get(one.key)?.busyMs ?? 0) >= leastMs);
  if (busy.length > 0) return `a tool is at work: ${names(busy)}`;
  const gone = before.tools.filter(({ key }) => !living.has(key));
  return gone.length === 0 ? null : `a tool has ended: ${names(gone)}`;
}

function names(processes: readonly SeenProcess[]): string {
  return listText([...new Set(processes.map(({ name }) => name))], 3);
}

/** All processes of a slot, by the variable in their environment; their descendants too. */
export function processesOf(env: Readonly<Record<string, string>>): readonly SeenProcess[] {
  const [entry] = Object.entries(env);
  if (entry === undefined) return [];
  return findByEnvironment(...entry).map(seen);
}

function seen({ pid, startedAt, name }: ProcessRow): SeenProcess {
  return { key: `${pid} ${startedAt}`, name, busyMs: processorMs(pid) ?? 0 };
}
