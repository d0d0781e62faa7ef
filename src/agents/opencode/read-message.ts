/**
 * The messages of a session and their parts, parsed, as they come alone in events and together in a
 * list. Recorded with 1.18.33.
 */

import { z } from "zod";
import {
  type Message,
  type Part,
  promptKey,
  type ServerError,
  type ServerEvent,
} from "./server-event.ts";

/** What `GET /session/ID/message` lists, as the events that would have told it. */
export function readMessages(session: string, value: unknown): readonly ServerEvent[] {
  const listed = z.array(z.object({ info: z.unknown(), parts: z.array(z.unknown()) }));
  return (listed.safeParse(value).data ?? []).flatMap(({ info, parts }) => {
    const message = messageShape.safeParse(info).data;
    if (message === undefined) return [];
    const told = parts.flatMap((part): ServerEvent[] => {
      const read = partShape.safeParse(part).data;
      return read === undefined ? [] : [{ type: "part", session, part: read }];
    });
    return [{ type: "message", session, message }, ...told];
  });
}

export const errorShape = z
  .object({
    name: z.string(),
    data: z
      .object({ message: z.string().default(""), statusCode: z.number().nullish() })
      .default({ message: "" }),
  })
  .transform(
    ({ name, data }): ServerError => ({
      name,
      message: data.message || name,
      status: data.statusCode ?? null,
    }),
  );

export const messageShape = z
  .discriminatedUnion("role", [
    z.object({ role: z.literal("user"), id: z.string() }),
    z.object({
      role: z.literal("assistant"),
      id: z.string(),
      time: z.object({ completed: z.number().nullish() }),
      finish: z.string().nullish(),
      summary: z.boolean().nullish(),
      providerID: z.string(),
      modelID: z.string(),
      error: errorShape.nullish(),
    }),
  ])
  .transform((info): Message => {
    if (info.role === "user") return info;
    const { id, time, finish, summary, providerID, modelID, error } = info;
    return {
      role: "assistant",
      id,
      isDone: typeof time.completed === "number",
      finish: finish ?? null,
      isSummary: summary === true,
      provider: providerID,
      model: modelID,
      error: error ?? null,
    };
  });

const count = z.number().default(0);
const record = z.record(z.string(), z.unknown());
const own = { id: z.string(), messageID: z.string() };
const textShape = {
  ...own,
  text: z.string(),
  synthetic: z.boolean().nullish(),
  time: z.object({ end: z.number().nullish() }).nullish(),
  metadata: record.nullish(),
};

export const partShape = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("text"), ...textShape }),
    z.object({ type: z.literal("reasoning"), ...textShape }),
    z.object({
      type: z.literal("tool"),
      ...own,
      tool: z.string(),
      state: z.object({
        status: z.enum(["pending", "running", "completed", "error"]),
        title: z.string().nullish(),
        input: record.nullish(),
        output: z.string().nullish(),
        error: z.string().nullish(),
        metadata: record.nullish(),
      }),
    }),
    z.object({
      type: z.literal("step-finish"),
      ...own,
      cost: count,
      tokens: z.object({
        input: count,
        output: count,
        reasoning: count,
        cache: z.object({ read: count, write: count }).default({ read: 0, write: 0 }),
      }),
    }),
    z.object({ type: z.literal("compaction"), ...own }),
  ])
  .transform((part): Part => {
    const base = { id: part.id, message: part.messageID };
    switch (part.type) {
      case "text":
      case "reasoning": {
        const { type, text, synthetic, time, metadata } = part;
        const prompt = metadata?.[promptKey];
        return {
          ...base,
          type,
          text,
          isDone: typeof time?.end === "number",
          isSynthetic: synthetic === true,
          prompt: typeof prompt === "string" ? prompt : null,
        };
      }
      case "tool": {
        const { status, title, input, output, error, metadata } = part.state;
        const soFar = metadata?.["output"];
        return {
          ...base,
          type: "tool",
          tool: part.tool,
          status,
          title: title ?? "",
          input: input ?? {},
          output: error ?? output ?? (typeof soFar === "string" ? soFar : ""),
        };
      }
      case "step-finish": {
        const { input, output, reasoning, cache } = part.tokens;
        const tokens = {
          input,
          output,
          reasoning,
          cacheRead: cache.read,
          cacheWrite: cache.write,
        };
        return { ...base, type: "step_finish", tokens, costUsd: part.cost };
      }
      case "compaction":
        return { ...base, type: "compaction" };
    }
  });
