/** One turn of the protocol's dialect: the steps of a script told as updates, to the end of the prompt. */

import {
  type AgentContext,
  type CreateElicitationRequest,
  RequestError,
  type RequestPermissionRequest,
} from "@agentclientprotocol/sdk";
import { systemClock } from "../../../src/lib/clock.ts";
import { floodOf } from "../face.ts";
import { type Script, stepsFor } from "../script.ts";
import { type Place, ScriptError } from "../step.ts";
import { perform } from "../steps.ts";
import { runTool } from "../tui/run-tool.ts";
import { type AcpEnd, type AcpFace, type AcpUsage, acpSteps } from "./acp-steps.ts";

export interface AcpTurnParts {
  readonly sessionId: string;
  readonly place: Place;
  readonly script: Script;
  readonly client: AgentContext;
  readonly signal: AbortSignal;
  readonly canAsk: boolean;
  readonly ignoreSigterm: () => void;
  readonly onAnswer: (answer: {
    readonly kind: "permission" | "question";
    readonly name: string;
    readonly choice: string | null;
  }) => void;
}

export interface AcpTurnResult {
  readonly stopReason: string;
  readonly usage: Readonly<Record<string, number>> | null;
}

/** Rejects with a RequestError where the turn fails. */
export async function runTurn(parts: AcpTurnParts, first: string): Promise<AcpTurnResult> {
  const { place, script, signal } = parts;
  const made = makeFace(parts);
  const { face } = made;
  face.say(first);
  try {
    for (const step of stepsFor(place, script)) {
      const next = await perform(step, place, { kinds: acpSteps, face });
      signal.throwIfAborted();
      if (next === "stop") break;
    }
  } catch (error) {
    if (error instanceof ScriptError) {
      made.end = {
        ends: "error",
        code: -32_603,
        message: `The script is wrong: ${error.message}.`,
        data: undefined,
      };
    } else if (!signal.aborted) throw error;
  }
  await face.told();
  if (signal.aborted) return { stopReason: "cancelled", usage: null };
  return await endOf(made.end, made.usage, face);
}

async function endOf(
  end: AcpEnd | null,
  usage: AcpUsage | null,
  face: AcpFace,
): Promise<AcpTurnResult> {
  switch (end?.ends) {
    case undefined:
      return { stopReason: "end_turn", usage: usage === null ? null : countedOf(usage) };
    case "stop":
      return { stopReason: end.reason, usage: null };
    case "error":
      throw new RequestError(end.code, end.message, end.data);
    case "silently": {
      const codex = { threadStatus: { type: "systemError" } };
      face.tell({ sessionUpdate: "session_info_update", _meta: { codex } });
      face.say(end.text);
      await face.told();
      return { stopReason: "end_turn", usage: null };
    }
  }
}

/** As most count it: what came out of the cache stands apart from the input. */
function countedOf({ input, output, cached }: AcpUsage): Readonly<Record<string, number>> {
  return {
    inputTokens: input,
    outputTokens: output,
    cachedReadTokens: cached,
    totalTokens: input + output + cached,
  };
}

function makeFace(parts: AcpTurnParts) {
  const { sessionId, client, signal, canAsk, ignoreSigterm, onAnswer } = parts;
  let answer = "";
  let tools = 0;
  let telling: Promise<void> = Promise.resolve();
  const made: { face: AcpFace; end: AcpEnd | null; usage: AcpUsage | null } = {
    end: null,
    usage: null,
    face: {
      signal,
      get answer() {
        return answer;
      },
      tell(update) {
        const told = client.notify("session/update", { sessionId, update });
        telling = telling.then(() => told);
      },
      told: () => telling,
      say(text) {
        const content = { type: "text", text: `${text}\n` };
        this.tell({ sessionUpdate: "agent_message_chunk", content });
      },
      async flood(bytes) {
        for (const block of floodOf(bytes)) {
          const content = { type: "text", text: block.toString("latin1") };
          this.tell({ sessionUpdate: "agent_message_chunk", content });
          await this.told();
        }
      },
      async run(program, args) {
        tools += 1;
        const toolCallId = `tool-${tools}`;
        const rawInput = { command: [program, ...args].join(" ") };
        const about = { title: rawInput.command, kind: "execute", rawInput };
        this.tell({ sessionUpdate: "tool_call", toolCallId, status: "in_progress", ...about });
        const text = await runTool([program, ...args], systemClock, signal);
        signal.throwIfAborted();
        const content = [{ type: "content", content: { type: "text", text } }];
        this.tell({ sessionUpdate: "tool_call_update", toolCallId, status: "completed", content });
      },
      ignoreSigterm,
      async permission({ tool, text }) {
        await this.told();
        tools += 1;
        const toolCallId = `tool-${tools}`;
        const isEdit = tool === "Write" || tool === "Edit";
        const about = isEdit
          ? { title: `${tool} ${text}`, kind: "edit" as const, locations: [{ path: text }] }
          : { title: text, kind: "execute" as const, rawInput: { command: text } };
        const options = [
          { optionId: "always", name: `Always allow ${tool}`, kind: "allow_always" as const },
          { optionId: "once", name: "Allow", kind: "allow_once" as const },
          { optionId: "reject", name: "Reject", kind: "reject_once" as const },
        ];
        const request: RequestPermissionRequest = {
          sessionId,
          toolCall: { toolCallId, status: "pending", ...about },
          options,
        };
        const { outcome } = await client.request("session/request_permission", request);
        const chosen = outcome.outcome === "selected" ? outcome.optionId : null;
        const name = options.find(({ optionId }) => optionId === chosen)?.name ?? null;
        onAnswer({ kind: "permission", name: tool, choice: name });
        answer = name ?? "";
        if (chosen === null) return null;
        const isAllowed = chosen !== "reject";
        const status = isAllowed ? "completed" : "failed";
        this.tell({ sessionUpdate: "tool_call_update", toolCallId, status, ...about });
        return isAllowed;
      },
      async question({ text, choices, header }) {
        if (!canAsk) return null;
        await this.told();
        const oneOf = choices.map((label) => ({ const: label, title: label }));
        const request: CreateElicitationRequest = {
          mode: "form",
          sessionId,
          message: text,
          requestedSchema: {
            type: "object",
            properties: {
              question_0: { type: "string", title: header, oneOf },
              question_0_custom: { type: "string", title: "Other" },
            },
          },
        };
        const response = await client.request("elicitation/create", request);
        const content = response.action === "accept" ? Object(response.content) : {};
        const given = content["question_0_custom"] ?? content["question_0"];
        answer = given === undefined ? "" : String(given);
        onAnswer({ kind: "question", name: header, choice: answer || null });
        return answer || null;
      },
      use(usage) {
        made.usage = usage;
      },
      fail(end) {
        made.end = end;
      },
      raw: (text) => process.stdout.write(text),
      pause: (ms) => systemClock.until(systemClock.now() + ms, signal),
    },
  };
  return made;
}
