/** What codex does and says in a turn, as lines for a person and for the log. Pure. */

import { z } from "zod";
import { lastLine, plainLine, plainText } from "../../lib/process-text.ts";

const changes = z.array(z.object({ path: z.string() }));

/** Other kinds are progress of which nothing is said. */
const known = z.discriminatedUnion("type", [
  z.object({ type: z.literal("agentMessage"), id: z.string(), text: z.string() }),
  z.object({
    type: z.literal("reasoning"),
    id: z.string(),
    summary: z.array(z.string()).catch([]),
  }),
  z.object({
    type: z.literal("commandExecution"),
    id: z.string(),
    command: z.string(),
    status: z.string().nullish(),
    aggregatedOutput: z.string().nullish(),
    exitCode: z.number().nullish(),
    commandActions: z
      .array(z.object({ command: z.string() }))
      .nullish()
      .catch(null),
  }),
  z.object({ type: z.literal("fileChange"), id: z.string(), changes }),
  z.object({
    type: z.literal("mcpToolCall"),
    id: z.string(),
    server: z.string(),
    tool: z.string(),
  }),
  z.object({ type: z.literal("webSearch"), id: z.string(), query: z.string().catch("") }),
  z.object({ type: z.literal("contextCompaction"), id: z.string() }),
]);

export type Item = z.infer<typeof known>;

/** `null`: of a kind that is not known, as newer ones may be. */
export function readItem(value: unknown): Item | null {
  return known.safeParse(value).data ?? null;
}

/** What begins, one line; empty where nothing is to be said. */
export function sayBegun(item: Item): string {
  switch (item.type) {
    case "commandExecution":
      return plainLine(`Runs ${commandOf(item)}`);
    case "fileChange":
      return plainLine(`Edits ${pathsOf(item).map(nameOf).join(", ")}`);
    case "mcpToolCall":
      return plainLine(`Calls ${item.server}.${item.tool}`);
    case "webSearch":
      return plainLine(`Searches the web ${item.query}`);
    case "contextCompaction":
      return "Makes its conversation shorter";
    case "reasoning":
    case "agentMessage":
      return "";
  }
}

/** What has come of it, one line. */
export function sayDone(item: Item): string {
  switch (item.type) {
    case "agentMessage":
      return lastLine(item.text);
    case "reasoning":
      return plainLine((item.summary[0]?.split("\n")[0] ?? "").replaceAll("**", ""));
    case "commandExecution":
      return lastLine(item.aggregatedOutput ?? "");
    default:
      return "";
  }
}

/** What the log keeps of it, with its end of line. */
export function logOf(item: Item): string {
  switch (item.type) {
    case "agentMessage":
      return `${plainText(item.text)}\n`;
    case "reasoning":
      return item.summary.map((text) => `${plainText(text)}\n`).join("");
    case "commandExecution": {
      const { aggregatedOutput, exitCode, status } = item;
      const output = plainText(aggregatedOutput ?? "");
      const end = exitCode === null || exitCode === undefined ? status : `exit code ${exitCode}`;
      const isLineOpen = output !== "" && !output.endsWith("\n");
      return `$ ${plainText(commandOf(item))}\n${output}${isLineOpen ? "\n" : ""}(${end ?? "ended"})\n`;
    }
    default:
      return `${sayBegun(item)}\n`;
  }
}

/** As the model wrote it, where codex tells that: it runs it in a shell of its own. */
function commandOf(item: Extract<Item, { readonly type: "commandExecution" }>): string {
  const actions = item.commandActions ?? [];
  return actions.length === 1 ? (actions[0]?.command ?? item.command) : item.command;
}

export function pathsOf(item: Extract<Item, { readonly type: "fileChange" }>): readonly string[] {
  return item.changes.map((change) => change.path);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
