/** What waits for a person. */

import { z } from "zod";
import { askKey } from "../domain/ask.ts";
import type { InboxItem } from "../domain/event.ts";
import { isoTime } from "../domain/view-time.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { askShape, type ShownAsk, shownAsk } from "./answer.ts";
import type { Change } from "./change.ts";
import { noInput, someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface InboxLine extends InboxItem {
  /** ISO 8601. */
  readonly at: string;
  /** What an agent asks by it; `null`: it is no ask. */
  readonly ask: ShownAsk | null;
}

export const inbox: Operation<Record<string, never>, { readonly inbox: readonly InboxLine[] }> = {
  name: "inbox",
  summary: "what waits for you, each with its next step",
  effect: "look",
  input: noInput,
  async run(context) {
    const { inbox: items, asks } = await context.state();
    const byKey = new Map([...asks.values()].map((open) => [askKey(open.id), open]));
    const lines = [...items.values()].map((item) => {
      const open = byKey.get(item.key);
      return { ...item, at: isoTime(item.at), ask: open === undefined ? null : shownAsk(open) };
    });
    return { inbox: lines };
  },
  tool: {
    says: "What waits for a person, each with its next step; asks of agents (`Q-1`) with their choices.",
    output: z.looseObject({
      inbox: z.array(
        z.looseObject({
          key: z.string(),
          kind: z.string(),
          task: z.string().nullable(),
          says: z.string(),
          next: z.string(),
          at: z.iso.datetime(),
          ask: askShape.nullable(),
        }),
      ),
    }),
    json: (told) => told,
  },
};

export const clearInbox: Operation<{ key: string }, Change> = {
  name: "inbox --clear",
  summary: "take a line out of the inbox",
  effect: "change",
  input: z.strictObject({ key: someText }),
  async run(context, { key }) {
    const { inbox: items } = await context.state();
    if (!items.has(key)) {
      const meant = nearest(key, items.keys());
      throw new AppError("not_found", `The inbox has no line with the key \`${key}\`.`, {
        hint: meant === null ? "`temoin inbox` lists them." : `Did you mean ${meant}?`,
      });
    }
    await context.ask({ type: "clear_inbox", key });
    const left = items.size - 1;
    return {
      changed: `The line ${key} is out of the inbox; ${left} left.`,
      tasks: [],
      warnings: [],
      next: left === 0 ? "temoin status" : "temoin inbox",
    };
  },
};
