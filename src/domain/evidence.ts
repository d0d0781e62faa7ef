/**
 * What many witnesses say of one agent, fused into its state with the reason. Pure.
 *
 * An assertion names the states that its source leaves possible: a title that shows no spinner says
 * "idle, or asking, or failed", and no more. It holds until its own source takes it back or says
 * something else, or a later source contradicts it, which is a source that leaves none of its
 * states possible. So no source overrules another in what it cannot tell. Rank settles only what
 * was said at the same moment; the end of the process ends everything. Where more than one state
 * remains, the state is `unknown`: nothing may be done on it.
 */

import type { Evidence, Source } from "./agent.ts";
import type { Instant } from "./id.ts";

/** States that a witness can see (`docs/vocabulary.md`, agent states). */
export const seenStates = [
  "starting",
  "idle",
  "working",
  "retrying",
  "asking",
  "limited",
  "failed",
  "offline",
] as const;
export type SeenState = (typeof seenStates)[number];

export interface Observation {
  readonly at: Instant;
  readonly source: Source;
  readonly says: string;
  /** `null`: the source takes back what it has said. Never empty. */
  readonly states: readonly SeenState[] | null;
  /** Sources that tell this better: what they have said is not contradicted by it, only refined. */
  readonly yieldsTo?: readonly Source[];
}

type Assertion = Observation & { readonly states: readonly SeenState[] };

export interface Fusion {
  /** The last one of each source, in the order in which they count. */
  readonly assertions: readonly Assertion[];
  readonly state: SeenState | "unknown";
  /** What is possible by all that holds; all of `seenStates` when nothing is known. */
  readonly possible: readonly SeenState[];
  readonly since: Instant;
  /** What the state rests on, the strongest first. */
  readonly because: readonly Evidence[];
  /** What was said before and is contradicted since. */
  readonly contradicted: readonly Evidence[];
}

/** So close together, the order says which pipe was faster (chosen: tmux to us takes 1-8 ms, p99). */
const sameMomentMs = 20;

/** Of the same moment the earlier in this list counts. */
const ranks: readonly Source[] = [
  "process",
  "protocol",
  "hook",
  "transcript",
  "osc",
  "title",
  "screen",
  "report",
  "git",
  "bell",
  "output",
  "silence",
];

export function nothingSeen(at: Instant): Fusion {
  return {
    assertions: [],
    state: "unknown",
    possible: seenStates,
    since: at,
    because: [],
    contradicted: [],
  };
}

/** After one more observation. `since` moves only when the state does. */
export function observe(before: Fusion, observation: Observation): Fusion {
  const { states, source } = observation;
  const others = before.assertions.filter((one) => one.source !== source);
  const assertions = states === null ? others : insert(others, { ...observation, states });
  const fused = fuse(assertions);
  const since = fused.state === before.state ? before.since : observation.at;
  return { assertions, since, ...fused };
}

/**
 * Before all others, but for those that it cannot contradict: what they have said counts with it, also
 * against one that it does contradict.
 */
function insert(others: readonly Assertion[], added: Assertion): readonly Assertion[] {
  const first = others.filter((other) => isBefore(other, added));
  const rest = others.filter((other) => !isBefore(other, added));
  return [...first, added, ...rest];
}

function isBefore(other: Assertion, added: Assertion): boolean {
  if (endsAll(other)) return true;
  if (endsAll(added)) return false;
  if (added.yieldsTo?.includes(other.source) === true) return true;
  const isSameMoment = Math.abs(added.at - other.at) <= sameMomentMs;
  return isSameMoment && ranks.indexOf(other.source) < ranks.indexOf(added.source);
}

function fuse(
  assertions: readonly Assertion[],
): Pick<Fusion, "state" | "possible" | "because" | "contradicted"> {
  let possible: readonly SeenState[] = seenStates;
  const because: Evidence[] = [];
  const contradicted: Evidence[] = [];
  for (const { at, source, says, states } of assertions) {
    const left = possible.filter((state) => states.includes(state));
    if (left.length === 0) {
      contradicted.push({ at, source, says });
    } else {
      // What only repeats the others is no further reason.
      if (left.length < possible.length || because.length === 0) because.push({ at, source, says });
      possible = left;
    }
  }
  return { state: nameOf(possible), possible, because, contradicted };
}

/** A request that is repeated is a turn at work: where only these two remain, it works. */
function nameOf(possible: readonly SeenState[]): SeenState | "unknown" {
  const [only, ...more] = possible;
  if (only !== undefined && more.length === 0) return only;
  return possible.every((state) => state === "working" || state === "retrying")
    ? "working"
    : "unknown";
}

function endsAll({ source, states }: Assertion): boolean {
  return source === "process" && states.length === 1 && states[0] === "offline";
}
