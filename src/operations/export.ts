/** The queue as a document that `import` reads back. */

import { z } from "zod";
import { briefFrom } from "../domain/brief.ts";
import { exportMarkdown, exportQueue, type JsonQueue, type TaskRecord } from "../plans/export.ts";
import type { Operation } from "./operation.ts";

export type Exported =
  | { readonly format: "json"; readonly queue: JsonQueue }
  | { readonly format: "md"; readonly text: string };

const input = z.strictObject({
  format: z.enum(["json", "md"], { error: "must be json or md" }),
});

export const exportQueueAs: Operation<z.infer<typeof input>, Exported> = {
  name: "export",
  summary: "the queue as JSON or Markdown",
  effect: "look",
  input,
  async run(context, { format }) {
    const state = await context.state();
    const records: TaskRecord[] = [];
    for (const { spec, state: standing } of state.tasks.values()) {
      const brief = spec.written ?? briefFrom((await context.text(spec.brief)) ?? "");
      records.push({ spec, state: standing, brief });
    }
    return format === "json"
      ? { format, queue: exportQueue(records, null) }
      : { format, text: exportMarkdown(records) };
  },
};
