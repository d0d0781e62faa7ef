/** An agent as it is configured, and what can be observed of one. */

import type { AskRules } from "./ask-rule.ts";
import type { AgentName, Instant, SlotId } from "./id.ts";

export type DriverName =
  | "command"
  | "terminal"
  | "claude"
  | "codex"
  | "opencode"
  | "gemini"
  | "acp"
  | "amp"
  | "antigravity";

/** How a driver reaches the agent's program. */
export type Transport = "tmux" | "headless" | "acp";

/** What an agent may do without a person: everything, edits of files, or nothing. */
export type Autonomy = "full" | "edits" | "ask";

export interface AgentSpec {
  readonly name: AgentName;
  readonly driver: DriverName;
  readonly transport: Transport;
  /** Program and arguments; never a shell string. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly roles: readonly string[];
  /** How many of it may work at once. */
  readonly slots: number;
  /** Whose limits it meets; absent: told by how it is started (`account.ts`). */
  readonly account?: string;
  readonly autonomy: Autonomy;
  /** Of its screen: the name of a shipped profile, or a file, relative to the repository. */
  readonly profile: string | null;
  /** What a person has decided beforehand of what it asks; absent: nothing. */
  readonly rules?: AskRules;
  /** It goes on where the provider charges beyond what the plan holds; absent: it does not. */
  readonly overage?: boolean;
  /** What its model takes at most, in tokens, by a person's word; absent: as its CLI tells. */
  readonly window?: number;
  /** It is not given temoin's tools; absent: it is, where its driver can. */
  readonly mcp?: false;
  /** It sits where it is to change nothing: each permission is asked for; absent: by `autonomy`. */
  readonly readsOnly?: true;
  /** What it is started in; absent: nothing keeps it from what its user may. */
  readonly sandbox?: "bwrap";
}

/** One place for an agent to work, as the schedule sees it. Listed in the order of the file. */
export interface SlotSpec {
  readonly id: SlotId;
  readonly agent: AgentName;
  /** Whose limits it meets; absent: its agent alone has them. */
  readonly account?: string;
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

/** Absent parts are unknown, never zero. */
export interface Usage {
  /** Tokens and costs count all steps of a turn; of an attempt, those of all its turns. */
  readonly inputTokens?: number;
  /** Of `inputTokens`, those that came out of the model's cache. */
  readonly cachedTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
  /** What the conversation held at its last step. */
  readonly context?: ContextUse;
  /** How much of its plan is used up. */
  readonly quota?: QuotaUse;
}

/** In tokens. `size`: what the model takes at most; `null`: unknown. */
export interface ContextUse {
  readonly used: number;
  readonly size: number | null;
  /** Who tells it, as `claude's status line`; absent: told by an earlier version. */
  readonly by?: string;
  /** `size` is known of the model, or written by a person: the CLI does not tell it. */
  readonly isAssumed?: true;
}

/** Of the window of a plan that is used up first. */
export interface QuotaUse {
  readonly percent: number;
  /** When it begins anew; `null`: not told. */
  readonly resetsAt: Instant | null;
  /** Who tells it, as `codex's 5 h limit`. */
  readonly by: string;
}

/** Why an agent is not served for now. */
export interface Limit {
  /**
   * `usage`: what a plan allows is used up; `rate`: too many requests; `overload`: the provider has
   * no room; `billing`: it has to be paid for first.
   */
  readonly kind: "usage" | "rate" | "overload" | "billing";
  /** When it is over; `null`: not told. */
  readonly until: Instant | null;
  /** In the agent's own words, one line. */
  readonly says: string;
}
