/**
 * The Chat Completions API of OpenAI, as opencode uses it. Pure. Measured with opencode 1.18.33: a
 * request without tools is one for a title.
 */

import { z } from "zod";
import { type Conversation, estimateTokens } from "./conversation.ts";
import {
  type Dialect,
  type Frame,
  inSeconds,
  type Moment,
  type Reply,
  shellLine,
  sse,
  type ToolCall,
  withoutReminders,
} from "./dialect.ts";
import { openaiRefusal } from "./openai-faults.ts";
import { type Step, toolInput } from "./script.ts";

const content = z.union([
  z.string(),
  z
    .array(z.object({ text: z.string().default("") }))
    .transform((parts) => parts.map((part) => part.text).join("\n")),
]);
const message = z.object({ role: z.string(), content: content.nullish() });
const request = z.object({
  model: z.string().default("unknown"),
  stream: z.boolean().default(false),
  messages: z.array(message).default([]),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
});

/** Which opencode says to the model by itself, after a summary has taken the place of all else. */
const afterCompaction =
  /^(?:Continue if you have next steps|The previous request exceeded the provider's size limit)/;

export const openaiChat: Dialect = {
  api: "chat",
  read(body) {
    const parsed = request.parse(body);
    const tools = parsed.tools.map((tool) => tool.function.name);
    const conversation = conversationOf(parsed.messages);
    const isOfTheProgram = afterCompaction.test(conversation.humans.at(-1) ?? "");
    return {
      model: parsed.model,
      kind: tools.length === 0 || isOfTheProgram ? "side" : "main",
      conversation,
      isStream: parsed.stream,
      inputTokens: estimateTokens(body),
      tools,
      cwd: null,
      sideText: "Scripted work",
    };
  },
  call: (step, { tools }) => {
    const call = callOf(step);
    return call !== null && tools.includes(call.name) ? call : null;
  },
  refuse: openaiRefusal,
  headers: () => ({}),
  *stream(reply, { model }, moment) {
    const chunks = new Chunks(model, moment);
    yield chunks.delta({ role: "assistant", content: "" });
    if (reply.thinkMs !== null) {
      const thought = chunks.delta({ reasoning_content: "What is to be done is in the script." });
      yield { ...thought, pauseMs: reply.thinkMs };
    }
    for (const piece of reply.call === null ? reply.pieces : []) {
      yield { ...chunks.delta({ content: piece }), isPiece: true };
    }
    if (reply.call !== null) {
      const [begun] = callsOf(reply.call, "");
      yield { ...chunks.delta({ tool_calls: [{ index: 0, ...begun }] }), isPiece: true };
      const rest = { index: 0, function: { arguments: JSON.stringify(reply.call.input) } };
      yield chunks.delta({ tool_calls: [rest] });
    }
    yield chunks.delta({}, finishOf(reply));
    yield chunks.end(usageOf(reply));
    yield { data: "data: [DONE]\n\n" };
  },
  *streamError(_fault, { model }, moment) {
    yield new Chunks(model, moment).delta({ role: "assistant", content: "" });
    const error = { message: "The server had an error.", type: "server_error", code: null };
    yield { data: sse({ error }) };
  },
  whole: (reply, { model }, moment) => ({
    ...headOf(model, moment),
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: reply.call === null ? reply.pieces.join("") : null,
          ...(reply.call === null
            ? {}
            : { tool_calls: callsOf(reply.call, JSON.stringify(reply.call.input)) }),
        },
        finish_reason: finishOf(reply),
      },
    ],
    usage: usageOf(reply),
  }),
};

function conversationOf(messages: readonly z.infer<typeof message>[]): Conversation {
  const humans: string[] = [];
  let results = 0;
  for (const { role, content: text } of messages) {
    if (role === "tool") results += 1;
    const words = role === "user" ? withoutReminders(text ?? "") : "";
    if (words === "") continue;
    humans.push(words);
    results = 0;
  }
  return { humans, results };
}

function callOf(step: Step): ToolCall | null {
  switch (step.does) {
    case "write":
    case "patch":
      return { name: "write", input: { filePath: step.file, content: `${step.text}\n` } };
    case "ask": {
      const options = step.choices.map((label) => ({ label, description: `Take ${label}` }));
      const question = { header: "Choice", question: step.question, options };
      return { name: "question", input: { questions: [question] } };
    }
    case "todo": {
      const todo = { content: "Do the work", status: "in_progress", priority: "high", id: "1" };
      return { name: "todowrite", input: { todos: [todo] } };
    }
    case "mcp":
      return { name: `${step.server}_${step.tool}`, input: toolInput(step.text) };
    default: {
      const line = shellLine(step);
      if (line === null) return null;
      return { name: "bash", input: { command: line, description: "Run a command of the script" } };
    }
  }
}

function callsOf({ name }: ToolCall, given: string): readonly object[] {
  const id = `call_${crypto.randomUUID()}`;
  return [{ id, type: "function", function: { name, arguments: given } }];
}

function finishOf({ call, isTruncated }: Reply): string {
  if (call !== null) return "tool_calls";
  return isTruncated ? "length" : "stop";
}

class Chunks {
  readonly #head: Readonly<Record<string, unknown>>;

  constructor(model: string, moment: Moment) {
    this.#head = { ...headOf(model, moment), object: "chat.completion.chunk" };
  }

  delta(delta: Readonly<Record<string, unknown>>, finish: string | null = null): Frame {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    return { data: sse({ ...this.#head, choices }) };
  }

  end(usage: unknown): Frame {
    return { data: sse({ ...this.#head, choices: [], usage }) };
  }
}

function headOf(model: string, { nowMs }: Moment): Readonly<Record<string, unknown>> {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: inSeconds(nowMs), model };
}

function usageOf({ inputTokens, outputTokens }: Reply): unknown {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}
