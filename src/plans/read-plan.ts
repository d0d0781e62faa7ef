/** The reader of plans. What it needs to read is loaded at the first call: few commands read one. */

import type { PlanReader } from "./plan.ts";

export function createPlanReader(): PlanReader {
  return {
    async read(file, content) {
      const { readDocument } = await import("./read-document.ts");
      return readDocument(file, content);
    },
    async brief(text) {
      const { readPrompt } = await import("./prompt-brief.ts");
      const { loadMarkdown } = await import("./markdown.ts");
      return readPrompt(text, await loadMarkdown()).brief;
    },
  };
}
