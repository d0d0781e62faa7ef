/**
 * The messages of opencode's server, parsed: what has another shape than was recorded (1.18.33), or
 * tells nothing that we need, is `null`, and what is read is believed elsewhere.
 */

import { z } from "zod";
import { parseJson } from "../../lib/json-text.ts";
import { errorShape, messageShape, partShape } from "./read-message.ts";
import type { PermissionRequest, QuestionRequest, ServerEvent, Status } from "./server-event.ts";

/** An event of `/event`: its data. */
export function readEvent(data: string): ServerEvent | null {
  const parsed = eventShape.safeParse(parseJson(data));
  if (!parsed.success) return null;
  const { type, properties } = parsed.data;
  // An event may bear any name, such as `toString`.
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  const session = sessionShape.safeParse(properties).data?.sessionID;
  if (read === undefined || session === undefined) return null;
  const body = read(properties);
  // Each reader gives one of the union's bodies.
  return body === null ? null : ({ ...body, session } as ServerEvent);
}

/** What `GET /session/status` tells; a session that it does not name is idle. */
export function readStatus(session: string, value: unknown): Status {
  const all = z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
  return statusShape.safeParse(all[session]).data ?? { type: "idle" };
}

/** What `GET /permission` and `GET /question` list, as the events that have told it. */
export function readPending(permissions: unknown, questions: unknown): readonly ServerEvent[] {
  return [
    ...listOf(permissions).flatMap((value) => withSession(value, readPermission(value))),
    ...listOf(questions).flatMap((value) => withSession(value, readQuestion(value))),
  ];
}

type Body = ServerEvent extends infer Each
  ? Each extends unknown
    ? Omit<Each, "session">
    : never
  : never;

const statusShape = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("busy") }),
    z.object({ type: z.literal("idle") }),
    z.object({
      type: z.literal("retry"),
      attempt: z.number(),
      message: z.string(),
      next: z.number(),
      action: z.unknown().optional(),
    }),
  ])
  .transform((status): Status => {
    if (status.type !== "retry") return status;
    const { action, ...retry } = status;
    return { ...retry, isPlanUsedUp: action !== undefined && action !== null };
  });

const permissionShape = z
  .object({
    id: z.string(),
    permission: z.string(),
    patterns: z.array(z.string()).default([]),
    metadata: z.record(z.string(), z.unknown()).default({}),
  })
  .transform((request): PermissionRequest => request);

const questionShape = z
  .object({
    id: z.string(),
    questions: z
      .array(
        z.object({
          question: z.string(),
          options: z.array(z.object({ label: z.string() })).default([]),
          custom: z.boolean().nullish(),
        }),
      )
      .min(1),
  })
  .transform(
    ({ id, questions }): QuestionRequest => ({
      id,
      questions: questions.map(({ question, options, custom }) => ({
        question,
        choices: options.map(({ label }) => label),
        takesText: custom !== false,
      })),
    }),
  );

const eventShape = z.object({ type: z.string(), properties: z.unknown() });
const sessionShape = z.object({ sessionID: z.string() });
const repliedShape = z.object({ requestID: z.string(), reply: z.string() });

type Reader = (properties: unknown) => Body | null;

const readPermission: Reader = (value) => {
  const request = permissionShape.safeParse(value).data;
  return request === undefined ? null : { type: "permission", request };
};

const readQuestion: Reader = (value) => {
  const request = questionShape.safeParse(value).data;
  return request === undefined ? null : { type: "question", request };
};

const readChild: Reader = (properties) => {
  const shape = z.object({ info: z.object({ parentID: z.string() }) });
  const parent = shape.safeParse(properties).data?.info.parentID;
  return parent === undefined ? null : { type: "child", parent };
};

const readers: Readonly<Record<string, Reader>> = {
  "session.created": readChild,
  "session.updated": readChild,
  "session.status": (properties) => {
    const status = z.object({ status: statusShape }).safeParse(properties).data?.status;
    return status === undefined ? null : { type: "status", status };
  },
  "session.error": (properties) => {
    const error = z.object({ error: errorShape }).safeParse(properties).data?.error;
    return error === undefined ? null : { type: "failed", error };
  },
  "message.updated": (properties) => {
    const message = z.object({ info: messageShape }).safeParse(properties).data?.info;
    return message === undefined ? null : { type: "message", message };
  },
  "message.part.updated": (properties) => {
    const part = z.object({ part: partShape }).safeParse(properties).data?.part;
    return part === undefined ? null : { type: "part", part };
  },
  "message.part.delta": (properties) => {
    const shape = z.object({ partID: z.string(), field: z.literal("text"), delta: z.string() });
    const delta = shape.safeParse(properties).data;
    return delta === undefined ? null : { type: "delta", part: delta.partID, text: delta.delta };
  },
  "permission.asked": readPermission,
  "permission.replied": (properties) => {
    const replied = repliedShape.safeParse(properties).data;
    if (replied === undefined) return null;
    return { type: "answered", request: replied.requestID, says: `answered: ${replied.reply}` };
  },
  "question.asked": readQuestion,
  "question.replied": (properties) => {
    const shape = z.object({ requestID: z.string(), answers: z.array(z.array(z.string())) });
    const replied = shape.safeParse(properties).data;
    if (replied === undefined) return null;
    const says = `answered: ${replied.answers.map((labels) => labels.join(", ")).join("; ")}`;
    return { type: "answered", request: replied.requestID, says };
  },
  "question.rejected": (properties) => {
    const rejected = z.object({ requestID: z.string() }).safeParse(properties).data;
    if (rejected === undefined) return null;
    return { type: "answered", request: rejected.requestID, says: "it was dismissed" };
  },
};

function withSession(value: unknown, body: Body | null): ServerEvent[] {
  const session = sessionShape.safeParse(value).data?.sessionID;
  return body === null || session === undefined ? [] : [{ ...body, session } as ServerEvent];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
