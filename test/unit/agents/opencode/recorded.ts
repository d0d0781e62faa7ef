/** A stream of events that the real opencode 1.18.33 has told, and what is made of it. */

import { readFile } from "node:fs/promises";
import {
  type Context,
  type Conversation,
  emptyConversation,
  type Sign,
  see,
} from "../../../../src/agents/opencode/conversation.ts";
import { readEvent } from "../../../../src/agents/opencode/read-event.ts";
import type { ServerEvent } from "../../../../src/agents/opencode/server-event.ts";
import { EventSplitter } from "../../../../src/agents/opencode/sse.ts";
import type { Fact } from "../../../../src/agents/protocol/line.ts";

export const cwd = "/home/me/work";

export async function readRecorded(name: string): Promise<readonly ServerEvent[]> {
  const file = new URL(`../../../fixtures/streams/opencode/${name}.sse`, import.meta.url);
  const datas = new EventSplitter().push(await readFile(file));
  return datas.flatMap((data) => readEvent(data) ?? []);
}

/** As the recorder sent its prompt into its session. */
export function waiting(events: readonly ServerEvent[]): Conversation {
  const first = events.find(
    (event) => event.type === "part" && event.part.type === "text" && event.part.prompt !== null,
  );
  const session = first?.session ?? events[0]?.session ?? null;
  return { ...emptyConversation, session, prompt: "p-1" };
}

export interface Told {
  readonly conversation: Conversation;
  readonly facts: readonly Fact[];
  readonly signs: readonly Sign["type"][];
}

export function contextAt(now: number): Context {
  return {
    cwd,
    now,
    zone: "UTC",
    sizeOf: (_, model) => (model === "fake-model" ? 272_000 : null),
  };
}

export function tell(
  events: readonly ServerEvent[],
  { from = waiting(events), now }: { readonly from?: Conversation; readonly now?: number } = {},
): Told {
  let conversation = from;
  const facts: Fact[] = [];
  const signs: Sign["type"][] = [];
  for (const event of events) {
    const step = see(conversation, event, contextAt(now ?? recordedAt(event)));
    conversation = step.conversation;
    facts.push(...step.facts);
    signs.push(...step.signs.map(({ type }) => type));
  }
  return { conversation, facts, signs };
}

/** Of a retry; no other event is read by its time. */
function recordedAt(event: ServerEvent): number {
  const isRetry = event.type === "status" && event.status.type === "retry";
  return isRetry ? event.status.next - 2_200 * 2 ** (event.status.attempt - 1) : 0;
}

/** Without what comes by the pace of the model. */
export function turning(facts: readonly Fact[]): readonly Fact[] {
  return facts.filter(({ type }) => !["activity", "output", "usage"].includes(type));
}
