/**
 * The conductor: an agent that plans and judges, called only where judgement is needed, and never
 * the scheduler. Without one everything works.
 *
 * It is in office for a term. Terms are numbered and each has one agent; when the role moves, a new
 * term begins at that moment, and whatever still speaks in the old one is refused by its number.
 */

import type { AgentName, Instant } from "./id.ts";

/** As a person has configured it. */
export interface ConductorPolicy {
  /** Who may hold the role; the first that can be used does. */
  readonly order: readonly [AgentName, ...AgentName[]];
  /** In office it may also take a task when nobody else is free. */
  readonly works: boolean;
  /** An earlier one in the order takes the role back when its limit is over. */
  readonly reclaim: boolean;
  /** So often it is called in one run. */
  readonly calls: number;
  /** From the end of a call to the next: what happens meanwhile is judged together. */
  readonly coolDownMs: number;
  /** From its call to its acknowledgement. */
  readonly acknowledgeMs: number;
  /** The longest that a call may take. */
  readonly callMs: number;
}

/** One thing that needs judgement. Equal keys are the same thing. */
export interface Judgement {
  readonly key: string;
  /** One line. */
  readonly says: string;
}

export interface Call {
  /** Counts all calls of the project. */
  readonly n: number;
  readonly about: readonly Judgement[];
  readonly at: Instant;
}

/** Something that the conductor has settled, for whoever comes after it. */
export interface Decided {
  readonly term: number;
  readonly by: AgentName;
  readonly at: Instant;
  readonly text: string;
}

/** Why an agent is passed over, and until when. */
export interface Unfit {
  readonly why: string;
  readonly until: Instant;
  readonly isLimited: boolean;
}

/** Also between runs. */
export interface Conductor {
  /** Of the one in office, or the last; 0: there never was one. */
  readonly term: number;
  /** `null`: nobody is in office. */
  readonly agent: AgentName | null;
  readonly since: Instant;
  /** Whom it follows, and why. */
  readonly after: AgentName | null;
  readonly why: string;
  readonly acknowledgedAt: Instant | null;
  readonly call: Call | null;
  readonly calls: number;
  /** In this run. */
  readonly callsOfRun: number;
  readonly lastCallAt: Instant | null;
  /** How full its context was when it was told last; `null`: unknown. */
  readonly percent: number | null;
  /** What it leaves to its successor, in its own words; `null`: nothing yet. */
  readonly words: string | null;
  /** What was left to it. */
  readonly inherited: string | null;
  readonly decided: readonly Decided[];
  readonly unfit: Readonly<Record<AgentName, Unfit>>;
  /** Keys of what has been judged and is still there. */
  readonly judged: readonly string[];
}

export const noConductor: Conductor = {
  term: 0,
  agent: null,
  since: 0,
  after: null,
  why: "",
  acknowledgedAt: null,
  call: null,
  calls: 0,
  callsOfRun: 0,
  lastCallAt: null,
  percent: null,
  words: null,
  inherited: null,
  decided: [],
  unfit: {},
  judged: [],
};

/** So many of what was decided are handed on; the log has them all (chosen). */
export const decidedKept = 200;

/** An agent that was dead, quiet or silent about its role is passed over for so long (chosen). */
export const unfitMs = 60_000;
