/**
 * Who does what, where a document says so: a table with a column of agents and one of roles, or a
 * list of bold names under a heading about agents. And at which share of the context the conductor
 * hands over.
 */

import { type Block, type Item, type List, lineText, plainText, type Table } from "./blocks.ts";
import { agentIn, trimSigns } from "./found.ts";
import type { Plan } from "./plan.ts";
import { isNone, keyOf, plainWords, roleColumns } from "./words.ts";

export type AgentRoles = Plan["agents"][number];

/** Phrases of the documents and the role that they mean; the first that is found in one counts. */
const rolePhrases: readonly (readonly [RegExp, string])[] = [
  [/\b(?:orchestrat\w*|conductor|chef d orchestre)\b/, "conductor"],
  [/\btests?\b|\btesting\b/, "tests"],
  [/\brefactor\w*/, "refactor"],
  [/\barchitectur\w*/, "architecture"],
  [/\b(?:code )?(?:review|revue|relecture)\b/, "review"],
  [/\bdoc(?:s|umentation)?\b/, "docs"],
  [
    /\b(?:nouveaux? modules?|new modules?|features?|implementation\w*|fonctionnalites?)\b/,
    "feature",
  ],
  [/\banaly\w*/, "analysis"],
  [/\boptimi[sz]ation\w*|\bperformance\b/, "optimization"],
  [/\bstrateg\w*/, "strategy"],
  [/\b(?:generation (?:de )?code|code generation)\b/, "code-generation"],
  [/\bsecurit\w*/, "security"],
  [/\bfrontend\b|\bui\b/, "frontend"],
  [/\bbackend\b/, "backend"],
];
/** Said of everybody. */
const noRoles: ReadonlySet<string> = new Set(["worker", "workers", "agent", "llm", ""]);

/** `Architecture, decisions critiques` as roles: known ones by their word, others as written. */
function rolesIn(text: string): readonly string[] {
  const roles = text
    .split(/[,;/&+]|\s(?:and|et)\s/u)
    .map((part) => plainWords(part.replace(/\([^()]*\)/g, " ")))
    .filter((part) => !noRoles.has(part) && !isNone(part))
    .map(
      (part) => rolePhrases.find(([phrase]) => phrase.test(part))?.[1] ?? part.replace(/ /g, "-"),
    );
  return [...new Set(roles)];
}

export function agentsInTable({ head, rows }: Table): readonly AgentRoles[] {
  const agent = head.findIndex((name) => keyOf(name) === "agent");
  const columns = head.flatMap((name, index) =>
    roleColumns.has(plainWords(name)) && index !== agent ? [index] : [],
  );
  // A column of states, ids or priorities makes it a queue.
  const isQueue = head.some((name) => ["status", "id", "priority"].includes(keyOf(name) ?? ""));
  if (agent < 0 || columns.length === 0 || isQueue) return [];
  return rows.flatMap(({ cells }) => {
    const name = nameIn(cells[agent] ?? "");
    const roles = columns.flatMap((index) => rolesIn(cells[index] ?? ""));
    return name === null ? [] : [{ name, roles: [...new Set(roles)] }];
  });
}

/** `- **Codex** (OpenAI): refactoring, review`, or with the roles as a list below. */
export function agentsInList(list: List): readonly AgentRoles[] {
  return list.items.flatMap((item) => {
    const [first] = item.blocks;
    const line = first?.kind === "paragraph" ? first.lines[0] : undefined;
    if (line === undefined || item.checked !== null) return [];
    const named = namedLine(line);
    const name = named === null ? null : nameIn(named.name);
    if (name === null || named === null) return [];
    const below = item.blocks.flatMap((block) => (block.kind === "list" ? block.items : []));
    return [{ name, roles: [...new Set([...rolesIn(named.text), ...below.flatMap(rolesOfItem)])] }];
  });
}

/** The name before the colon, where it is set in bold and is one word. */
function namedLine(line: { readonly key: string | null; readonly text: string }) {
  if (line.key !== null) return { name: line.key, text: line.text };
  const [, name = "", text = ""] =
    /^(\p{Lu}[\p{L}\p{N}.-]{0,39}) ?\([^()]{1,60}\)\s*:\s*(.*)$/u.exec(line.text) ?? [];
  return name === "" ? null : { name, text };
}

function nameIn(text: string): string | null {
  const name = agentIn(trimSigns(text), 0, () => {});
  return name === null || /\s/.test(text.replace(/\([^()]*\)/g, "").trim()) ? null : name;
}

function rolesOfItem({ blocks: [first] }: Item): readonly string[] {
  return first?.kind === "paragraph" ? rolesIn(plainText(first)) : [];
}

/** The same agent, told of in several places, has all its roles. */
export function joinAgents(agents: readonly AgentRoles[]): readonly AgentRoles[] {
  const roles = new Map<string, Set<string>>();
  for (const agent of agents) {
    const own = roles.get(agent.name) ?? new Set();
    for (const role of agent.roles) own.add(role);
    roles.set(agent.name, own);
  }
  return [...roles].map(([name, own]) => ({ name, roles: [...own] }));
}

const handoffWord = /\b(?:hand ?-?offs?|hand ?overs?|handover|passation|relais)\b/i;
const steps = {
  prepare: /prepare|prépare|préparer|preparer/i,
  execute: /execute|exécute|exécuter|executer/i,
} as const;

/** `Handoff … (90% = prepare, 98% = execute)`, in one line of any block; else `null`. */
export function handoffIn(blocks: readonly Block[]): Plan["handoff"] {
  for (const text of textsOf(blocks)) {
    if (!handoffWord.test(text)) continue;
    const prepare = shareFor(text, steps.prepare);
    const execute = shareFor(text, steps.execute);
    if (prepare !== null && execute !== null && prepare <= execute) return { prepare, execute };
  }
  return null;
}

/** The percentage that stands with the step's word, between two commas. */
function shareFor(text: string, step: RegExp): number | null {
  for (const piece of text.split(/[,;()]/)) {
    const [, digits] = /(\d{1,3})\s*%/.exec(piece) ?? [];
    const share = Number(digits);
    if (digits !== undefined && share > 0 && share <= 100 && step.test(piece)) return share;
  }
  return null;
}

function* textsOf(blocks: readonly Block[]): Generator<string> {
  for (const block of blocks) {
    if (block.kind === "paragraph") for (const line of block.lines) yield lineText(line);
    else if (block.kind === "list") for (const item of block.items) yield* textsOf(item.blocks);
  }
}
