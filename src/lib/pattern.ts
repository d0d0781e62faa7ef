/**
 * Which patterns a file of settings may have. What they are tried on is written by others, and a
 * pattern that takes for ever on a line of it would stop everything: so what is repeated without end
 * is one character or a fixed text, and there are only a few of such repetitions in a row.
 */

/** Chosen: the longest shipped one has half of it. */
const longestPattern = 500;
/**
 * The place where a match may begin counts as one. On a row of 500 characters `^.*.*.*x` takes
 * 0.2 s and `^.*.*.*.*x` 14 s (measured); no pattern that is meant well comes near it.
 */
const mostEndless = 3;
/** What is repeated at most so often may itself repeat something. */
const fewTimes = 9;

/**
 * The end of a sentence that begins with the key; `null`: it may be used. `most`: how often it may
 * repeat something without an end; less where it is tried on more.
 */
export function patternProblem(text: string, most = mostEndless): string | null {
  if (text.length > longestPattern) return `must have at most ${longestPattern} characters`;
  try {
    new RegExp(text, "u");
  } catch (error) {
    return `must be a pattern: ${error instanceof Error ? error.message : String(error)}`;
  }
  const { endless, isNested } = weigh(text);
  if (isNested) return "must not repeat what is repeated already, as `(a+)+` does";
  const beginsAnywhere = text.startsWith("^") ? 0 : 1;
  if (endless + beginsAnywhere > most)
    return `must have at most ${most} repetitions without an end`;
  return null;
}

interface Weight {
  /** Repetitions without an end that can follow each other. */
  readonly endless: number;
  /** It can match in more than one length, or in more than one way. */
  readonly isLoose: boolean;
  /** It repeats without an end what is loose. */
  readonly isNested: boolean;
}

const fixed: Weight = { endless: 0, isLoose: false, isNested: false };
/** One piece of a pattern that is known to compile. */
const piece =
  /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|k<[^>]*>|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<[^>]*>))?|\)|\||(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gsu;

function weigh(text: string): Weight {
  /** Of each open group: its alternatives so far, and the pieces of the one that is being read. */
  const open: { alternatives: Weight[]; pieces: Weight[] }[] = [{ alternatives: [], pieces: [] }];
  for (const [token] of text.matchAll(piece)) {
    const group = open.at(-1);
    if (group === undefined) break;
    if (token.startsWith("(")) {
      open.push({ alternatives: [], pieces: [] });
    } else if (token === ")") {
      open.pop();
      open.at(-1)?.pieces.push(either([...group.alternatives, inRow(group.pieces)]));
    } else if (token === "|") {
      group.alternatives.push(inRow(group.pieces));
      group.pieces = [];
    } else if (/^[*+?]|^\{\d/.test(token)) {
      group.pieces.push(repeated(group.pieces.pop() ?? fixed, token));
    } else {
      group.pieces.push(fixed);
    }
  }
  return either(open.map(({ alternatives, pieces }) => either([...alternatives, inRow(pieces)])));
}

function inRow(pieces: readonly Weight[]): Weight {
  return {
    endless: pieces.reduce((sum, one) => sum + one.endless, 0),
    isLoose: pieces.some((one) => one.isLoose),
    isNested: pieces.some((one) => one.isNested),
  };
}

function either(alternatives: readonly Weight[]): Weight {
  return {
    endless: Math.max(...alternatives.map((one) => one.endless)),
    isLoose: alternatives.length > 1 || alternatives.some((one) => one.isLoose),
    isNested: alternatives.some((one) => one.isNested),
  };
}

function repeated(what: Weight, quantifier: string): Weight {
  const most = mostOf(quantifier);
  const isEndless = most > fewTimes;
  return {
    endless: isEndless ? what.endless + 1 : what.endless * most,
    isLoose: true,
    isNested: what.isNested || (isEndless && what.isLoose),
  };
}

function mostOf(quantifier: string): number {
  if (quantifier.startsWith("?")) return 1;
  const [, least = "", comma, most = ""] = /^\{(\d+)(,?)(\d*)\}/.exec(quantifier) ?? [];
  if (least === "" || (comma === "," && most === "")) return Number.POSITIVE_INFINITY;
  return Number(comma === "," ? most : least);
}
