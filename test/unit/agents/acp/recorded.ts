/** Recorded conversations of real agents of the protocol, read as the driver reads them. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
  type NewSession,
  parseNewSession,
  parsePermission,
  parseSessionUpdate,
} from "../../../../src/agents/acp/message.ts";
import { type Permission, readPermission } from "../../../../src/agents/acp/permission.ts";
import { type Reply, readEnd } from "../../../../src/agents/acp/read-end.ts";
import { newConversation, newTurn, readUpdate } from "../../../../src/agents/acp/read-update.ts";
import { mergeTool } from "../../../../src/agents/acp/tool.ts";
import type { Fact } from "../../../../src/agents/protocol/line.ts";
import { isRecord } from "../../../../src/lib/json-text.ts";

const folder = path.join(import.meta.dirname, "../../../fixtures/streams/acp");

export type Recording =
  | "claude-agent-acp-0.49.0"
  | "codex-acp-2.6.0"
  | "gemini-0.61.0"
  | "opencode-1.18.33";

export interface RecordedTurn {
  readonly prompt: string;
  readonly facts: readonly Fact[];
  readonly permissions: readonly Permission[];
}

/** Of whoever reads a reset time in words. */
const time = { now: Date.parse("2026-11-20T23:30:00Z"), zone: "UTC" };

const cwd = "/home/dev/project";

export function sessionsOf(name: Recording): readonly NewSession[] {
  return messagesOf(name).flatMap(({ m }) => parseNewSession(m["result"]) ?? []);
}

/** Turns that were not waited for to their end have none. */
export function turnsOf(name: Recording): readonly RecordedTurn[] {
  let memory = newConversation(cwd);
  let isStopped = false;
  const turns: { id: unknown; prompt: string; facts: Fact[]; permissions: Permission[] }[] = [];
  for (const { dir, m } of messagesOf(name)) {
    const { method, id, params } = m;
    const turn = turns.at(-1);
    if (dir === ">" && method === "session/new") memory = newConversation(cwd);
    if (dir === ">" && method === "session/cancel") isStopped = true;
    if (dir === ">" && method === "session/prompt") {
      memory = newTurn(memory);
      isStopped = false;
      turns.push({ id, prompt: textOf(params), facts: [], permissions: [] });
    }
    if (dir !== "<" || turn === undefined) continue;
    const update = method === "session/update" ? parseSessionUpdate(params)?.update : null;
    if (update) {
      const read = readUpdate(memory, update);
      memory = read.memory;
      turn.facts.push(...read.facts);
    }
    if (method === "session/request_permission") {
      const request = parsePermission(params);
      assert(request);
      const before = memory.tools.get(request.toolCall.toolCallId ?? "");
      const tool = mergeTool(before, request.toolCall, cwd);
      turn.permissions.push(readPermission(`ask-${turn.permissions.length}`, request, tool));
    }
    if (method === undefined && id === turn.id) {
      turn.facts.push(...readEnd(memory, replyOf(m), { isStopped, time }));
    }
  }
  return turns;
}

type Message = Readonly<Record<string, unknown>>;

function messagesOf(name: Recording): readonly { readonly dir: string; readonly m: Message }[] {
  const lines = readFileSync(path.join(folder, `${name}.jsonl`), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line));
}

function replyOf({ result, error }: Message): Reply {
  if (!isRecord(error)) return { ok: true, result };
  const { code, message, data } = error;
  return { ok: false, error: { code: Number(code), message: String(message), data } };
}

function textOf(params: unknown): string {
  const blocks = isRecord(params) && Array.isArray(params["prompt"]) ? params["prompt"] : [];
  return blocks.map((block) => block.text).join("");
}
