/**
 * Ending processes together with all that they have started.
 *
 * A process belongs to a family when it is in the leader's group or session, when its environment
 * holds the family's marker (which a child inherits, also when it leaves group and session as
 * daemons do), when it holds one of the family's pipes open, or when it descends from one that does.
 * What escapes: a daemon that was given an empty environment and other streams, and whose parent
 * ended before anybody looked.
 *
 * Never ended: this process, its ancestors, and a process that took over the pid of another.
 */

import { randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import {
  findProcess,
  hasInEnvironment,
  hasOpen,
  isAlive,
  type ProcessIdentity,
  type ProcessRow,
  readProcessTable,
} from "./process-table.ts";

export interface Marker {
  readonly name: string;
  readonly value: string;
}

/** In the environment of every process of one start, also of a daemon. */
export const markerName = "TEMOIN_PROCESS";

/** No other start has the same. */
export function newMarker(): Marker {
  return { name: markerName, value: randomUUID() };
}

export interface Family {
  /** It has a group and a session of its own that bear its pid. `null`: could not be told. */
  readonly leader: ProcessIdentity | null;
  readonly marker: Marker;
  /** Paths of what only its members write to. Absent: nobody is known by them. */
  readonly pipes?: readonly string[];
}

export interface EndOptions {
  readonly clock: Clock;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** Aborted: nobody is waited for any more, SIGKILL follows at once. */
  readonly signal?: AbortSignal | undefined;
}

/** From SIGTERM to SIGKILL for what nobody owns any more (chosen). */
export const orphanGraceMs = 2_000;

/** How long death is waited for after SIGKILL (chosen); only a process stuck in the kernel needs it. */
const killMs = 2_000;

/**
 * Processes whose environment holds `name=value`, and their descendants. Empty on systems that do
 * not tell the environment of a process.
 */
export function findByEnvironment(name: string, value: string): readonly ProcessRow[] {
  return findFamily({ leader: null, marker: { name, value } });
}

export function findFamily({ leader, marker, pipes = [] }: Family): readonly ProcessRow[] {
  // The leader's pid stands for its group and session as long as nobody else bears it.
  const holder = leader && findProcess(leader.pid);
  const isLed = leader !== null && (!holder || holder.startedAt === leader.startedAt);
  return findWithDescendants(
    (row) =>
      (isLed && (row.group === leader.pid || row.session === leader.pid)) ||
      hasInEnvironment(row.pid, marker.name, marker.value) ||
      (pipes.length > 0 && hasOpen(row.pid, pipes)),
  );
}

/**
 * SIGTERM, the grace, SIGKILL; each signal only to what is still the same process. Their descendants
 * are ended with them. Resolves with those that could not be ended: another user's, or stuck in the
 * kernel. Never rejects.
 */
export async function endAll(
  targets: readonly ProcessIdentity[],
  options: EndOptions,
): Promise<readonly ProcessIdentity[]> {
  return climb({ known: new Set(targets.map(keyOf)), find: () => [], send: sendEach }, options);
}

/** `endAll` for a family, whose members are looked for anew until there are none. */
export async function endFamily(
  family: Family,
  options: EndOptions,
): Promise<readonly ProcessIdentity[]> {
  const leader = family.leader?.pid;
  return climb(
    {
      known: new Set(),
      find: () => findFamily(family),
      send(members, signal) {
        const inGroup = members.filter((row) => row.group === leader);
        // One call reaches the whole group at one moment, so that no shell goes on to its next
        // command when the first has been ended. The pid is not given anew while a member lives.
        if (leader !== undefined && inGroup.length > 0) sendQuietly(-leader, signal);
        sendEach(
          members.filter((row) => row.group !== leader),
          signal,
        );
      },
    },
    options,
  );
}

interface Ladder {
  /**
   * Keys of the processes to end. What has once been found stays here: a child that leaves its
   * group between a look and a signal loses the parent by which it was found.
   */
  readonly known: Set<string>;
  /** Those to end besides. */
  find(): readonly ProcessRow[];
  send(targets: readonly ProcessRow[], signal: NodeJS.Signals): void;
}

async function climb(
  { known, find, send }: Ladder,
  { clock, graceMs, signal }: EndOptions,
): Promise<readonly ProcessIdentity[]> {
  const look = () => {
    for (const row of find()) known.add(keyOf(row));
    const living = findWithDescendants((row) => known.has(keyOf(row)));
    for (const row of living) known.add(keyOf(row));
    return living;
  };
  const graceEnds = clock.now() + graceMs;
  let living = look();
  while (living.length > 0 && clock.now() < graceEnds && !signal?.aborted) {
    // Nobody is asked twice, for a second SIGTERM means "at once" to many programs: when these have
    // ended, only others are found.
    send(living, "SIGTERM");
    await untilEnded(living, graceEnds, { clock, signal });
    living = look();
  }
  const killEnds = clock.now() + killMs;
  while (living.length > 0 && clock.now() < killEnds) {
    send(living, "SIGKILL");
    // Without the caller's signal: what has been killed is gone in a moment, and is seen gone.
    await untilEnded(living, killEnds, { clock });
    living = look();
  }
  return living;
}

/** Looks at shorter, then longer intervals: no system call tells the end of another's child. */
async function untilEnded(
  targets: readonly ProcessIdentity[],
  deadline: number,
  { clock, signal }: Pick<EndOptions, "clock" | "signal">,
): Promise<void> {
  for (let pauseMs = 5; targets.some(isAlive); pauseMs = Math.min(pauseMs * 2, 100)) {
    const now = clock.now();
    if (now >= deadline) return;
    try {
      await clock.until(Math.min(now + pauseMs, deadline), signal);
    } catch {
      // Aborted: the caller goes on to SIGKILL.
      return;
    }
  }
}

function sendEach(targets: readonly ProcessIdentity[], signal: NodeJS.Signals): void {
  for (const target of targets) if (isAlive(target)) sendQuietly(target.pid, signal);
}

function sendQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH: it has ended, which was the wish. EPERM: another user's; the caller is told at the end.
  }
}

/** The process and its ancestors. */
function lineOf(pid: number, table: readonly ProcessRow[]): ReadonlySet<number> {
  const parents = new Map(table.map((row) => [row.pid, row.parent]));
  const line = new Set<number>();
  for (let at: number | undefined = pid; at !== undefined && !line.has(at); at = parents.get(at)) {
    line.add(at);
  }
  return line;
}

/** Parents before their children; without this process and its ancestors. */
function findWithDescendants(isRoot: (row: ProcessRow) => boolean): readonly ProcessRow[] {
  const table = readProcessTable();
  const spared = lineOf(process.pid, table);
  const endable = table.filter((row) => row.pid > 1 && !spared.has(row.pid));
  const children = Map.groupBy(endable, (row) => row.parent);
  const found = new Map(endable.filter(isRoot).map((row) => [row.pid, row]));
  // A Map is walked in the order of insertion, what is added on the way included.
  for (const pid of found.keys()) {
    for (const child of children.get(pid) ?? []) found.set(child.pid, child);
  }
  return [...found.values()];
}

function keyOf({ pid, startedAt }: ProcessIdentity): string {
  return `${pid} ${startedAt}`;
}
