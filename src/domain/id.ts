/**
 * Names of things. Ids are branded strings, so that a slot cannot be passed where a task is meant.
 * Everything here is text that can stand in a git ref and in a file name.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `T-7`, or the document's own id: `TODO-POB-001`. */
export type TaskId = Branded<"TaskId">;
/** `<agent>-<n>`: one place for an agent to work. */
export type SlotId = Branded<"SlotId">;
/** A key of `agents:` in temoin.yaml. */
export type AgentName = Branded<"AgentName">;
/** A full git object name, 40 or 64 hexadecimal digits. */
export type CommitSha = Branded<"CommitSha">;
/** SHA-256 of a text kept beside the log, in hexadecimal. */
export type BlobHash = Branded<"BlobHash">;

/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number;

const refSafe = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|$))*$/;

/** A task id as people write it, or `null` when it could not stand in a branch name. */
export function parseTaskId(text: string): TaskId | null {
  const usable = text.length <= 80 && refSafe.test(text) && !text.endsWith(".lock");
  // The one place where a checked text becomes an id.
  return usable ? (text as TaskId) : null;
}

/** Any text made into an id: what a ref cannot hold becomes `-`. `null` when nothing is left. */
export function taskIdFrom(text: string): TaskId | null {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "")
    .slice(0, 72)
    .replace(/[^A-Za-z0-9]+$/, "")
    .replace(/\.lock$/, "-lock");
  return parseTaskId(plain);
}

export function slotId(agent: AgentName, n: number): SlotId {
  return `${agent}-${n}` as SlotId;
}

/** The name of an agent, or `null` when it could not stand in a slot's directory name. */
export function parseAgentName(text: string): AgentName | null {
  const usable = text.length <= 40 && refSafe.test(text);
  return usable ? (text as AgentName) : null;
}

/** A git object name, or `null`. */
export function parseSha(text: string): CommitSha | null {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? (text as CommitSha) : null;
}

/** The branch that holds one attempt's work. */
export function attemptBranch(task: TaskId, attempt: number): string {
  return `temoin/${task}/${attempt}`;
}

/** The idempotency key of one attempt's offer; each time that it is taken up again has its own. */
export function offerId(task: TaskId, attempt: number, resumed = 0): string {
  return resumed === 0 ? `${task}/${attempt}` : `${task}/${attempt}/again/${resumed}`;
}
