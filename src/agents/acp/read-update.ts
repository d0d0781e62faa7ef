/**
 * What an agent tells while its turn runs, as facts. Pure: what has to be remembered from one update
 * to the next is a value.
 */

import type { ContextUse } from "../../domain/agent.ts";
import { isRecord } from "../../lib/json-text.ts";
import { plainLine, plainText } from "../../lib/process-text.ts";
import { activity, type Fact } from "../protocol/line.ts";
import { textOf, type Update } from "./message.ts";
import { mergeTool, type Tool } from "./tool.ts";

export interface Memory {
  /** Where its tools' relative paths begin. */
  readonly cwd: string;
  /** Of the conversation so far, as it was told last; `null`: never. */
  readonly costUsd: number | null;
  /** The same when the turn began. */
  readonly costBeforeUsd: number;
  readonly context: ContextUse | null;
  /** Of this turn, by id. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** The end of what the agent has said in this turn. */
  readonly words: string;
  readonly messageId: string | null;
  /** It said of itself that the turn went wrong (codex-acp): its `end_turn` is no success. */
  readonly isSystemError: boolean;
  /** The log stands at the beginning of a line. */
  readonly isAtLineStart: boolean;
}

export interface Read {
  readonly memory: Memory;
  readonly facts: readonly Fact[];
}

/** Enough for a line that is worth telling (chosen). */
const keptWords = 4_096;
/** Of what a tool has printed, so much goes into the log (chosen). */
const keptOutput = 4_000;

export function newConversation(cwd: string): Memory {
  return {
    cwd,
    costUsd: null,
    costBeforeUsd: 0,
    context: null,
    tools: new Map(),
    words: "",
    messageId: null,
    isSystemError: false,
    isAtLineStart: true,
  };
}

export function newTurn(memory: Memory): Memory {
  const costBeforeUsd = memory.costUsd ?? memory.costBeforeUsd;
  const ofTurn = { tools: new Map(), words: "", messageId: null, isSystemError: false };
  return { ...memory, ...ofTurn, costBeforeUsd };
}

/** The agent's last line so far; empty: it has said nothing. */
export function lastLine({ words }: Memory): string {
  const lines = words.split(/[\r\n]+/).map((line) => plainLine(line));
  return lines.findLast((line) => line !== "") ?? "";
}

export function readUpdate(memory: Memory, update: Update): Read {
  switch (update.sessionUpdate) {
    case "agent_message_chunk":
      return readWords(memory, update);
    case "agent_thought_chunk": {
      const read = write(memory, textOf(update.content));
      return withActivity(read, textOf(update.content));
    }
    case "tool_call":
    case "tool_call_update":
      return readTool(memory, update);
    case "plan": {
      const now = update.entries?.find(({ status }) => status === "in_progress");
      return withActivity({ memory, facts: [] }, now?.content ?? "");
    }
    case "usage_update":
      return readUsage(memory, update);
    case "session_info_update": {
      const codex = update._meta?.["codex"];
      const status = isRecord(codex) ? codex["threadStatus"] : null;
      const type = isRecord(status) ? status["type"] : null;
      if (type === "systemError") return { memory: { ...memory, isSystemError: true }, facts: [] };
      if (type === "active") return { memory: { ...memory, isSystemError: false }, facts: [] };
      return { memory, facts: [] };
    }
    default:
      // Commands, modes, titles, and what later versions tell: nothing of a turn.
      return { memory, facts: [] };
  }
}

function readWords(memory: Memory, update: Update): Read {
  const text = textOf(update.content);
  if (text === "") return { memory, facts: [] };
  const messageId = update.messageId ?? null;
  const isNew = messageId !== memory.messageId && memory.words !== "";
  const start = isNew ? startLine(memory) : { memory, facts: [] };
  const told = write(start.memory, text);
  const words = `${memory.words}${isNew ? "\n" : ""}${text}`.slice(-keptWords);
  const next = { ...told.memory, words, messageId };
  return withActivity(
    { memory: next, facts: [...start.facts, ...told.facts] },
    lastLine({ ...next }),
  );
}

function readTool(memory: Memory, update: Update): Read {
  const id = update.toolCallId;
  if (!id) return { memory, facts: [] };
  const before = memory.tools.get(id);
  const tool = mergeTool(before, update, memory.cwd);
  const tools = new Map(memory.tools).set(id, tool);
  let read: Read = { memory: { ...memory, tools, words: endLine(memory.words) }, facts: [] };
  if (tool.title !== "" && tool.title !== before?.title) read = writeLine(read, `[${tool.title}]`);
  if (update.status === "completed" || update.status === "failed") {
    const output = plainText(textOf(update.content)).trim().slice(0, keptOutput);
    if (output !== "") read = writeLine(read, output);
    if (update.status === "failed") read = writeLine(read, `[${tool.title || "tool"}: failed]`);
  }
  return withActivity(read, tool.title);
}

function readUsage(memory: Memory, { used, size, cost }: Update): Read {
  // After an error some tell 0, which no conversation is.
  const by = "the agent's usage update";
  const context = used ? { used, size: size || null, by } : memory.context;
  const costUsd = cost?.currency === "USD" ? cost.amount : memory.costUsd;
  const next = { ...memory, context, costUsd };
  const usage = usageSoFar(next);
  if (Object.keys(usage).length === 0) return { memory: next, facts: [] };
  return { memory: next, facts: [{ type: "usage", usage }] };
}

export function usageSoFar({ context, costUsd, costBeforeUsd }: Memory) {
  return {
    ...(costUsd === null ? {} : { costUsd: Math.max(0, costUsd - costBeforeUsd) }),
    ...(context === null ? {} : { context }),
  };
}

function withActivity({ memory, facts }: Read, words: string): Read {
  return { memory, facts: [...facts, ...activity(plainLine(words))] };
}

function write(memory: Memory, text: string): Read {
  if (text === "") return { memory, facts: [] };
  const next = { ...memory, isAtLineStart: text.endsWith("\n") };
  return { memory: next, facts: [{ type: "output", text }] };
}

function startLine(memory: Memory): Read {
  return memory.isAtLineStart ? { memory, facts: [] } : write(memory, "\n");
}

function writeLine({ memory, facts }: Read, line: string): Read {
  const start = startLine(memory);
  const told = write(start.memory, `${line}\n`);
  return { memory: told.memory, facts: [...facts, ...start.facts, ...told.facts] };
}

/** What is said after a tool is another line. */
function endLine(words: string): string {
  return words === "" || words.endsWith("\n") ? words : `${words}\n`;
}
