/**
 * What an agent of the protocol says, as far as it is read here (version 1, schema 1.7.0). What is
 * not as expected counts as not said: an agent may be older or newer than this text.
 */

import { z } from "zod";
import { isRecord } from "../../lib/json-text.ts";

const text = z.string().nullish().catch(null);
const number = z.number().nullish().catch(null);
const record = z.record(z.string(), z.unknown());
const meta = record.nullish().catch(null);

function listOf<T extends z.ZodType>(item: T) {
  // What does not fit is left out, and the rest stays.
  const each = z.array(z.unknown()).transform((all) =>
    all.flatMap((one) => {
      const read = item.safeParse(one);
      return read.success ? [read.data] : [];
    }),
  );
  return each.nullish().catch(null);
}

const authMethod = z.object({ id: z.string(), name: text, description: text });
export type AuthMethod = z.output<typeof authMethod>;

const initialized = z.object({
  protocolVersion: z.number(),
  agentInfo: z.object({ name: text, title: text, version: text }).nullish().catch(null),
  agentCapabilities: z
    .object({ sessionCapabilities: record.nullish().catch(null) })
    .nullish()
    .catch(null),
  authMethods: listOf(authMethod),
});
export type Initialized = z.output<typeof initialized>;

const mode = z.object({ id: z.string() });
const configOption = z.object({
  id: z.string(),
  category: text,
  currentValue: z.unknown().optional(),
  options: listOf(z.object({ value: z.string() })),
});

const newSession = z.object({
  sessionId: z.string(),
  modes: z
    .object({ currentModeId: text, availableModes: listOf(mode) })
    .nullish()
    .catch(null),
  configOptions: listOf(configOption),
});
export type NewSession = z.output<typeof newSession>;

const toolCall = {
  toolCallId: text,
  title: text,
  kind: text,
  status: text,
  rawInput: record.nullish().catch(null),
  locations: listOf(z.object({ path: z.string() })),
  content: z.unknown().optional(),
};

const update = z.object({
  sessionUpdate: z.string(),
  ...toolCall,
  messageId: text,
  used: number,
  size: number,
  cost: z.object({ amount: z.number(), currency: z.string() }).nullish().catch(null),
  entries: listOf(z.object({ content: z.string(), status: text })),
  _meta: meta,
});
export type Update = z.output<typeof update>;
export type ToolCall = z.output<z.ZodObject<typeof toolCall>>;

const sessionUpdate = z.object({ sessionId: z.string(), update });

const permissionRequest = z.object({
  sessionId: z.string(),
  toolCall: z.object(toolCall),
  options: listOf(z.object({ optionId: z.string(), name: z.string(), kind: text })),
});
export type PermissionRequest = z.output<typeof permissionRequest>;

const usage = z.object({
  inputTokens: number,
  outputTokens: number,
  totalTokens: number,
  thoughtTokens: number,
  cachedReadTokens: number,
  cachedWriteTokens: number,
});

const promptResult = z.object({
  stopReason: text,
  usage: usage.nullish().catch(null),
  _meta: meta,
});
export type PromptResult = z.output<typeof promptResult>;

export const parseInitialized = (value: unknown): Initialized | null => read(initialized, value);
export const parseNewSession = (value: unknown): NewSession | null => read(newSession, value);
export const parseSessionUpdate = (value: unknown) => read(sessionUpdate, value);
export const parsePermission = (value: unknown): PermissionRequest | null =>
  read(permissionRequest, value);
export const parsePromptResult = (value: unknown): PromptResult | null => read(promptResult, value);

function read<T extends z.ZodType>(schema: T, value: unknown): z.output<T> | null {
  const result = schema.safeParse(value);
  return result.success ? result.data : null;
}

/** Texts of content blocks, also where they are wrapped as the content of a tool call. */
export function textOf(content: unknown): string {
  if (Array.isArray(content)) return content.map(textOf).join("");
  if (!isRecord(content)) return "";
  if (content["type"] === "content") return textOf(content["content"]);
  return content["type"] === "text" && typeof content["text"] === "string" ? content["text"] : "";
}

/** Files that a tool call shows a change of. */
export function diffPaths(content: unknown): readonly string[] {
  if (!Array.isArray(content)) return [];
  return content.flatMap((one: unknown) =>
    isRecord(one) && one["type"] === "diff" && typeof one["path"] === "string" ? [one["path"]] : [],
  );
}
