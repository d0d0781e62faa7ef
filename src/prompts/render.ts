/**
 * From sections to the text of a prompt, by Liquid templates: the two styles, and a person's own.
 * What others have written arrives as values; nothing of it is ever read as a template. A template
 * reads no files and ends, whatever it says.
 */

import type { Liquid } from "liquidjs";
import { AppError } from "../lib/app-error.ts";
import { escapeTags, type PromptStyle, type Section } from "./section.ts";

/** A person's own template, already read. */
export interface PromptTemplate {
  /** Its name in messages. */
  readonly file: string;
  readonly text: string;
}

export interface Page {
  /** The outermost tag in the style `xml`. */
  readonly tag: "task" | "feedback";
  readonly title: string;
  /** Attributes of that tag. */
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly sections: readonly Section[];
}

const styles: Readonly<Record<PromptStyle, string>> = {
  headings: `# {{ title }}
{% for section in sections %}
## {{ section.title }}

{{ section.body }}
{% endfor %}`,
  xml: `<{{ tag }}{% for attribute in attributes %} {{ attribute[0] }}="{{ attribute[1] | escape }}"{% endfor %}>
{{ title | escape_tags }}
{% for section in sections %}
<{{ section.name }}{% if section.heading != "" %} title="{{ section.heading | escape }}"{% endif %}>
{{ section.body | escape_tags }}
</{{ section.name }}>
{% endfor %}
</{{ tag }}>
`,
};

/** A brief is a page or two; a template that makes more work than this is broken (chosen). */
const limits = { parseLimit: 1_000_000, renderLimit: 5_000, memoryLimit: 100_000_000 };

let engine: Promise<Liquid> | null = null;

export async function renderPage(page: Page, style: PromptStyle): Promise<string> {
  const liquid = await loadEngine();
  const sections = page.sections.map((section) => ({
    ...section,
    // A gate's tag alone would not say which gate.
    heading: section.name === "gate" ? section.title : "",
  }));
  const rendered: unknown = await liquid.parseAndRender(styles[style], { ...page, sections });
  return String(rendered);
}

/** Rejects with an AppError that names the template's file and line. */
export async function renderTemplate(
  template: PromptTemplate,
  variables: Readonly<Record<string, unknown>>,
): Promise<string> {
  const liquid = await loadEngine();
  let rendered: unknown;
  try {
    rendered = await liquid.parseAndRender(template.text, variables);
  } catch (error) {
    throw brokenTemplate(template, error);
  }
  const text = String(rendered);
  if (text.trim() !== "") return text;
  throw new AppError("config", `The prompt template ${template.file} gives an empty prompt.`, {
    hint: "Begin with `{{ prompt }}`, the prompt as it is without a template.",
  });
}

/** Loaded at the first prompt: most commands write none. */
function loadEngine(): Promise<Liquid> {
  engine ??= import("liquidjs").then(({ Liquid }) => {
    const liquid = new Liquid({
      ...limits,
      strictVariables: true,
      strictFilters: true,
      lenientIf: true,
      ownPropertyOnly: true,
      // No template can include another, so none reads a file.
      templates: {},
    });
    liquid.registerFilter("escape_tags", (value: unknown) => escapeTags(String(value)));
    return liquid;
  });
  return engine;
}

function brokenTemplate({ file }: PromptTemplate, error: unknown): AppError {
  const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
  const place = /, (?:file:.*?, )?line:(\d+), col:(\d+)/.exec(message);
  const where = place === null ? file : `${file}:${place[1]}:${place[2]}`;
  const why = message.replace(/, (?:file:.*?, )?line:\d+, col:\d+.*$/, "");
  return new AppError("config", `Cannot use the prompt template ${where}: ${why}.`, {
    cause: error,
    hint: "Correct it, or remove `prompts.template` from temoin.yaml; docs/configuration.md lists its variables.",
  });
}
