/**
 * The steps that only a full-screen agent can take, beside those of every dialect: it asks, it
 * streams, it meets a limit, it lies with its screen.
 */

import type { Face } from "../face.ts";
import { commonSteps, type Next, type StepKinds, step } from "../steps.ts";
import type { Answer, Asked } from "./asked.ts";
import { permissionTool, questionTool } from "./asked-by-hook.ts";
import type { Hooks } from "./hooks.ts";
import type { Entry, Look } from "./view.ts";

export interface TurnFailure {
  readonly end: "failed" | "limited";
  readonly text: string;
  /** A modal that comes with it, by name. */
  readonly dialog: string | null;
}

export interface ScreenFace extends Face {
  readonly look: Look;
  readonly hooks: Hooks;
  show(...entries: readonly Entry[]): void;
  /** Word by word, in so many milliseconds. */
  stream(text: string, ms: number): Promise<void>;
  /** Shown as running until `work` resolves with its output. */
  tool(
    tool: { readonly name: string; readonly about: string },
    work: () => Promise<string>,
  ): Promise<void>;
  pause(ms: number): Promise<void>;
  /** Bytes to the terminal, as they are. */
  raw(text: string): void;
  ask(asked: Asked): Promise<Answer>;
  /** A modal of its own. */
  dialog(name: string): Asked;
  retry(ms: number, attempt: number): Promise<void>;
  /** Draws nothing and takes no key. */
  freeze(ms: number): Promise<void>;
  /** How the turn will end, once its steps are over. */
  fail(failure: TurnFailure): void;
  /** As Esc does. */
  interrupt(): void;
  exit(exitCode: number): void;
}

export const screenSteps: StepKinds<ScreenFace> = {
  ...commonSteps,

  // What waits for an answer. A refusal ends the turn as an interrupt does, as the real ones do it.
  permission: step({ tool: "text", text: "text" }, async (asks, face: ScreenFace) => {
    const tool = permissionTool(asks);
    await face.hooks.using(tool);
    const { choice, denied } = await face.ask({ ...face.look.permission(asks), tool });
    if (choice?.does === "yes") {
      face.show({ kind: "approved", what: asks.text });
      await face.hooks.used(tool);
    } else if (denied === undefined) face.interrupt();
    else face.say(`Not allowed: ${denied}`);
  }),
  question: step(
    { text: "text", choices: "texts?", header: "text?" },
    async ({ text, choices = ["Red", "Blue"], header = "Choice" }, face: ScreenFace) => {
      const tool = questionTool({ header, text, choices });
      await face.hooks.using(tool);
      const answer = await face.ask({ ...face.look.question({ header, text, choices }), tool });
      if (answer.denied !== undefined) return face.say(`Not answered: ${answer.denied}`);
      if (answer.choice === null) return face.interrupt();
      await face.hooks.used(tool);
      face.show({ kind: "answered", says: text, answer: answer.text ?? answer.choice.label });
    },
  ),
  dialog: step({ name: "text" }, async ({ name }, face: ScreenFace) => {
    const { choice } = await face.ask(face.dialog(name));
    if (choice === null || choice.does === "no") face.interrupt();
  }),

  // What is seen of work.
  stream: step({ text: "text", ms: "number?" }, ({ text, ms = 1_000 }, face: ScreenFace) =>
    face.stream(text, ms),
  ),
  tool: step(
    { name: "text", about: "text?", output: "text?", ms: "number?" },
    ({ name, about = "", output = "", ms = 0 }, face: ScreenFace) =>
      face.tool({ name, about }, async () => {
        await face.pause(ms);
        return output;
      }),
  ),
  retrying: step({ ms: "number", attempt: "number?" }, ({ ms, attempt = 1 }, face: ScreenFace) =>
    face.retry(ms, attempt),
  ),
  raw: step({ text: "text" }, ({ text }, face: ScreenFace) => face.raw(text)),
  freeze: step({ ms: "number?" }, ({ ms = Number.MAX_SAFE_INTEGER }, face: ScreenFace) =>
    face.freeze(ms),
  ),

  // Ends other than a good one.
  limit: step({ until: "text?" }, ({ until = "3am" }, face: ScreenFace): Next => {
    const { text, dialog } = face.look.limit(until);
    face.fail({ end: "limited", text, dialog });
    return "stop";
  }),
  fail: step({ text: "text" }, ({ text }, face: ScreenFace): Next => {
    face.fail({ end: "failed", text, dialog: null });
    return "stop";
  }),
  exit: step({ code: "number?" }, ({ code = 0 }, face: ScreenFace) => face.exit(code)),
};
