/** What `temoin agents test` tries out with a real agent, and what came of it. Pure. */

import type { DriverName, Transport } from "./agent.ts";
import type { AgentName, Instant } from "./id.ts";

/** In the order in which they are done and shown. */
export const exercises = [
  "start",
  "one line",
  "sixty lines",
  "tool",
  "memory",
  "usage",
  "interrupt",
  "fresh context",
  "kill",
  "permission",
  "question",
  "end",
] as const;
export type ExerciseName = (typeof exercises)[number];

/** What each of them tries out, for a person. */
export const exerciseTitles: Readonly<Record<ExerciseName, string>> = {
  start: "it starts, and is ready",
  "one line": "a prompt of one line is received and answered",
  "sixty lines": "a prompt of 60 lines is received whole",
  tool: "it changes a file in its workspace",
  memory: "it remembers within a session what it was told a turn before",
  usage: "it tells what it uses up",
  interrupt: "it is interrupted in the midst of a command, and goes on",
  "fresh context": "the next task begins with an empty conversation",
  kill: "killed in the midst of a turn it is begun anew",
  permission: "it asks before it acts, and acts on the answer",
  question: "it asks a question, and takes the answer",
  end: "it ends, and leaves no process behind",
};

/** `not_offered`: the driver or the CLI has nothing of the kind. `not_run`: what came before forbids it. */
export type ExerciseResult = "proved" | "failed" | "not_offered" | "not_run";

export interface Exercised {
  readonly name: ExerciseName;
  readonly result: ExerciseResult;
  /** Why, or what was seen; one line, may be empty. */
  readonly says: string;
  readonly durationMs: number;
}

/** What was proved of one agent, and with what. */
export interface AgentProof {
  readonly agent: AgentName;
  readonly at: Instant;
  readonly driver: DriverName;
  readonly transport: Transport;
  /** `null`: the program tells none that we know how to ask for. */
  readonly version: string | null;
  readonly steps: readonly Exercised[];
}

export function isGood({ steps }: Pick<AgentProof, "steps">): boolean {
  return steps.every(({ result }) => result === "proved" || result === "not_offered");
}

/** `9 of 10 proved: interrupt failed`. What is not offered counts for nothing. */
export function proofText({ steps }: Pick<AgentProof, "steps">): string {
  const tried = steps.filter(({ result }) => result !== "not_offered");
  const proved = tried.filter(({ result }) => result === "proved");
  const failed = steps.filter(({ result }) => result === "failed").map(({ name }) => name);
  const count = `${proved.length} of ${tried.length} proved`;
  return failed.length === 0 ? count : `${count}: ${failed.join(", ")} failed`;
}
