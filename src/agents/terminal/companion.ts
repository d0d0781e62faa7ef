/**
 * What stands beside an agent's screen: hooks, files and whatever else a CLI offers, in which the
 * agent itself tells what it does. There is one implementation for each CLI that has such a thing.
 *
 * Invariant: a companion that is silent, because it is switched off or its CLI is too old, changes
 * nothing: the screen alone then tells, as it does where there is no companion.
 */

import type { Limit } from "../../domain/agent.ts";
import type { Answer } from "../../domain/ask.ts";
import type { Observation } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import type { SessionRequest, TurnEnd } from "../driver.ts";
import type { Fact, Taken } from "../protocol/line.ts";

/** One life of an agent's program. */
export interface Launch {
  readonly request: SessionRequest;
  /** Kept with its window: by it a later temoin finds again what was prepared. */
  readonly id: string;
}

/** What is added to the launch. */
export interface LaunchExtras {
  /** In the place of the profile's, for the request's autonomy. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Companions {
  /** A window that was prepared by another version is not taken up. */
  readonly version: string;
  /**
   * So long after its screen takes keys its first word may come; before that it may not do what is
   * asked of it.
   */
  readonly firstWordMs: number;
  /**
   * So long after its screen takes keys it may be without temoin's tools, unless it is told that it
   * has them; 0 where nobody tells.
   */
  toolsMs(request: SessionRequest): number;
  /** It tells what is asked, and takes the answers; else the screen does. */
  readonly tellsAsks: boolean;
  /** `env`: what the program will find. Rejects with an AppError. */
  prepare(launch: Launch, env: Readonly<Record<string, string>>): Promise<LaunchExtras>;
  /** Listens to a program that runs, or will in a moment. Tells nothing within this call. */
  attend(launch: Launch & { pids(): readonly number[] }, ear: CompanionEar): Companion;
  /** Its program has ended: what was prepared is removed. Never rejects. */
  forget(launch: Launch): Promise<void>;
  /** Why an agent with this screen does no work, although it takes keys; `null`: nothing says so. */
  uselessBy(screen: string): string | null;
  /** The next step for whoever reads these words on the screen of a start that failed. */
  hintFor(screen: string): string | null;
}

export interface Companion extends AsyncDisposable {
  /** All is told that came while nobody listened. Never rejects. */
  readonly begun: Promise<void>;
  /** Of an ask that it has told and that is open. Never rejects. */
  answer(askId: string, answer: Answer): Promise<Taken>;
  /** Nobody will answer it here: it is left to the agent's own dialog. */
  release(askId: string): void;
}

/** Told in the order in which it has happened, each once. */
export interface CompanionEar {
  /** Never throws. */
  tell(word: CompanionWord): void;
}

export type CompanionWord =
  | { readonly type: "seen"; readonly observation: Observation }
  /** The agent says that it has taken these words as a prompt. */
  | { readonly type: "receipt"; readonly text: string; readonly at: Instant }
  /** It has been given the list of temoin's tools. */
  | { readonly type: "equipped" }
  /** Its context is empty from here on. */
  | { readonly type: "emptied"; readonly at: Instant }
  /** It hears no longer, or not all; one sentence, for the log. */
  | { readonly type: "problem"; readonly says: string }
  | Extract<Fact, { readonly type: "activity" | "asks" | "ask_gone" | "usage" | "compacting" }>
  | ToldEnd;

/** The agent says that its turn is over; it may go on all the same, and then tells of it. */
export interface ToldEnd {
  readonly type: "over";
  readonly at: Instant;
  readonly end: TurnEnd;
  readonly limit: Limit | null;
  /** Its last words, one line. */
  readonly says: string;
}
