/** The steps that only an agent of JSON lines can take, beside those of every dialect. */

import { existsSync } from "node:fs";
import type { Face } from "../face.ts";
import { commonSteps, type Next, type StepKinds, step } from "../steps.ts";

export interface StreamFailure {
  readonly text: string;
  /** HTTP status; `null`: none was told. */
  readonly status: number | null;
  /** As Claude Code marks its last words. */
  readonly error: string | null;
}

export interface StreamFace extends Face {
  /** Asks whether a tool may be used; `null`: it may, else why not. */
  permit(tool: string, input: Readonly<Record<string, unknown>>): Promise<string | null>;
  /** Tells that a request is repeated. */
  retry(attempt: number, status: number): void;
  /** Tells that from here on more is charged for; Claude Code alone does. */
  overuse?(resetsAt: number): void;
  /** Tells how much of its plan is used, and when that begins anew; Claude Code alone does. */
  tellQuota?(percent: number, resetsAt: number): void;
  /** How the turn will end, once its steps are over. */
  fail(failure: StreamFailure): void;
  /** Of the next step of the model, in tokens. */
  use(input: number, output: number): void;
  /**
   * Its conversation grows by a share of `most` that the seed and the step decide. Where it is full
   * then, nothing more comes of it until it is interrupted.
   */
  fill?(most: number, seed: string): Promise<void>;
  /** Tells that it makes its conversation shorter, and takes its time over it. */
  compact?(): Promise<void>;
}

export const streamSteps: StepKinds<StreamFace> = {
  ...commonSteps,

  permission: step({ tool: "text", text: "text" }, async ({ tool, text }, face: StreamFace) => {
    const input = tool === "Bash" ? { command: text } : { file_path: text, content: "" };
    const refused = await face.permit(tool, input);
    face.say(refused === null ? `Allowed: ${tool}` : `Refused: ${refused}`);
  }),
  question: step(
    { text: "text", choices: "texts?", header: "text?" },
    async ({ text, choices = ["Red", "Blue"], header = "Choice" }, face: StreamFace) => {
      const options = choices.map((label) => ({ label, description: label }));
      const questions = [{ question: text, header, options, multiSelect: false }];
      const refused = await face.permit("AskUserQuestion", { questions });
      face.say(refused === null ? `Answered: ${face.answer}` : `Refused: ${refused}`);
    },
  ),
  retrying: step({ attempt: "number?", status: "number?" }, (args, face: StreamFace) =>
    face.retry(args.attempt ?? 1, args.status ?? 429),
  ),
  use: step({ input: "number", output: "number?" }, ({ input, output = 1 }, face: StreamFace) =>
    face.use(input, output),
  ),
  fill: step(
    { most: "number", seed: "text?", unless: "text?" },
    async ({ most, seed = "", unless }, face: StreamFace) => {
      if (unless === undefined || !existsSync(unless)) await face.fill?.(most, seed);
    },
  ),
  compact: step({}, (_args, face: StreamFace) => face.compact?.()),
  quota: step({ percent: "number", resets: "number" }, ({ percent, resets }, face: StreamFace) =>
    face.tellQuota?.(percent, resets),
  ),
  overage: step({ resets: "number" }, ({ resets }, face: StreamFace) => face.overuse?.(resets)),
  limit: step({ until: "text?" }, ({ until = "3am" }, face: StreamFace): Next => {
    const text = `You've hit your usage limit · resets ${until}`;
    face.fail({ text, status: 429, error: "rate_limit" });
    return "stop";
  }),
  fail: step({ text: "text" }, ({ text }, face: StreamFace): Next => {
    face.fail({ text, status: null, error: null });
    return "stop";
  }),
};
