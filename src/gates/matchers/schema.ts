/**
 * The shape of a matcher file: how the output of one tool is read, as data. Its patterns are tried
 * on each line of what a gate prints, so they may repeat less than others (`lib/pattern.ts`), and
 * begin at the begin of a line.
 */

import { z } from "zod";
import { patternProblem } from "../../lib/pattern.ts";

/** Chosen: on a line of 500 characters `^.*.*x` takes 0.1 ms, and there may be 25,000 of them. */
const mostEndless = 2;

const failureGroups = ["file", "line", "test", "code", "message"] as const;
const countGroups = ["passed", "failed", "errors", "skipped", "todo", "total"] as const;

function pattern(groups: readonly string[]) {
  return z.string({ error: "must be a pattern" }).transform((text, context) => {
    const problem = problemOf(text, groups);
    if (problem === null) return new RegExp(text, "u");
    context.issues.push({ code: "custom", message: problem, input: text });
    return z.NEVER;
  });
}

function problemOf(text: string, groups: readonly string[]): string | null {
  if (!text.startsWith("^")) return "must begin with `^`: it is tried at the begin of a line";
  const problem = patternProblem(text, mostEndless);
  if (problem !== null) return problem;
  for (const [, name = ""] of text.matchAll(/\(\?<([^=!>][^>]*)>/g)) {
    if (groups.includes(name)) continue;
    const known = groups.length === 0 ? "no named group" : `only the groups ${groups.join(", ")}`;
    return `must have ${known}, not \`${name}\``;
  }
  return null;
}

function someOf<Item extends z.ZodType>(item: Item, most: number) {
  const error = `must be a list of 1 to ${most}`;
  return z.array(item, { error }).min(1, { error }).max(most, { error });
}

const line = pattern([]);
const ofFailure = pattern(failureGroups);

const failure = z.strictObject(
  {
    /** The first line of a failure, or the line that several share. */
    begin: ofFailure,
    /** Tried in this order on each of the lines after it. */
    after: someOf(ofFailure, 10).optional(),
    /** A line at which the failure is over, besides the next `begin`. */
    end: line.optional(),
    /** Of so many lines after `begin`. */
    within: z.int({ error: "must be a whole number" }).min(1).max(5_000).optional(),
    /** Each line that `after` matches is a failure of its own; what `begin` tells holds for all. */
    each: z.boolean({ error: "must be `true` or `false`" }).optional(),
    /** Without these it is none. */
    needs: someOf(z.enum(failureGroups), failureGroups.length).optional(),
  },
  { error: "must be a map with `begin`" },
);

const counted = ["passed", "failed", "skipped"] as const;
const count = z.strictObject(
  {
    match: pattern(countGroups),
    /** Each line stands for one test, instead of telling numbers. */
    each: z.enum(counted, { error: `must be ${counted.join(", ")}` }).optional(),
    /** Counts only where such a line is, too. */
    when: line.optional(),
  },
  { error: "must be a map with `match`" },
);

const text = z.string({ error: "must be a text" }).min(1, { error: "must be a text" });

export const matcherFile = z.strictObject(
  {
    name: text.regex(/^[a-z0-9][a-z0-9-]{0,40}$/, { error: "must be a short name, as `go-test`" }),
    /** Of the tool whose outputs were tried; absent: none was, it is unproven. */
    proven: z.string({ error: "must be a version" }).optional(),
    /** Any such line tells that this is an output of the tool. */
    when: someOf(line, 10),
    failures: someOf(failure, 20).optional(),
    counts: someOf(count, 20).optional(),
    /** The tool says plainly that no test ran. */
    none: z
      .strictObject({ match: someOf(line, 10), unless: someOf(line, 10).optional() })
      .optional(),
    /** Between the names of groups and that of a test. */
    separator: text.optional(),
  },
  { error: "must be a map of keys" },
);

export type MatcherFile = z.output<typeof matcherFile>;
export type FailureRule = z.output<typeof failure>;

export const keysOfMatchers: readonly string[] = [
  ...Object.keys(matcherFile.shape),
  ...Object.keys(failure.shape),
  ...Object.keys(count.shape),
  "unless",
];
