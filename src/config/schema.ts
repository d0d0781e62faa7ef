/**
 * The shape of temoin.yaml: which keys there are and what each may hold. Every rule gives its
 * message as the end of a sentence that begins with the key: "must be …". Rules that look at more
 * than one key are in `check.ts` and `check-agent.ts`; keys of later versions in `not-yet.ts`.
 */

import { z } from "zod";
import type { DriverName } from "../domain/agent.ts";
import { parseDuration } from "../lib/duration.ts";
import { parseUntil } from "./deadline.ts";

/** More would be a slip of the fingers, not a machine (chosen). */
const mostSlots = 64;
const longestDurationMs = 30 * 86_400_000;

function text(must: string, accepts: (value: string) => boolean = () => true) {
  return z
    .string({ error: must })
    .refine((value) => value.trim() !== "" && !value.includes("\0") && accepts(value), {
      error: must,
    });
}

function duration(example: string) {
  const must = `must be a duration above zero such as ${example} or 1h30m`;
  return z.string({ error: must }).transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null && ms > 0 && ms <= longestDurationMs) return ms;
    context.issues.push({ code: "custom", message: must, input: value });
    return z.NEVER;
  });
}

function count(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
}

/** A path within the repository, as git writes it. */
function inside(must: string) {
  return text(must, (value) => {
    const parts = value.split("/");
    return !value.startsWith("/") && !parts.includes("..") && parts[0] !== ".git";
  });
}

const argument = z
  .string({ error: "must be a text" })
  .refine((value) => !value.includes("\0"), { error: "must not hold a NUL character" });

const list = "must be a list with one entry for each argument";
const drivers = ["command", "terminal"] as const satisfies readonly DriverName[];

const agent = z.strictObject(
  {
    driver: z
      .enum(drivers, { error: "must be `command` or `terminal`" })
      .meta({ description: "`command`: one process for each turn; `terminal`: a tmux window." }),
    transport: z
      .enum(["headless", "tmux", "acp"], { error: "must be `headless`, `tmux` or `acp`" })
      .optional()
      .meta({ description: "`headless` for `command`, `tmux` for `terminal`; need not be said." }),
    command: z
      .array(argument, { error: list })
      .min(1, { error: "must name a program" })
      .refine((value) => value.length === 0 || value[0]?.trim() !== "", {
        error: "must begin with the name of a program",
      })
      .optional()
      .meta({ description: "Program and arguments; no shell reads them." }),
    args: z.array(argument, { error: list }).optional().meta({ description: "Appended." }),
    env: z
      .record(
        z.string(),
        z
          .union([argument, z.number(), z.boolean()], { error: "must be a text" })
          .transform((value) => String(value)),
        { error: "must be a map from names of variables to texts" },
      )
      .optional()
      .meta({ description: "Environment of this agent only." }),
    profile: text("must be the name of a profile, or the path of a file")
      .optional()
      .meta({ description: "How its screen is read; `terminal` only.", default: "generic" }),
    autonomy: z
      .enum(["full", "edits", "ask"], { error: "must be `full`, `edits` or `ask`" })
      .optional()
      .meta({ description: "What it may do without a person.", default: "full" }),
    roles: z
      .array(text("must be a word"), { error: "must be a list of words" })
      .optional()
      .meta({ description: "What it may be asked for: feature, tests, docs, … free words." }),
    slots: count(1, mostSlots)
      .optional()
      .meta({ description: "How many of it may work at once.", default: 1 }),
  },
  { error: "must be a map with `driver` and `command`" },
);

const gate = z.strictObject(
  {
    name: text("must be a short name of letters, digits, `.`, `_` and `-`", (value) =>
      /^[A-Za-z0-9][\w.-]{0,59}$/.test(value),
    ).meta({ description: "Names its verdicts and the files of its output." }),
    run: text("must be a command line").meta({
      description: "Run by `sh -c`; exit code 0 passes.",
    }),
    timeout: duration("15m")
      .optional()
      .meta({ description: "Then it is errored.", default: "15m" }),
  },
  { error: "must be a map with `name` and `run`" },
);

const goalItem = z.union(
  [
    z.enum(["queue", "gates"]),
    z.strictObject({ changed: inside("must be a path within the repository") }),
    z.strictObject({ run: text("must be a command line") }),
  ],
  { error: "must be `queue`, `gates`, `{ changed: PATH }` or `{ run: COMMAND }`" },
);

const logPath = "must be the path of a file within the repository";

/** All keys but `version`; what flags and the environment may set. */
export const settings = z.strictObject(
  {
    target: text("must be the name of a branch", isBranchName)
      .optional()
      .meta({ description: "Branch that landings go to; default: the one checked out." }),
    agents: z
      .record(z.string(), agent, { error: "must be a map from names to agents" })
      .optional()
      .meta({ description: "In the order of fallback." }),
    gates: z
      .array(gate, { error: "must be a list of `{ name: …, run: … }`" })
      .optional()
      .meta({ description: "Checks that must pass before and after a landing." }),
    setup: text("must be a command line")
      .optional()
      .meta({ description: "Run by `sh -c` once for each workspace." }),
    goal: z
      .array(goalItem, { error: "must be a list such as `[queue, gates]`" })
      .min(1, { error: "must hold something; a run without a goal would be over at once" })
      .optional()
      .meta({ description: "What must be true for a run to be over." }),
    landing: section({
      mode: z
        .enum(["merge", "squash"], { error: "must be `merge` or `squash`" })
        .optional()
        .meta({ default: "merge" }),
    }),
    watch: section({
      turn: duration("2h")
        .optional()
        .meta({ description: "The longest that one turn of an agent may take.", default: "2h" }),
    }),
    attempts: section({
      perTask: count(1, 100).optional().meta({ default: 3 }),
      feedbackRounds: count(0, 100).optional().meta({ default: 3 }),
    }),
    budget: section({
      until: z
        .string({ error: untilMust() })
        .transform((value, context) => {
          const until = parseUntil(value.trim());
          if (until !== null) return until;
          context.issues.push({ code: "custom", message: untilMust(), input: value });
          return z.NEVER;
        })
        .optional()
        .meta({ description: "No task is started after it.", examples: ["19:00"] }),
    }),
    prompts: section({
      style: z
        .enum(["headings", "xml"], { error: "must be `headings` or `xml`" })
        .optional()
        .meta({ default: "headings" }),
      template: text("must be the path of a Liquid template")
        .optional()
        .meta({ description: "Replaces the first prompt of an attempt." }),
    }),
    log: section({
      file: inside(logPath).optional().meta({ default: ".temoin/LOG.md" }),
      status: inside(logPath).optional().meta({ default: ".temoin/STATUS.md" }),
      completed: inside(logPath)
        .optional()
        .meta({ description: "Gets a section for each completed task." }),
    }),
  },
  { error: "must be a map of keys" },
);

export const mustBeVersion1 = "must be 1: the first line of the file is `version: 1`";
const file = settings.extend({ version: z.literal(1, { error: mustBeVersion1 }) });

export type Settings = z.output<typeof settings>;

/** Places that hold text, also where YAML would read a number or a truth value. */
export const textPatterns: readonly string[] = [
  "target",
  "setup",
  "agents.*.command.*",
  "agents.*.args.*",
  "agents.*.env.*",
  "agents.*.profile",
  "agents.*.roles.*",
  "gates.*.name",
  "gates.*.run",
  "goal.*.changed",
  "goal.*.run",
  "prompts.template",
  "log.file",
  "log.status",
  "log.completed",
];

/** Maps with fixed keys, by pattern. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(file.shape),
  "agents.*": Object.keys(agent.shape),
  "gates.*": Object.keys(gate.shape),
  "goal.*": ["changed", "run"],
  landing: ["mode"],
  watch: ["turn"],
  attempts: ["perTask", "feedbackRounds"],
  budget: ["until"],
  prompts: ["style", "template"],
  log: ["file", "status", "completed"],
};

/** The JSON Schema (2020-12) of temoin.yaml, for editors. */
export function configSchema(): Readonly<Record<string, unknown>> {
  return {
    ...z.toJSONSchema(file, { io: "input" }),
    title: "temoin.yaml",
  };
}

function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: "must be a map of keys" }).optional();
}

function untilMust(): string {
  return 'must be a time such as "19:00" or a date such as 2026-11-21T19:00';
}

/** The rules of `git check-ref-format --branch` that a slip of the fingers can break. */
function isBranchName(name: string): boolean {
  const wrong = /^[-/]|^refs\/|[\s~^:?*[\\]|\.\.|@\{|\/\/|[/.]$|\.lock$|(?:^|\/)\./;
  return !wrong.test(name) && name !== "@" && name !== "HEAD";
}
