/**
 * What a scripted model does, read from the prompt that it gets: the words inside the last
 * `<fake>…</fake>` of a text. README.md lists them. A word that is none is an error, so that a
 * misspelled script cannot pass for a model that has nothing to do.
 */

/** One answer of the model that calls a tool. */
export type Step =
  | { readonly does: "write" | "append" | "patch"; readonly file: string; readonly text: string }
  | { readonly does: "run"; readonly command: string; readonly escalate: boolean }
  | { readonly does: "ask"; readonly question: string; readonly choices: readonly string[] }
  | { readonly does: "plan"; readonly text: string }
  | { readonly does: "todo" }
  | {
      readonly does: "mcp";
      readonly server: string;
      readonly tool: string;
      readonly text: string;
    };

export type FaultKind =
  | 400
  | 401
  | 403
  | 404
  | 429
  | 500
  | 502
  | 503
  | 529
  | "usage_limit"
  | "quota"
  | "context"
  | "stream_error"
  | "cut"
  | "hang"
  | "silence";

export interface Fault {
  readonly kind: FaultKind;
  /** Only the first so many attempts of a step meet it. */
  readonly times: number;
  /** The step that meets it: that after so many tool results. */
  readonly at: number;
  readonly retryAfterSeconds: number | null;
  /** From now on, where the fault has a reset time. */
  readonly resetSeconds: number;
  readonly mayRetry: boolean;
  /** The words of the error; `null`: the provider's usual ones. */
  readonly message: string | null;
}

/** What is done on one prompt of a person: the steps, one answer each, then the last answer. */
export interface Round {
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  readonly say: string | null;
  /** In how many pieces the last answer comes; `null`: as short ones as models send. */
  readonly pieces: number | null;
  readonly gapMs: number;
  /** Before the first byte of each answer. */
  readonly delayMs: number;
  /** A thought of that length comes before each answer. */
  readonly thinkMs: number | null;
  /** Reported as the size of what was read; `null`: estimated. */
  readonly usage: number | null;
  /** After so many tool results; before that it is estimated. */
  readonly usageFrom: number;
  /** The last answer ends at the limit of output. */
  readonly isTruncated: boolean;
  /** Percent of a usage window, told with each good answer; `null`: not told. */
  readonly used: number | null;
}

/** The rounds of a conversation: the first for the prompt with the script, one for each later one. */
export type Script = readonly Round[];

export class ScriptError extends Error {}

const emptyRound: Round = {
  steps: [],
  faults: [],
  say: null,
  pieces: null,
  gapMs: 0,
  delayMs: 0,
  thinkMs: null,
  usage: null,
  usageFrom: 0,
  isTruncated: false,
  used: null,
};

const statuses: readonly FaultKind[] = [400, 401, 403, 404, 429, 500, 502, 503, 529];
const namedFaults: readonly FaultKind[] = [
  "usage_limit",
  "quota",
  "context",
  "stream_error",
  "cut",
  "hang",
  "silence",
];

/** `null` when the text holds no script. Throws a ScriptError for a script that cannot be read. */
export function readScript(text: string): Script | null {
  const inside = [...text.matchAll(/<fake>([\s\S]*?)<\/fake>/g)].at(-1)?.[1];
  if (inside === undefined) return null;
  const rounds: Round[] = [emptyRound];
  for (const word of wordsOf(inside)) {
    if (word.name === "next") rounds.push(emptyRound);
    else rounds.push(withWord(rounds.pop() ?? emptyRound, word));
  }
  return rounds;
}

interface Word {
  readonly name: string;
  /** Empty for a word that stands alone. */
  readonly value: string;
}

/** `name`, `name=value` and `name={{any text}}`. */
function wordsOf(text: string): readonly Word[] {
  const word = /([a-z_]+)(?:=(?:\{\{([\s\S]*?)\}\}(?=[\s;]|$)|([^\s;{}]+)))?/y;
  const words: Word[] = [];
  let at = 0;
  for (;;) {
    at += /^[\s;]*/.exec(text.slice(at))?.[0].length ?? 0;
    if (at >= text.length) return words;
    word.lastIndex = at;
    const match = word.exec(text);
    const rest = text.slice(at, at + 40);
    if (match === null) throw new ScriptError(`no word of a script begins at ${quote(rest)}`);
    at = word.lastIndex;
    if (at < text.length && !/[\s;]/.test(text[at] ?? "")) {
      throw new ScriptError(`a blank is missing in ${quote(rest)}`);
    }
    words.push({ name: match[1] ?? "", value: match[2] ?? match[3] ?? "" });
  }
}

function withWord(round: Round, word: Word): Round {
  const step = stepOf(word);
  if (step !== null) return { ...round, steps: [...round.steps, step] };
  switch (word.name) {
    case "text":
    case "choices":
    case "escalate":
    case "repeat":
      return { ...round, steps: changeLast(round.steps, word, changeStep) };
    case "fail":
      return { ...round, faults: [...round.faults, faultOf(word)] };
    case "times":
    case "at":
    case "retry_after":
    case "reset":
    case "no_retry":
    case "message":
      return {
        ...round,
        faults: changeLast(round.faults, word, (one) => [changeFault(one, word)]),
      };
    case "say":
      return { ...round, say: needed(word) };
    case "stream":
      return { ...round, pieces: numberOf(word) };
    case "gap":
      return { ...round, gapMs: numberOf(word) };
    case "delay":
      return { ...round, delayMs: numberOf(word) };
    case "think":
      return { ...round, thinkMs: word.value === "" ? 300 : numberOf(word) };
    case "usage":
      return { ...round, usage: numberOf(word) };
    case "from":
      return { ...round, usageFrom: numberOf(word) };
    case "used":
      return { ...round, used: numberOf(word) };
    case "truncated":
      return { ...round, isTruncated: true };
    default:
      throw new ScriptError(`${quote(word.name)} is no word of a script`);
  }
}

function stepOf(word: Word): Step | null {
  switch (word.name) {
    case "write":
    case "append":
    case "patch":
      return { does: word.name, file: needed(word), text: "hello" };
    case "run":
      return { does: "run", command: needed(word), escalate: false };
    case "sleep":
      return { does: "run", command: `sleep ${numberOf(word)}`, escalate: false };
    case "ask":
      return { does: "ask", question: needed(word), choices: ["Red", "Blue"] };
    case "plan":
      return { does: "plan", text: needed(word) };
    case "todo":
      return { does: "todo" };
    case "mcp": {
      const [, server, tool] = /^([^.]+)\.(.+)$/.exec(word.value) ?? [];
      if (server === undefined || tool === undefined) {
        throw new ScriptError(`mcp needs SERVER.TOOL, not ${quote(word.value)}`);
      }
      return { does: "mcp", server, tool, text: "hello" };
    }
    default:
      return null;
  }
}

/** What a tool of an MCP server is given: an object of JSON as it is, other words as `text`. */
export function toolInput(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Words, then.
  }
  return { text };
}

function changeStep(step: Step, word: Word): readonly Step[] {
  if (word.name === "repeat") return Array.from({ length: numberOf(word) }, () => step);
  if (word.name === "text" && "text" in step) return [{ ...step, text: needed(word) }];
  if (word.name === "choices" && step.does === "ask") {
    return [{ ...step, choices: needed(word).split(",") }];
  }
  if (word.name === "escalate" && step.does === "run") return [{ ...step, escalate: true }];
  throw new ScriptError(`${word.name} says nothing about ${step.does}`);
}

function faultOf(word: Word): Fault {
  const kind = [...statuses, ...namedFaults].find((known) => String(known) === word.value);
  if (kind === undefined) throw new ScriptError(`fail=${word.value} is no fault`);
  return {
    kind,
    times: Number.POSITIVE_INFINITY,
    at: 0,
    retryAfterSeconds: null,
    resetSeconds: 3_600,
    mayRetry: true,
    message: null,
  };
}

function changeFault(fault: Fault, word: Word): Fault {
  if (word.name === "times") return { ...fault, times: numberOf(word) };
  if (word.name === "at") return { ...fault, at: numberOf(word) };
  if (word.name === "retry_after") return { ...fault, retryAfterSeconds: numberOf(word) };
  if (word.name === "message") return { ...fault, message: needed(word) };
  if (word.name === "reset") return { ...fault, resetSeconds: numberOf(word) };
  return { ...fault, mayRetry: false };
}

function changeLast<One>(
  all: readonly One[],
  word: Word,
  change: (one: One, word: Word) => readonly One[],
): readonly One[] {
  const last = all.at(-1);
  if (last === undefined) throw new ScriptError(`${word.name} stands before what it is about`);
  return [...all.slice(0, -1), ...change(last, word)];
}

function needed(word: Word): string {
  if (word.value === "") throw new ScriptError(`${word.name} needs a value`);
  return word.value;
}

function numberOf(word: Word): number {
  const number = Number(needed(word));
  if (!Number.isFinite(number) || number < 0) {
    throw new ScriptError(`${word.name} needs a number, not ${quote(word.value)}`);
  }
  return number;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
