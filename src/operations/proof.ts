/** The kept output of the gates that have judged a task. */

import { open } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { GateResult } from "../domain/attempt.ts";
import type { Task } from "../domain/task.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { someText } from "./fields.ts";
import { requireTask } from "./find-task.ts";
import type { Operation } from "./operation.ts";
import { mostCharacters } from "./tool-shapes.ts";

const input = z.strictObject({
  id: someText.describe("a task's id or alias"),
  gate: someText
    .nullable()
    .default(null)
    .describe("the name of a gate; null: the last red one, else the last"),
});

export interface Proof {
  readonly id: string;
  readonly attempt: number;
  readonly gate: string;
  readonly verdict: GateResult["verdict"];
  readonly why: string;
  readonly where: GateResult["where"];
  /** Relative to `.temoin/`; `null`: nothing was kept, or it is not any more. */
  readonly file: string | null;
  /** The end of the output, without what is masked. */
  readonly output: string;
  readonly cut: boolean;
}

export const proof: Operation<z.infer<typeof input>, Proof> = {
  name: "proof",
  summary: "what a gate has printed for a task",
  effect: "look",
  input,
  async run(context, { id, gate: name }) {
    const task = requireTask(await context.state(), id);
    const { attempt, gate } = findGate(task, name);
    const { stateDir } = await context.place();
    const kept = gate.proof === null ? null : await readEnd(path.join(stateDir, gate.proof));
    return {
      id: task.spec.id,
      attempt,
      gate: gate.name,
      verdict: gate.verdict,
      why: gate.why,
      where: gate.where,
      file: kept === null ? null : gate.proof,
      output: kept?.text ?? "",
      cut: kept?.cut ?? false,
    };
  },
  tool: {
    says: "What a gate has printed when it judged a task: the end of its output, its verdict and why.",
    output: z.looseObject({
      id: z.string(),
      attempt: z.int(),
      gate: z.string(),
      verdict: z.enum(["passed", "failed", "errored", "skipped"]),
      why: z.string(),
      where: z.enum(["workspace", "landing", "target"]),
      file: z.string().nullable(),
      output: z.string(),
      cut: z.boolean().describe("the beginning was left away"),
    }),
    json: (found) => found,
  },
};

function findGate(task: Task, name: string | null) {
  const all = task.attempts.flatMap(({ n, gates }) => gates.map((gate) => ({ attempt: n, gate })));
  const red = all.findLast(({ gate }) => gate.verdict === "failed" || gate.verdict === "errored");
  const found =
    name === null ? (red ?? all.at(-1)) : all.findLast(({ gate }) => gate.name === name);
  if (found !== undefined) return found;
  const names = [...new Set(all.map(({ gate }) => gate.name))];
  const near = name === null ? null : nearest(name, names);
  throw new AppError(
    "not_found",
    `No gate${name === null ? "" : ` ${name}`} has judged ${task.spec.id}.`,
    {
      hint:
        near !== null ? `Did you mean ${near}?` : `Gates that have: ${names.join(", ") || "none"}.`,
    },
  );
}

/** `null`: it is not kept any more. */
async function readEnd(file: string): Promise<{ text: string; cut: boolean } | null> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    const from = Math.max(0, size - mostCharacters);
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(size - from),
      position: from,
    });
    const text = buffer.subarray(0, bytesRead).toString("utf8");
    // The first character may have been cut in two.
    return from > 0 ? { text: text.replace(/^\uFFFD+/, ""), cut: true } : { text, cut: false };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
