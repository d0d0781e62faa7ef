/**
 * The contract of a driver: our code that speaks to one kind of CLI. `test/contract/driver.ts`
 * holds every implementation to the sentences below.
 *
 * A session belongs to a slot and serves one attempt after the other. It is a stream of events
 * that ends with exactly one `ended` and never throws: a failure is an event.
 */

import type { AgentSpec, Evidence, Limit, Source, Usage } from "../domain/agent.ts";
import type { AgentAsk, Answer } from "../domain/ask.ts";
import type { SeenState } from "../domain/evidence.ts";
import type { Instant, SlotId } from "../domain/id.ts";

export interface Capabilities {
  /** A session that ended can be taken up again. */
  readonly resume: boolean;
  /** The next attempt gets an empty context within the same session. */
  readonly freshContext: boolean;
  readonly interrupt: boolean;
  /** Words reach the agent while its turn runs; else they wait for the turn's end. */
  readonly steer: boolean;
  readonly usage: boolean;
  readonly limits: boolean;
  readonly asks: boolean;
  readonly attach: boolean;
}

export interface SessionRequest {
  readonly slot: SlotId;
  readonly agent: AgentSpec;
  /** The workspace: the working directory of the agent. */
  readonly cwd: string;
  /** Added to the agent's environment; TEMOIN_SLOT is among it. */
  readonly env: Readonly<Record<string, string>>;
  /** The agent's output is appended here; the driver keeps it under its cap. */
  readonly logFile: string;
  /** Of this slot alone, outside the workspace: for what the launch needs. May not exist yet. */
  readonly privateDir: string;
}

export interface Prompt {
  /** Sending the same id again is safe: it is delivered once. */
  readonly id: string;
  readonly kind: "task" | "feedback" | "tell" | "nudge";
  readonly text: string;
  /** A file that holds `text`, outside the workspace's tracked files. */
  readonly file: string;
  /**
   * For agents that are one process per turn: TEMOIN_TASK, TEMOIN_ATTEMPT, TEMOIN_PROMPT_FILE, and
   * TEMOIN_TURN, which counts the prompts of the attempt from 1.
   */
  readonly env: Readonly<Record<string, string>>;
}

/** The proof that the agent has the prompt, or why it has not. */
export type Receipt =
  | { readonly accepted: true; readonly at: Instant }
  | { readonly accepted: false; readonly at: Instant; readonly why: string };

/** How a person looks at the session: a window of a private tmux server. */
export interface AttachHint {
  /** Arguments of `tmux` that reach the server. */
  readonly socket: readonly string[];
  readonly session: string;
  readonly window: string;
}

/** What a closer look at an agent finds. */
export interface Sight {
  /** The last key of a person who could type to it; `null`: there is none. */
  readonly typedAt: Instant | null;
  /** What is typed now would answer a dialog. */
  readonly hasDialog: boolean;
}

export type TurnEnd =
  | { readonly result: "completed" }
  | {
      readonly result: "failed";
      readonly why: string;
      /** Each further turn would fail in the same way: not logged in, no such model. */
      readonly isBroken?: boolean;
    }
  | { readonly result: "interrupted" };

export type AgentEventBody =
  | { readonly type: "ready" }
  | { readonly type: "accepted"; readonly promptId: string }
  | { readonly type: "turn_started"; readonly promptId: string }
  /** Something that is progress; `says` is one short line. */
  | { readonly type: "activity"; readonly says: string }
  | { readonly type: "ask"; readonly ask: AgentAsk }
  /** A permission was decided by a rule of the person, and the agent has the answer: progress too. */
  | {
      readonly type: "ask_ruled";
      readonly says: string;
      readonly isAllowed: boolean;
      readonly why: string;
    }
  /** Answered, by whomever, or gone with its turn. */
  | { readonly type: "ask_closed"; readonly askId: string; readonly says: string }
  /** The agent's state has changed, or why; what it rests on comes with it, the strongest first. */
  | {
      readonly type: "state";
      readonly state: SeenState | "unknown";
      readonly because: readonly Evidence[];
    }
  /** A person is at the keys of the agent (`true`), or no longer: nothing is typed meanwhile. */
  | { readonly type: "held"; readonly byPerson: boolean }
  /** Of the turn so far. */
  | { readonly type: "usage"; readonly usage: Usage }
  /** The agent is about to make its conversation shorter, of its own accord. */
  | { readonly type: "compacting"; readonly says: string }
  /** Its turn ends because of it: `turn_ended` follows, `failed`. */
  | { readonly type: "limit"; readonly limit: Limit }
  | { readonly type: "retrying"; readonly says: string }
  | {
      readonly type: "turn_ended";
      readonly promptId: string;
      readonly end: TurnEnd;
      readonly says: string;
    }
  | { readonly type: "ended"; readonly why: string };

export type AgentEvent = AgentEventBody & { readonly at: Instant; readonly source: Source };

export interface Session extends AsyncDisposable {
  /**
   * One reader; ends after `ended`. `ready` comes first. A turn is `accepted`, `turn_started`, what
   * happens in it, `turn_ended`; a prompt that was not accepted has no event. A program that lives
   * on between turns and ends there is told as the state `offline`; the next prompt starts another.
   */
  readonly events: AsyncIterable<AgentEvent>;
  /** Resolves when the agent has the prompt, or says that it has not. One turn at a time. */
  send(prompt: Prompt): Promise<Receipt>;
  /**
   * Ends the running turn, with every process that it started, and resolves when `turn_ended` has
   * been told; nothing to do is no error. Disposing does the same before `ended`.
   */
  interrupt(): Promise<void>;
  /** Resolves when the agent has taken the answer, or says why not. Only drivers with `asks`. */
  answer?(askId: string, answer: Answer): Promise<Receipt>;
  /** Absent: nobody types to it, and its asks are told. Never rejects. */
  look?(): Promise<Sight>;
  /** Absent or `null`: it cannot be looked at. It may be elsewhere when its agent was begun anew. */
  readonly attach?: AttachHint | null;
}

/** A session that outlived the temoin that had started it. */
export interface LeftSession {
  readonly slot: SlotId;
  /** The prompt that was delivered last; sending it again joins its turn. */
  readonly promptId: string | null;
  /** Its processes as they are now. */
  pids(): readonly number[];
  /** Ends it with all its processes. */
  end(): Promise<void>;
}

/** All that were constructed. */
export interface Drivers {
  readonly all: readonly Driver[];
  /** For an agent of the configuration: another one has none, which is a bug. */
  of(agent: AgentSpec): Driver;
}

export interface Driver {
  readonly capabilities: Capabilities;
  /** The signal is for the start alone. Rejects with an AppError when there can be no session. */
  start(request: SessionRequest, signal: AbortSignal): Promise<Session>;
  /** Is the agent's program there? `null`: yes; else one sentence with the next step. Runs nothing. */
  missing(agent: AgentSpec): Promise<string | null>;
  /**
   * Sessions that live on from an earlier temoin of this project. `start` for the same slot and
   * agent takes one up again. Absent: none can.
   */
  left?(): Promise<readonly LeftSession[]>;
}
