/**
 * The Responses API of OpenAI, as codex uses it. Pure. Measured with codex 0.169.0: its own texts
 * stand in the user's place, and the title of a thread is asked for by one of them.
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
} from "./dialect.ts";
import { openaiRefusal, windowHeaders } from "./openai-faults.ts";
import { type Step, toolInput } from "./script.ts";

const text = z.union([
  z.string(),
  z
    .array(z.object({ text: z.string().default("") }))
    .transform((parts) => parts.map((part) => part.text).join("\n")),
]);
const item = z.object({
  type: z.string().default("message"),
  role: z.string().default(""),
  content: text.nullish(),
});
const request = z.object({
  model: z.string().default("unknown"),
  stream: z.boolean().default(false),
  input: z.union([
    z.string().transform((content) => [{ type: "message", role: "user", content }]),
    z.array(item),
  ]),
  tools: z.array(z.object({ type: z.string(), name: z.string().optional() })).default([]),
});
type Item = z.infer<typeof item>;

/** Texts in the user's place that no person has written. */
const ofTheProgram =
  /^\s*<(?:environment_context|user_instructions|permissions|turn_aborted|INSTRUCTIONS|collaboration_mode|skills)|^# AGENTS\.md/;
/** What codex asks for by itself: a title, and a summary when the context is full. */
const side =
  /^\s*(?:Generate a concise, single-line task title|You are performing a CONTEXT CHECKPOINT)/;
const summarized = /^Another language model started to solve this problem/;

export const openaiResponses: Dialect = {
  api: "responses",
  read(body) {
    const parsed = request.parse(body);
    const conversation = conversationOf(parsed.input);
    return {
      model: parsed.model,
      kind: side.test(conversation.humans.at(-1) ?? "") ? "side" : "main",
      conversation,
      isStream: parsed.stream,
      inputTokens: estimateTokens(body),
      tools: parsed.tools.map((tool) => tool.name ?? tool.type),
      cwd: null,
      sideText: JSON.stringify({ title: "Scripted work" }),
    };
  },
  call: (step, { tools }) => callOf(step, tools),
  refuse: openaiRefusal,
  headers: (reply, moment) => (reply.used === null ? {} : windowHeaders(reply.used, 3_600, moment)),
  *stream(reply, { model }, moment) {
    const events = new Events();
    const response = responseOf(model, moment);
    yield events.frame("response.created", { response });
    yield events.frame("response.in_progress", { response });
    const made = itemsOf(reply);
    for (const one of made) yield* one.frames(events, made.indexOf(one));
    const output = made.map((one) => one.item);
    const end = { ...response, output, usage: usageOf(reply) };
    if (reply.isTruncated) {
      const incomplete_details = { reason: "max_output_tokens" };
      const cut = { ...end, status: "incomplete", incomplete_details };
      yield events.frame("response.incomplete", { response: cut });
    } else {
      yield events.frame("response.completed", { response: { ...end, status: "completed" } });
    }
  },
  *streamError({ retryAfterSeconds }, { model }, moment) {
    const events = new Events();
    const response = responseOf(model, moment);
    yield events.frame("response.created", { response });
    const message = `Rate limit reached. Please try again in ${retryAfterSeconds ?? 1}s.`;
    const error = { code: "rate_limit_exceeded", message };
    yield events.frame("response.failed", { response: { ...response, status: "failed", error } });
  },
  whole: (reply, { model }, moment) => ({
    ...responseOf(model, moment),
    status: "completed",
    output: itemsOf(reply).map((one) => one.item),
    usage: usageOf(reply),
  }),
};

function conversationOf(items: readonly Item[]): Conversation {
  const humans: string[] = [];
  let results = 0;
  let isCompacted = false;
  for (const { type, role, content } of items) {
    if (type.endsWith("_output")) results += 1;
    if (type !== "message" || role !== "user" || !content || ofTheProgram.test(content)) continue;
    isCompacted = summarized.test(content);
    if (isCompacted) continue;
    humans.push(content);
    results = 0;
  }
  return { humans, results, isCompacted };
}

function callOf(step: Step, tools: readonly string[]): ToolCall | null {
  const has = (name: string) => tools.includes(name);
  if (step.does === "patch" && has("apply_patch")) {
    const raw = `*** Begin Patch\n*** Add File: ${step.file}\n+${step.text}\n*** End Patch\n`;
    return { name: "apply_patch", input: {}, raw };
  }
  if (step.does === "ask" && has("request_user_input")) {
    const options = step.choices.map((label) => ({ label, description: `Take ${label}` }));
    const question = { id: "q1", header: "Choice", question: step.question, options };
    return { name: "request_user_input", input: { questions: [question] } };
  }
  if (step.does === "todo" && has("update_plan")) {
    const plan = [{ step: "Do the work", status: "in_progress" }];
    return { name: "update_plan", input: { plan } };
  }
  if (step.does === "mcp" && has(`mcp__${step.server}`)) {
    const namespace = `mcp__${step.server}`;
    return { name: step.tool, namespace, input: toolInput(step.text) };
  }
  const line = shellLine(step);
  if (line === null) return null;
  const justification = "May the line of the script be run outside of the sandbox?";
  const asks =
    step.does === "run" && step.escalate
      ? { sandbox_permissions: "require_escalated", justification }
      : {};
  if (has("exec_command")) return { name: "exec_command", input: { cmd: line, ...asks } };
  if (has("shell_command")) return { name: "shell_command", input: { command: line, ...asks } };
  if (has("shell")) return { name: "shell", input: { command: ["bash", "-lc", line], ...asks } };
  return null;
}

/** An item of the output, and the events that build it. */
interface Made {
  readonly item: Readonly<Record<string, unknown>>;
  frames(events: Events, index: number): Iterable<Frame>;
}

function itemsOf(reply: Reply): readonly Made[] {
  const last = reply.call === null ? message(reply) : toolCall(reply.call);
  return reply.thinkMs === null ? [last] : [thought(reply.thinkMs), last];
}

function message({ pieces }: Reply): Made {
  const id = newId("msg");
  const part = { type: "output_text", text: pieces.join(""), annotations: [] };
  const item = { type: "message", id, role: "assistant", status: "completed", content: [part] };
  return {
    item,
    *frames(events, index) {
      const at = { item_id: id, output_index: index, content_index: 0 };
      yield events.added(index, { ...item, status: "in_progress", content: [] });
      yield events.frame("response.content_part.added", { ...at, part: { ...part, text: "" } });
      for (const delta of pieces) {
        yield { ...events.frame("response.output_text.delta", { ...at, delta }), isPiece: true };
      }
      yield events.frame("response.output_text.done", { ...at, text: part.text });
      yield events.frame("response.content_part.done", { ...at, part });
      yield events.done(index, item);
    },
  };
}

function thought(pauseMs: number): Made {
  const id = newId("rs");
  const part = { type: "summary_text", text: "**Reading the script**\n\nIt says what to do." };
  const item = { type: "reasoning", id, summary: [part] };
  return {
    item,
    *frames(events, index) {
      const at = { item_id: id, output_index: index, summary_index: 0 };
      const empty = { ...part, text: "" };
      yield events.added(index, { ...item, summary: [] });
      yield events.frame("response.reasoning_summary_part.added", { ...at, part: empty });
      const delta = events.frame("response.reasoning_summary_text.delta", {
        ...at,
        delta: part.text,
      });
      yield { ...delta, pauseMs };
      yield events.done(index, item);
    },
  };
}

function toolCall({ name, namespace, input, raw }: ToolCall): Made {
  const isFree = raw !== undefined;
  const given = raw ?? JSON.stringify(input);
  const kind = isFree ? "custom_tool_call_input" : "function_call_arguments";
  const field = isFree ? "input" : "arguments";
  const item = {
    type: isFree ? "custom_tool_call" : "function_call",
    id: newId(isFree ? "ctc" : "fc"),
    call_id: newId("call"),
    ...(namespace === undefined ? {} : { namespace }),
    name,
    [field]: given,
    status: "completed",
  };
  return {
    item,
    *frames(events, index) {
      const at = { item_id: item.id, output_index: index };
      yield events.added(index, { ...item, [field]: "", status: "in_progress" });
      yield { ...events.frame(`response.${kind}.delta`, { ...at, delta: given }), isPiece: true };
      yield events.frame(`response.${kind}.done`, { ...at, [field]: given });
      yield events.done(index, item);
    },
  };
}

/** The events of one answer, numbered. */
class Events {
  #next = 0;

  frame(type: string, fields: Readonly<Record<string, unknown>>): Frame {
    return { data: sse({ type, sequence_number: this.#next++, ...fields }, type) };
  }

  added(index: number, item: unknown): Frame {
    return this.frame("response.output_item.added", { output_index: index, item });
  }

  done(index: number, item: unknown): Frame {
    return this.frame("response.output_item.done", { output_index: index, item });
  }
}

function responseOf(model: string, { nowMs }: Moment): Readonly<Record<string, unknown>> {
  const rest = { status: "in_progress", output: [] };
  return { id: newId("resp"), object: "response", created_at: inSeconds(nowMs), model, ...rest };
}

function usageOf({ inputTokens, outputTokens, thinkMs }: Reply): unknown {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: Math.floor(inputTokens / 2) },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: thinkMs === null ? 0 : 12 },
    total_tokens: inputTokens + outputTokens,
  };
}

function newId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;
}
