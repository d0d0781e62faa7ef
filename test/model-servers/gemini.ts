/**
 * The Gemini API, as Gemini CLI uses it. Pure. Measured with Gemini CLI 0.61.0: a request without
 * tools is the program's own, for routing or a summary.
 */

import { z } from "zod";
import { type Conversation, estimateTokens } from "./conversation.ts";
import {
  type Dialect,
  type Frame,
  type Moment,
  type Refusal,
  type Reply,
  shellLine,
  sse,
  type ToolCall,
  withoutReminders,
} from "./dialect.ts";
import { type Fault, type Step, toolInput } from "./script.ts";

const part = z.object({ text: z.string().default(""), functionResponse: z.unknown().optional() });
const request = z.object({
  contents: z
    .array(z.object({ role: z.string().default("user"), parts: z.array(part).default([]) }))
    .default([]),
  tools: z
    .array(z.object({ functionDeclarations: z.array(z.object({ name: z.string() })).default([]) }))
    .default([]),
});
type Content = z.infer<typeof request>["contents"][number];

/** Texts in the user's place that no person has written. */
const ofTheProgram = /^(?:<session_context>|This is the Gemini CLI|<hook_context>)/;

export const gemini: Dialect = {
  api: "gemini",
  read(body, path) {
    const parsed = request.parse(body);
    const tools = parsed.tools.flatMap((tool) => tool.functionDeclarations.map(({ name }) => name));
    return {
      model: /models\/([^:/]+)/.exec(path)?.[1] ?? "unknown",
      kind: tools.length === 0 ? "side" : "main",
      conversation: conversationOf(parsed.contents),
      isStream: path.includes(":streamGenerateContent"),
      inputTokens: estimateTokens(body),
      tools,
      cwd: null,
      sideText,
    };
  },
  call: (step, { tools }) => {
    const call = callOf(step);
    return call !== null && tools.includes(call.name) ? call : null;
  },
  refuse: refusalOf,
  headers: () => ({}),
  *stream(reply, { model }, moment) {
    const parts = partsOf(reply);
    for (const [n, one] of parts.entries()) {
      const finish = n === parts.length - 1 ? finishOf(reply) : null;
      const data = sse(answerOf([one], finish, { reply, model, moment }));
      yield { data, isPiece: true, ...("thought" in one ? { pauseMs: reply.thinkMs ?? 0 } : {}) };
    }
  },
  *streamError(_fault, { model }, moment): Iterable<Frame> {
    const reply: Reply = { ...nothing, pieces: ["I "] };
    yield { data: sse(answerOf([{ text: "I " }], null, { reply, model, moment })) };
    const error = { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" };
    yield { data: sse({ error }) };
  },
  whole: (reply, { model }, moment) =>
    answerOf(partsOf(reply), finishOf(reply), { reply, model, moment }),
};

/** Whatever the program asks of the small model, it finds its field here. */
const sideText = JSON.stringify({
  reasoning: "scripted",
  next_speaker: "user",
  complexity_reasoning: "scripted",
  complexity_score: 10,
  model_choice: "flash",
});

const nothing: Reply = {
  text: "",
  pieces: [],
  call: null,
  thinkMs: null,
  isTruncated: false,
  inputTokens: 1,
  outputTokens: 1,
  used: null,
};

function conversationOf(contents: readonly Content[]): Conversation {
  const humans: string[] = [];
  let results = 0;
  for (const { role, parts } of contents) {
    if (role !== "user") continue;
    const answered = parts.filter((one) => one.functionResponse !== undefined).length;
    results += answered;
    const words = parts.map((one) => withoutReminders(one.text));
    const told = words.filter((text) => text !== "" && !ofTheProgram.test(text));
    // What stands beside a tool's result belongs to it.
    if (told.length === 0 || answered > 0) continue;
    humans.push(told.join("\n"));
    results = 0;
  }
  return { humans, results };
}

function callOf(step: Step): ToolCall | null {
  switch (step.does) {
    case "write":
    case "patch":
      return {
        name: "write_file",
        input: { file_path: step.file, content: `${step.text}\n` },
      };
    case "ask": {
      const options = step.choices.map((label) => ({ label, description: `Take ${label}` }));
      const question = { question: step.question, header: "Choice", type: "choice", options };
      return { name: "ask_user", input: { questions: [question] } };
    }
    case "todo": {
      const todo = { description: "Do the work", status: "in_progress" };
      return { name: "write_todos", input: { todos: [todo] } };
    }
    case "mcp":
      return { name: `mcp_${step.server}_${step.tool}`, input: toolInput(step.text) };
    default: {
      const command = shellLine(step);
      if (command === null) return null;
      const description = "Run a command of the script";
      return { name: "run_shell_command", input: { command, description } };
    }
  }
}

type Part = Readonly<Record<string, unknown>>;

function partsOf({ pieces, call, thinkMs }: Reply): readonly Part[] {
  const thought = { text: "**Reading the script** It says what to do.", thought: true };
  return [
    ...(thinkMs === null ? [] : [thought]),
    ...pieces.map((text) => ({ text })),
    ...(call === null ? [] : [{ functionCall: { name: call.name, args: call.input } }]),
  ];
}

interface Around {
  readonly reply: Reply;
  readonly model: string;
  readonly moment: Moment;
}

function answerOf(parts: readonly Part[], finish: string | null, around: Around): unknown {
  const { reply, model, moment } = around;
  const { inputTokens, outputTokens } = reply;
  return {
    candidates: [
      {
        content: { role: "model", parts },
        index: 0,
        ...(finish === null ? {} : { finishReason: finish }),
      },
    ],
    usageMetadata: {
      promptTokenCount: inputTokens,
      candidatesTokenCount: outputTokens,
      totalTokenCount: inputTokens + outputTokens,
    },
    modelVersion: model,
    responseId: `response-${moment.id}`,
  };
}

function finishOf({ isTruncated }: Reply): string {
  return isTruncated ? "MAX_TOKENS" : "STOP";
}

function refusalOf(fault: Fault): Refusal {
  const refusal = (code: number, status: string, usual: string, details: readonly object[]) => ({
    status: code,
    headers: {},
    body: { error: { code, message: fault.message ?? usual, status, details } },
  });
  const rpc = "type.googleapis.com/google.rpc.";
  const retry = {
    "@type": `${rpc}RetryInfo`,
    retryDelay: `${fault.retryAfterSeconds ?? 3}s`,
  };
  switch (fault.kind) {
    case "usage_limit":
    case "quota": {
      const violation = {
        quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
        quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier",
      };
      const failure = { "@type": `${rpc}QuotaFailure`, violations: [violation] };
      const message =
        "You exceeded your current quota, please check your plan and billing details.";
      return refusal(429, "RESOURCE_EXHAUSTED", message, [failure]);
    }
    case 429:
      return refusal(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted.", [retry]);
    case "context": {
      const message = "The input token count exceeds the maximum number of tokens allowed.";
      return refusal(400, "INVALID_ARGUMENT", message, []);
    }
    default: {
      const code = typeof fault.kind !== "number" ? 500 : fault.kind === 529 ? 503 : fault.kind;
      const [status, message] = errors[code] ?? ["INTERNAL", "Internal error"];
      return refusal(code, status, message, []);
    }
  }
}

const errors: Readonly<Record<number, readonly [status: string, message: string]>> = {
  400: ["INVALID_ARGUMENT", "Request contains an invalid argument."],
  401: ["UNAUTHENTICATED", "API key not valid."],
  403: ["PERMISSION_DENIED", "The caller does not have permission."],
  404: ["NOT_FOUND", "The model is not found."],
  503: ["UNAVAILABLE", "The model is overloaded. Please try again later."],
};
