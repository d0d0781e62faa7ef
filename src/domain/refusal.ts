/** An expected "no": what was asked cannot be done, and what can. */

import type { Task } from "./task.ts";

export interface Refusal {
  readonly code: "not_found" | "usage" | "refused";
  /** One sentence: what could not be done, to which thing, the value seen. */
  readonly refused: string;
  /** The next step. */
  readonly hint: string;
}

export function refuse(code: Refusal["code"], refused: string, hint: string): Refusal {
  return { code, refused, hint };
}

/** The next step of whoever wants a task changed that has started. */
export function nextOfStarted({ state, spec: { id } }: Task): string {
  switch (state) {
    case "done":
      return "Add a new task for what is missing.";
    case "failed":
    case "cancelled":
    case "skipped":
      return `temoin retry ${id} opens it again.`;
    case "landing":
      return `temoin cancel ${id} ends it.`;
    case "waiting":
    case "queued":
    case "running":
    case "needs_human":
      return `temoin tell ${id} "…" speaks to its agent; temoin cancel ${id} ends it.`;
  }
}
