/**
 * The Messages API of Anthropic, as Claude Code uses it: streamed, and in one body after a stream
 * was cut. Pure. Measured with Claude Code 2.1.197: adjacent texts of a person may be joined into
 * one message, and reminders of the program stand among them.
 */

import path from "node:path";
import { z } from "zod";
import type { Conversation } from "./conversation.ts";
import { estimateTokens } from "./conversation.ts";
import {
  type Dialect,
  type Frame,
  inSeconds,
  type Moment,
  type Refusal,
  type Reply,
  shellLine,
  sse,
  type ToolCall,
  withoutReminders,
} from "./dialect.ts";
import { type Fault, type Step, toolInput } from "./script.ts";

const block = z.object({ type: z.string().default("text"), text: z.string().default("") });
const content = z.union([z.string().transform((text) => [{ type: "text", text }]), z.array(block)]);
const request = z.object({
  model: z.string().default("unknown"),
  stream: z.boolean().default(false),
  messages: z.array(z.object({ role: z.string(), content })).default([]),
  system: content.default([]),
  tools: z.array(z.object({ name: z.string().default("") })).default([]),
});
type Request = z.infer<typeof request>;

/** Texts in a person's place that no person has written. */
const ofTheProgram =
  /^(?:\[Request interrupted|<command-(?:name|message|args)>|<local-command-|<task-notification>|Caveat: |Output token limit hit\. Resume)/;
const summary = /create a detailed summary of the conversation/i;
const summarized = /^This session is being continued from a previous conversation/;

export const anthropic: Dialect = {
  api: "anthropic",
  read(body) {
    const parsed = request.parse(body);
    const conversation = conversationOf(parsed);
    const tools = parsed.tools.map((tool) => tool.name);
    const isSummary = summary.test(conversation.humans.at(-1) ?? "");
    return {
      model: parsed.model,
      kind: tools.length === 0 || isSummary ? "side" : "main",
      conversation,
      isStream: parsed.stream,
      inputTokens: estimateTokens(body),
      tools,
      cwd: cwdOf(parsed),
      sideText: isSummary
        ? "<analysis>Nothing.</analysis>\n<summary>1. Primary Request and Intent: the work so far.</summary>"
        : '{"isNewTopic": true, "title": "Scripted work"}',
    };
  },
  call: (step, { tools, cwd }) => {
    const call = callOf(step, { cwd: cwd ?? ".", tools });
    return tools.includes(call.name) ? call : null;
  },
  refuse: refusalOf,
  headers: (_reply, { id }) => ({ "request-id": requestId(id) }),
  *stream(reply, { model }, moment) {
    const usage = usageOf(reply, 1);
    yield frame("message_start", { message: { ...messageOf(model, moment), usage } });
    yield frame("ping", {});
    let index = 0;
    for (const part of partsOf(reply)) {
      yield* part.frames(index);
      index += 1;
    }
    const delta = { stop_reason: stopOf(reply), stop_sequence: null };
    yield frame("message_delta", { delta, usage: usageOf(reply, reply.outputTokens) });
    yield frame("message_stop", {});
  },
  *streamError(_fault, { model }, moment) {
    const usage = { input_tokens: 1, output_tokens: 1 };
    yield frame("message_start", { message: { ...messageOf(model, moment), usage } });
    yield frame("error", { error: { type: "overloaded_error", message: "Overloaded" } });
  },
  whole: (reply, { model }, moment) => ({
    ...messageOf(model, moment),
    content: partsOf(reply).map((part) => part.block),
    stop_reason: stopOf(reply),
    usage: usageOf(reply, reply.outputTokens),
  }),
};

function conversationOf({ messages }: Request): Conversation {
  const humans: string[] = [];
  let results = 0;
  let isCompacted = false;
  for (const message of messages) {
    if (message.role !== "user") continue;
    for (const { type, text } of message.content) {
      if (type === "tool_result") results += 1;
      const words = type === "text" ? withoutReminders(text) : "";
      isCompacted ||= summarized.test(words);
      if (words === "" || ofTheProgram.test(words) || summarized.test(words)) continue;
      humans.push(words);
      results = 0;
      isCompacted = false;
    }
  }
  return { humans, results, isCompacted };
}

/** The last place named: the program may have moved since its start. */
function cwdOf({ system, messages }: Request): string | null {
  const texts = [...system, ...messages.flatMap((message) => message.content)];
  const named = /[Ww]orking directory: ([^\s"\\<]+)/g;
  return (
    [
      ...texts
        .map(({ text }) => text)
        .join("\n")
        .matchAll(named),
    ].at(-1)?.[1] ?? null
  );
}

function callOf(
  step: Step,
  { cwd, tools }: { readonly cwd: string; readonly tools: readonly string[] },
): ToolCall {
  switch (step.does) {
    case "write":
    case "patch": {
      const file = path.resolve(cwd, step.file);
      return { name: "Write", input: { file_path: file, content: `${step.text}\n` } };
    }
    case "ask": {
      const options = step.choices.map((label) => ({ label, description: `Take ${label}` }));
      const question = { question: step.question, header: "Choice", multiSelect: false, options };
      return { name: "AskUserQuestion", input: { questions: [question] } };
    }
    case "plan":
      return { name: "ExitPlanMode", input: { plan: step.text } };
    case "todo": {
      if (tools.includes("TaskCreate")) {
        const task = { subject: "Do the work", description: "As the script says" };
        return { name: "TaskCreate", input: task };
      }
      const todo = { content: "Do the work", status: "in_progress", activeForm: "Doing the work" };
      return { name: "TodoWrite", input: { todos: [todo] } };
    }
    case "mcp":
      return { name: `mcp__${step.server}__${step.tool}`, input: toolInput(step.text) };
    default:
      return {
        name: "Bash",
        input: { command: shellLine(step) ?? "true", description: "Run a command of the script" },
      };
  }
}

interface Part {
  readonly block: unknown;
  frames(index: number): Iterable<Frame>;
}

function partsOf(reply: Reply): readonly Part[] {
  const { text, pieces, call, thinkMs } = reply;
  const parts: Part[] = [];
  if (thinkMs !== null) parts.push(thought(thinkMs));
  parts.push({
    block: { type: "text", text: pieces.length === 0 ? text : pieces.join("") },
    *frames(index) {
      yield frame("content_block_start", { index, content_block: { type: "text", text: "" } });
      for (const piece of pieces) {
        const delta = { type: "text_delta", text: piece };
        yield { ...frame("content_block_delta", { index, delta }), isPiece: true };
      }
      yield frame("content_block_stop", { index });
    },
  });
  if (call !== null) parts.push(toolUse(call));
  return parts;
}

function thought(pauseMs: number): Part {
  const thinking = "What is to be done is in the script.";
  return {
    block: { type: "thinking", thinking, signature: "c2NyaXB0" },
    *frames(index) {
      const empty = { type: "thinking", thinking: "", signature: "" };
      yield frame("content_block_start", { index, content_block: empty });
      const delta = { type: "thinking_delta", thinking };
      yield { ...frame("content_block_delta", { index, delta }), pauseMs };
      const signed = { type: "signature_delta", signature: "c2NyaXB0" };
      yield frame("content_block_delta", { index, delta: signed });
      yield frame("content_block_stop", { index });
    },
  };
}

function toolUse({ name, input }: ToolCall): Part {
  const block = { type: "tool_use", id: `toolu_${randomId()}`, name };
  return {
    block: { ...block, input },
    *frames(index) {
      yield frame("content_block_start", { index, content_block: { ...block, input: {} } });
      const delta = { type: "input_json_delta", partial_json: JSON.stringify(input) };
      yield frame("content_block_delta", { index, delta });
      yield frame("content_block_stop", { index });
    },
  };
}

function frame(type: string, fields: Readonly<Record<string, unknown>>): Frame {
  return { data: sse({ type, ...fields }, type) };
}

function messageOf(model: string, { id }: Moment): Readonly<Record<string, unknown>> {
  const rest = { content: [], stop_reason: null, stop_sequence: null };
  return { id: `msg_${id}_${randomId()}`, type: "message", role: "assistant", model, ...rest };
}

/** Nearly all of what is read comes from the cache, as with the real one. */
function usageOf({ inputTokens }: Reply, outputTokens: number): Readonly<Record<string, unknown>> {
  const fresh = Math.min(inputTokens, 12);
  return {
    input_tokens: fresh,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: inputTokens - fresh,
    output_tokens: outputTokens,
    service_tier: "standard",
  };
}

function stopOf({ call, isTruncated }: Reply): string {
  if (call !== null) return "tool_use";
  return isTruncated ? "max_tokens" : "end_turn";
}

function refusalOf(fault: Fault, { id, nowMs }: Moment): Refusal {
  const error = (type: string, usual: string) => ({
    type: "error",
    error: { type, message: fault.message ?? usual },
    request_id: requestId(id),
  });
  const headers: Record<string, string> = {
    "request-id": requestId(id),
    ...(fault.retryAfterSeconds === null ? {} : { "retry-after": `${fault.retryAfterSeconds}` }),
    ...(fault.mayRetry ? {} : { "x-should-retry": "false" }),
  };
  switch (fault.kind) {
    case "usage_limit":
      return {
        status: 429,
        headers: {
          ...headers,
          "retry-after": `${fault.resetSeconds}`,
          "x-should-retry": "false",
          "anthropic-ratelimit-unified-status": "rejected",
          "anthropic-ratelimit-unified-reset": `${inSeconds(nowMs, fault.resetSeconds)}`,
          "anthropic-ratelimit-unified-representative-claim": "five_hour",
          "anthropic-ratelimit-unified-overage-status": "rejected",
        },
        body: error("rate_limit_error", "This request would exceed your account's rate limit."),
      };
    case "quota": {
      const message =
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";
      return { status: 400, headers, body: error("invalid_request_error", message) };
    }
    case "context": {
      const message = "prompt is too long: 208310 tokens > 200000 maximum";
      return { status: 400, headers, body: error("invalid_request_error", message) };
    }
    default: {
      const status = typeof fault.kind === "number" ? fault.kind : 500;
      const [type, message] = errors[status] ?? ["api_error", "Internal server error"];
      return { status, headers, body: error(type, message) };
    }
  }
}

const errors: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ["invalid_request_error", "The request is not valid."],
  401: ["authentication_error", "invalid x-api-key"],
  403: ["permission_error", "Your API key does not have permission to use this resource."],
  404: ["not_found_error", "model: no-such-model"],
  429: ["rate_limit_error", "This request would exceed your rate limit."],
  503: ["api_error", "Service unavailable"],
  529: ["overloaded_error", "Overloaded"],
};

function requestId(id: number): string {
  return `req_${id}`;
}

function randomId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}
