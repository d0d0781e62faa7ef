/** An agent as it is configured, and what can be observed of one. */

import type { AgentName, Instant, SlotId } from "./id.ts";

export type DriverName = "command" | "terminal";

/** What an agent may do without a person: everything, edits of files, or nothing. */
export type Autonomy = "full" | "edits" | "ask";

export interface AgentSpec {
  readonly name: AgentName;
  readonly driver: DriverName;
  /** Program and arguments; never a shell string. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly roles: readonly string[];
  /** How many of it may work at once. */
  readonly slots: number;
  readonly autonomy: Autonomy;
  /** `terminal` only: the name of a shipped profile, or a file, relative to the repository. */
  readonly profile: string | null;
}

/** One place for an agent to work, as the schedule sees it. Listed in the order of the file. */
export interface SlotSpec {
  readonly id: SlotId;
  readonly agent: AgentName;
  readonly roles: readonly string[];
  /** Why it cannot be used, as found before the run; absent: it can. */
  readonly broken?: string;
}

/** Where an observation comes from. */
export type Source =
  | "protocol"
  | "hook"
  | "transcript"
  | "process"
  | "osc"
  | "title"
  | "bell"
  | "screen"
  | "output"
  | "report"
  | "git"
  | "gate"
  | "person"
  | "schedule"
  | "silence";

/** An observation on which a state rests. `says` is one sentence for a person. */
export interface Evidence {
  readonly at: Instant;
  readonly source: Source;
  readonly says: string;
}

/** What an agent says about its own work: one kind of evidence, never a proof. */
export interface Report {
  readonly kind: "done" | "blocked" | "note" | "handoff";
  readonly text: string;
  readonly files: readonly string[];
  readonly tests: string | null;
  readonly at: Instant;
}

/** Shares are of the last known turn; absent parts are unknown, never zero. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}
