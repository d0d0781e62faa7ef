/** How a program of each kind asks a model, and where the answer stands in what comes back. */

import type { Api } from "../../model-servers/dialect.ts";
import type { ModelServer } from "../../model-servers/model-server.ts";

export type Json = ReturnType<typeof JSON.parse>;

interface Turn {
  readonly humans: readonly string[];
  /** Results of tools after the last prompt. */
  readonly results?: number;
  readonly stream?: boolean;
  readonly tools?: readonly string[];
}

export interface Client {
  readonly api: Api;
  ask(server: ModelServer, turn: Turn): Promise<Response>;
  /** Of a stream. */
  textOf(events: readonly Json[]): string;
  callOf(events: readonly Json[]): Json;
}

export const clients: readonly Client[] = [
  {
    api: "anthropic",
    ask(
      server,
      {
        humans,
        results = 0,
        stream = true,
        tools = ["Write", "Bash", "AskUserQuestion", "ExitPlanMode", "mcp__lab__report"],
      },
    ) {
      const messages = humans.map((text) => ({
        role: "user",
        content: [
          { type: "text", text: "<system-reminder>write=no</system-reminder>" },
          { type: "text", text },
        ],
      }));
      const result = { type: "tool_result", tool_use_id: "x", content: "ok" };
      const after = Array.from({ length: results }, () => ({ role: "user", content: [result] }));
      return post(server, "/v1/messages?beta=true", {
        model: "m",
        stream,
        system: [{ type: "text", text: "Primary working directory: /w" }],
        messages: [...messages, ...after],
        tools: tools.map((name) => ({ name, input_schema: {} })),
      });
    },
    textOf: (events) => events.map((event) => event.delta?.text ?? "").join(""),
    callOf(events) {
      const use = events.find((event) => event.content_block?.type === "tool_use");
      const json = events.map((event) => event.delta?.partial_json ?? "").join("");
      return { name: use?.content_block.name, input: JSON.parse(json) };
    },
  },
  {
    api: "responses",
    ask(
      server,
      {
        humans,
        results = 0,
        stream = true,
        tools = ["exec_command", "update_plan", "request_user_input"],
      },
    ) {
      const message = (text: string) => ({
        type: "message",
        role: "user",
        content: [{ type: "input_text", text }],
      });
      const input = [
        message("<environment_context>x</environment_context>"),
        ...humans.map(message),
      ];
      const after = Array.from({ length: results }, () => ({ type: "function_call_output" }));
      return post(server, "/v1/responses", {
        model: "m",
        stream,
        input: [...input, ...after],
        tools: tools.map((name) => ({ type: "function", name })),
      });
    },
    textOf: (events) =>
      events
        .filter((event) => event.type === "response.output_text.delta")
        .map((event) => event.delta)
        .join(""),
    callOf(events) {
      const done = events.find((event) => event.type === "response.output_item.done");
      return { name: done.item.name, input: JSON.parse(done.item.arguments) };
    },
  },
  {
    api: "chat",
    ask(
      server,
      { humans, results = 0, stream = true, tools = ["write", "bash", "question", "lab_report"] },
    ) {
      const messages = humans.map((content) => ({ role: "user", content }));
      const after = Array.from({ length: results }, () => ({ role: "tool", content: "ok" }));
      return post(server, "/v1/chat/completions", {
        model: "m",
        stream,
        messages: [{ role: "system", content: "x" }, ...messages, ...after],
        tools: tools.map((name) => ({ type: "function", function: { name } })),
      });
    },
    textOf: (events) => events.map((event) => event.choices?.[0]?.delta.content ?? "").join(""),
    callOf(events) {
      const calls = events.map((event) => event.choices?.[0]?.delta.tool_calls?.[0]?.function);
      const name = calls.find((call) => call?.name !== undefined)?.name;
      const json = calls.map((call) => call?.arguments ?? "").join("");
      return { name, input: JSON.parse(json) };
    },
  },
  {
    api: "gemini",
    ask(
      server,
      {
        humans,
        results = 0,
        stream = true,
        tools = ["write_file", "run_shell_command", "mcp_lab_report"],
      },
    ) {
      const contents = humans.map((text) => ({
        role: "user",
        parts: [{ text: "<session_context>x" }, { text }],
      }));
      const after = Array.from({ length: results }, () => ({
        role: "user",
        parts: [{ functionResponse: { name: "x" } }],
      }));
      const verb = stream ? "streamGenerateContent?alt=sse" : "generateContent";
      return post(server, `/v1beta/models/m:${verb}`, {
        contents: [...contents, ...after],
        tools: [{ functionDeclarations: tools.map((name) => ({ name })) }],
      });
    },
    textOf: (events) =>
      events.map((event) => event.candidates[0].content.parts[0].text ?? "").join(""),
    callOf(events) {
      const call = events
        .map((event) => event.candidates[0].content.parts[0].functionCall)
        .find(Boolean);
      return { name: call.name, input: call.args };
    },
  },
];

export function post(server: ModelServer, path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: "POST", body: JSON.stringify(body) });
}

export async function eventsOf(response: Response): Promise<readonly Json[]> {
  const text = await response.text();
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data: {"))
    .map((line) => JSON.parse(line.slice("data: ".length)));
}
