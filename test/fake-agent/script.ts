/**
 * The fake agent's script: which steps for which task, attempt and turn. All of it is checked before
 * the first step is taken, so that a wrong script changes no file.
 */

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { type Fields, type Place, readArgs, ScriptError, type Step, type Value } from "./step.ts";

export interface Script {
  /** Which steps, by place. */
  readonly turns: ReadonlyMap<string, readonly Step[]>;
  /** How a full-screen agent behaves: the key `manners`. */
  readonly manners: Readonly<Record<string, Value>>;
}

/** What a dialect knows, to check a script against. */
export interface Grammar {
  readonly steps: Readonly<Record<string, { readonly fields: Fields }>>;
  readonly manners: Fields;
}

export async function readScript(path: string | undefined, grammar: Grammar): Promise<Script> {
  if (path === undefined) throw new ScriptError("no script: name a file in FAKE_AGENT_SCRIPT");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new ScriptError(`cannot read the script ${path}`, { cause });
  });
  const script = entriesOf(await parse(text, path), "the script");
  const turns = script.filter(([key]) => key !== "manners");
  const manners = script.find(([key]) => key === "manners")?.[1] ?? {};
  return {
    turns: new Map(turns.map(([place, steps]) => [place, readSteps(steps, place, grammar)])),
    manners: readArgs(entriesOf(manners, "`manners`"), grammar.manners, "`manners`"),
  };
}

/**
 * Keys are `task`, `task/attempt` or `task/attempt/turn`; `*` stands for any. The most exact key
 * wins, the task counting most and the turn least.
 */
export function stepsFor({ task, attempt, turn }: Place, { turns }: Script): readonly Step[] {
  for (const t of [task, "*"]) {
    for (const key of [`${t}/${attempt}/${turn}`, `${t}/${attempt}`, `${t}/*/${turn}`, t]) {
      const steps = turns.get(key);
      if (steps !== undefined) return steps;
    }
  }
  throw new ScriptError(
    `the script has no steps for ${task}/${attempt}/${turn} and none for \`*\`, only for ${[...turns.keys()].join(", ")}`,
  );
}

async function parse(text: string, path: string): Promise<unknown> {
  try {
    if (extname(path) === ".json") return JSON.parse(text);
    // Loaded only where it is needed: it takes as long as the rest of a start.
    const { parse: parseYaml } = await import("yaml");
    return parseYaml(text);
  } catch (cause) {
    throw new ScriptError(`the script ${path} is not valid (${String(cause)})`, { cause });
  }
}

function readSteps(value: unknown, place: string, grammar: Grammar): readonly Step[] {
  if (!Array.isArray(value)) throw new ScriptError(`\`${place}\` must be a list of steps`);
  return value.map((step: unknown, n) => readStep(step, `step ${n + 1} of \`${place}\``, grammar));
}

/** `claim`, `say: text` or `write: { path, text }`. */
function readStep(value: unknown, where: string, grammar: Grammar): Step {
  if (typeof value === "string") return readStep({ [value]: {} }, where, grammar);
  const [entry, ...others] = entriesOf(value, where);
  if (entry === undefined || others.length > 0) {
    throw new ScriptError(`${where} must have exactly one name, such as \`say\``);
  }
  const [kind, given] = [entry[0], entry[1] ?? {}];
  const fields = Object.hasOwn(grammar.steps, kind) ? grammar.steps[kind]?.fields : undefined;
  if (fields === undefined) throw new ScriptError(`${where}: there is no step \`${kind}\``);
  const isShort = typeof given !== "object" || Array.isArray(given);
  const [first] = Object.keys(fields);
  const args = isShort && first !== undefined ? { [first]: given } : given;
  return { kind, args: readArgs(entriesOf(args, where), fields, `${where}, \`${kind}\``) };
}

function entriesOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScriptError(`${where} must be a map`);
  }
  return Object.entries(value);
}
