/**
 * The steps of the protocol's dialect, beside those of every dialect: it asks, it tells of tools and
 * of what it has used up, it fails in the ways in which the real ones do.
 */

import type { Face } from "../face.ts";
import { commonSteps, type Next, type StepKinds, step } from "../steps.ts";

/** How a turn ends other than well. */
export type AcpEnd =
  | { readonly ends: "stop"; readonly reason: string }
  | {
      readonly ends: "error";
      readonly code: number;
      readonly message: string;
      readonly data: Readonly<Record<string, unknown>> | undefined;
    }
  /** `end_turn`, and only a mark tells that it went wrong. */
  | { readonly ends: "silently"; readonly text: string };

export interface AcpUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
}

export interface AcpFace extends Face {
  /** One update of the conversation. */
  tell(update: Readonly<Record<string, unknown>>): void;
  /** What was told is with the client. */
  told(): Promise<void>;
  /** As the options of the real ones: `true` is a yes; `null`: the turn was stopped. */
  permission(asks: { readonly tool: string; readonly text: string }): Promise<boolean | null>;
  /** `null`: nobody can be asked. */
  question(asks: {
    readonly text: string;
    readonly choices: readonly string[];
    readonly header: string;
  }): Promise<string | null>;
  use(usage: AcpUsage): void;
  fail(end: AcpEnd): void;
  raw(text: string): void;
  pause(ms: number): Promise<void>;
}

export const acpSteps: StepKinds<AcpFace> = {
  ...commonSteps,

  // What was said before is not lost with the process.
  crash: step({ exit: "number?", signal: "text?" }, async (args, face: AcpFace) => {
    await face.told();
    return commonSteps["crash"]?.perform({ ...definedOf(args) }, face);
  }),

  permission: step({ tool: "text", text: "text" }, async (asks, face: AcpFace): Promise<Next> => {
    const isAllowed = await face.permission(asks);
    return isAllowed === true ? undefined : "stop";
  }),
  question: step(
    { text: "text", choices: "texts?", header: "text?" },
    async ({ text, choices = ["Red", "Blue"], header = "Choice" }, face: AcpFace) => {
      const answer = await face.question({ text, choices, header });
      face.say(answer === null ? "Nobody was there to ask" : `They said: ${answer}`);
    },
  ),
  stream: step({ text: "text", ms: "number?" }, async ({ text, ms = 1_000 }, face: AcpFace) => {
    const words = text.split(/(?<=\s)/);
    for (const word of words) {
      face.tell({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: word } });
      await face.pause(ms / words.length);
    }
  }),
  tool: step(
    { name: "text", about: "text?", output: "text?", ms: "number?" },
    async ({ name, about = "", output = "", ms = 0 }, face: AcpFace) => {
      const toolCallId = `${name}-${Math.random()}`;
      const title = `${name} ${about}`.trim();
      face.tell({ sessionUpdate: "tool_call", toolCallId, title, status: "in_progress" });
      await face.pause(ms);
      const content = [{ type: "content", content: { type: "text", text: output } }];
      face.tell({ sessionUpdate: "tool_call_update", toolCallId, status: "completed", content });
    },
  ),
  usage: step(
    {
      used: "number",
      size: "number",
      cost: "number?",
      input: "number?",
      output: "number?",
      cached: "number?",
    },
    ({ used, size, cost, input = 0, output = 0, cached = 0 }, face: AcpFace) => {
      const costs = cost === undefined ? {} : { cost: { amount: cost, currency: "USD" } };
      face.tell({ sessionUpdate: "usage_update", used, size, ...costs });
      face.use({ input, output, cached });
    },
  ),
  raw: step({ text: "text" }, ({ text }, face: AcpFace) => face.raw(text)),
  freeze: step({ ms: "number" }, async ({ ms }, face: AcpFace) => {
    await face.told();
    // The whole process stands still, and reads nothing.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }),

  // Ends other than a good one.
  limit: step({ until: "text?" }, ({ until = "1:02 AM" }, face: AcpFace): Next => {
    const message = `You've hit your usage limit. Try again at ${until}.`;
    const data = { message, codexErrorInfo: "usageLimitExceeded" };
    face.fail({ ends: "error", code: -32_603, message: "Internal error", data });
    return "stop";
  }),
  fail: step({ text: "text", code: "number?" }, ({ text, code }, face: AcpFace): Next => {
    const number = code ?? -32_603;
    face.fail({ ends: "error", code: number, message: `Internal error: ${text}`, data: undefined });
    return "stop";
  }),
  stop: step({ reason: "text" }, ({ reason }, face: AcpFace): Next => {
    face.fail({ ends: "stop", reason });
    return "stop";
  }),
  fail_silently: step({ text: "text" }, ({ text }, face: AcpFace): Next => {
    face.fail({ ends: "silently", text });
    return "stop";
  }),
};

function definedOf(args: {
  readonly exit?: number | undefined;
  readonly signal?: string | undefined;
}) {
  return {
    ...(args.exit === undefined ? {} : { exit: args.exit }),
    ...(args.signal === undefined ? {} : { signal: args.signal }),
  };
}
