/** What the server of opencode tells of its sessions, as far as we listen. */

export interface ServerError {
  /** `APIError`, `ContextOverflowError`, `MessageAbortedError`, … */
  readonly name: string;
  readonly message: string;
  /** Of the provider's answer, where there was one. */
  readonly status: number | null;
}

export type Status =
  | { readonly type: "busy" }
  | { readonly type: "idle" }
  | {
      readonly type: "retry";
      readonly attempt: number;
      readonly message: string;
      /** When it will ask again, in milliseconds since 1970. */
      readonly next: number;
      /** The provider's plan is used up: opencode shows a person what to do about it. */
      readonly isPlanUsedUp: boolean;
    };

export type Message =
  | { readonly role: "user"; readonly id: string }
  | {
      readonly role: "assistant";
      readonly id: string;
      readonly isDone: boolean;
      /** `stop`, `tool-calls`, `length`, …; `null`: it was broken off. */
      readonly finish: string | null;
      /** Of a compaction: its tokens are not those of the conversation that goes on. */
      readonly isSummary: boolean;
      readonly provider: string;
      readonly model: string;
      readonly error: ServerError | null;
    };

export interface Tokens {
  /** Without those of the cache. */
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export type Part = { readonly id: string; readonly message: string } & (
  | {
      readonly type: "text" | "reasoning";
      readonly text: string;
      readonly isDone: boolean;
      /** In the person's place, and not by a person: `Continue…` after a compaction. */
      readonly isSynthetic: boolean;
      /** The id of the prompt, where it is one of ours. */
      readonly prompt: string | null;
    }
  | {
      readonly type: "tool";
      readonly tool: string;
      readonly status: "pending" | "running" | "completed" | "error";
      /** What it does, in opencode's words; empty: not told. */
      readonly title: string;
      readonly input: Readonly<Record<string, unknown>>;
      /** So far, or whole; of a failure, why. */
      readonly output: string;
    }
  | { readonly type: "step_finish"; readonly tokens: Tokens; readonly costUsd: number }
  | { readonly type: "compaction" }
);

export interface PermissionRequest {
  readonly id: string;
  /** `bash`, `edit`, `webfetch`, … */
  readonly permission: string;
  readonly patterns: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Question {
  readonly question: string;
  readonly choices: readonly string[];
  readonly takesText: boolean;
}

export interface QuestionRequest {
  readonly id: string;
  readonly questions: readonly Question[];
}

export type ServerEvent = { readonly session: string } & (
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "failed"; readonly error: ServerError }
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "part"; readonly part: Part }
  /** More of a text that is being written. */
  | { readonly type: "delta"; readonly part: string; readonly text: string }
  /** The session is that of a subagent. */
  | { readonly type: "child"; readonly parent: string }
  | { readonly type: "permission"; readonly request: PermissionRequest }
  | { readonly type: "question"; readonly request: QuestionRequest }
  /** By whomever; `says`: how. */
  | { readonly type: "answered"; readonly request: string; readonly says: string }
);

/** Under which name a prompt's id stands in the metadata of its text. */
export const promptKey = "temoin_prompt";
