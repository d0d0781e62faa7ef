/** The parts of a prompt and their two styles: Markdown headings, or XML-like tags. */

export type PromptStyle = "headings" | "xml";

export interface Section {
  /** The tag in the style `xml`. */
  readonly name: string;
  /** The heading in the style `headings`. */
  readonly title: string;
  readonly body: string;
}

/** Every tag that a prompt can have; texts of others cannot open or close one of these. */
export const tagNames = [
  "task",
  "context",
  "objective",
  "files",
  "instructions",
  "constraints",
  "deliverables",
  "acceptance",
  "tests",
  "answers",
  "skills",
  "earlier",
  "handoff",
  "conflict",
  "tells",
  "workspace",
  "gates",
  "report",
  "feedback",
  "gate",
  "findings",
  "reminder",
  "next",
] as const;

export type TagName = (typeof tagNames)[number];

/** One section, or none where there is nothing to say. */
export function section(name: TagName, title: string, body: string): readonly Section[] {
  return body.trim() === "" ? [] : [{ name, title, body: trimBlankEdges(body) }];
}

/** `- one`, with further lines of an item indented under its first. */
export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${indented(item, 2)}`).join("\n");
}

export function numbered(items: readonly string[]): string {
  return items
    .map((item, place) => {
      const mark = `${place + 1}. `;
      return mark + indented(item, mark.length);
    })
    .join("\n");
}

/**
 * A fenced block whose fence is longer than any row of backticks in it, so that nothing in the text
 * can end it.
 */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([row]) => row.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

const ownTag = new RegExp(`<(?=\\s*/?\\s*(?:${tagNames.join("|")})(?![\\w-]))`, "gi");

/**
 * Text for the style `xml`: `<` becomes `&lt;` where it would begin one of the prompt's own tags,
 * and nowhere else, so that code stays readable.
 */
export function escapeTags(text: string): string {
  return text.replace(ownTag, "&lt;");
}

function indented(item: string, columns: number): string {
  return trimBlankEdges(item).replaceAll("\n", `\n${" ".repeat(columns)}`);
}

function trimBlankEdges(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/^(?:[ \t]*\n)+|\s+$/g, "");
}
