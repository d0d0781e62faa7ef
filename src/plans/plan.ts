/**
 * The contract of plans: a document as people write them, read into tasks. Reading never throws
 * on content: what is not understood is a warning with its line.
 */

import type { Brief } from "../domain/brief.ts";
import type { Priority } from "../domain/task.ts";

/** A task as its document tells it. Ids are valid task ids; `deps` are ids of this or another plan. */
export interface PlannedTask {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly title: string;
  /**
   * The words of the title without case, accents and signs. Ids that a document does not give
   * count its tasks, so they move when one is put in between: by this key the importer knows a
   * task again.
   */
  readonly titleKey: string;
  readonly priority: Priority;
  readonly agent: string | null;
  readonly role: string | null;
  /** What the document says of its state. `done` means: imported, and unproven. */
  readonly state: "queued" | "needs_human" | "done";
  readonly deps: readonly string[];
  readonly skills: readonly string[];
  readonly phase: string | null;
  readonly estimate: string | null;
  readonly touches: readonly string[];
  readonly verify: readonly string[];
  readonly brief: Brief;
  readonly source: { readonly file: string; readonly line: number };
}

export interface PlanWarning {
  readonly line: number;
  readonly says: string;
}

export interface Plan {
  readonly tasks: readonly PlannedTask[];
  readonly agents: readonly { readonly name: string; readonly roles: readonly string[] }[];
  readonly phases: readonly {
    readonly name: string;
    readonly tasks: readonly string[];
    readonly criteria: readonly string[];
  }[];
  /** Criteria that are commands, or paths that must change: proposed, never taken by themselves. */
  readonly goal: readonly ({ readonly run: string } | { readonly changed: string })[];
  readonly gates: readonly { readonly run: string }[];
  /** Criteria in prose: a person judges them at the end. */
  readonly criteria: readonly string[];
  readonly handoff: { readonly prepare: number; readonly execute: number } | null;
  readonly warnings: readonly PlanWarning[];
}

/** A document that says nothing. */
export const emptyPlan: Plan = {
  tasks: [],
  agents: [],
  phases: [],
  goal: [],
  gates: [],
  criteria: [],
  handoff: null,
  warnings: [],
};

export interface PlanReader {
  /**
   * `file` is the name under which tasks are identified, relative to the repository where it lies
   * within. Rejects with an AppError for what is no readable text: binary, not UTF-8, too large.
   */
  read(file: string, content: Uint8Array): Promise<Plan>;
  /** The words about one task, split by tags, headings and labels as the prompts of plans are. */
  brief(text: string): Promise<Brief>;
}
