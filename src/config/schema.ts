/**
 * The shape of temoin.yaml: which keys there are and what each may hold. Every rule gives its
 * message as the end of a sentence that begins with the key: "must be …". Rules that look at more
 * than one key are in `check.ts` and `check-agent.ts`; keys of later versions in `not-yet.ts`.
 */

import { z } from "zod";
import { agent, argument } from "./agent-schema.ts";
import { askRuleKinds, askRules } from "./ask-rule-schema.ts";
import { conductorKeys } from "./conductor.ts";
import { parseUntil } from "./deadline.ts";
import { amount, count, duration, durationOrNever, inside, size, text } from "./values.ts";

/** Names of variables; `check.ts` looks at each. */
const passed = z
  .array(argument, { error: "must be a list of names of variables" })
  .optional()
  .meta({ description: "Secrets of temoin's own environment that it gets, by name." });

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
    env: passed,
    retries: count(0, 10)
      .optional()
      .meta({ description: "How often a red run is repeated before it counts.", default: 0 }),
    protects: z
      .array(inside("must be a glob of paths within the repository"), {
        error: "must be a list of globs",
      })
      .optional()
      .meta({ description: "A change to these is also checked with the target's version." }),
    junit: inside("must be the path of a file within the repository")
      .optional()
      .meta({ description: "JUnit XML that it writes: its failures and counts of tests." }),
    fix: text("must be the name of an agent, or a role")
      .optional()
      .meta({ description: "Who mends what this gate finds." }),
  },
  { error: "must be a map with `name` and `run`" },
);

const setupCommand = z.strictObject({ run: text("must be a command line"), env: passed });

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
    setup: z
      .union([text("must be a command line"), setupCommand], {
        error: "must be a command line, or `{ run: …, env: [NAMES] }`",
      })
      .optional()
      .meta({ description: "Run by `sh -c` once for each workspace." }),
    goal: z
      .array(goalItem, { error: "must be a list such as `[queue, gates]`" })
      .min(1, { error: "must hold something; a run without a goal would be over at once" })
      .optional()
      .meta({ description: "What must be true for a run to be over." }),
    conductor: conductorKeys
      .optional()
      .meta({ description: "Who plans and judges, beside those who work." }),
    landing: section({
      mode: z
        .enum(["merge", "squash", "none"], { error: "must be `merge`, `squash` or `none`" })
        .optional()
        .meta({ default: "merge" }),
      review: z
        .boolean({ error: "must be `true` or `false`" })
        .optional()
        .meta({ description: "Holds each verified change for a person.", default: false }),
      scope: z
        .enum(["report", "strict"], { error: "must be `report` or `strict`" })
        .optional()
        .meta({
          description: "What becomes of a change outside the files that a task was given.",
          default: "report",
        }),
    }),
    watch: section({
      quiet: duration("30s").optional().meta({
        description: "After so long without progress an agent is looked at more closely.",
        default: "30s",
      }),
      nudge: duration("10m")
        .optional()
        .meta({ description: "Then it is interrupted and reminded.", default: "10m" }),
      giveUp: duration("20m").optional().meta({
        description: "Then it gets one last prompt, and its task is given on.",
        default: "20m",
      }),
      retrying: duration("15m").optional().meta({
        description: "The same for one that repeats a request of its own.",
        default: "15m",
      }),
      turn: duration("2h")
        .optional()
        .meta({ description: "The longest that one turn of an agent may take.", default: "2h" }),
      park: durationOrNever("10m").optional().meta({
        description: "So long after it was asked a question waits without the slot of its agent.",
        default: "10m",
      }),
    }),
    handoff: section({
      prepare: percent().optional().meta({
        description: "So full of context or quota, an agent is asked for its handoff.",
        default: 90,
      }),
      execute: percent().optional().meta({
        description: "So full, its task moves on, in the middle of a turn too.",
        default: 98,
      }),
      compaction: z
        .boolean({ error: "must be `true` or `false`" })
        .optional()
        .meta({ description: "The same where it is about to be compacted.", default: true }),
      turns: z
        .union([count(1, 1000), z.literal("none")], {
          error: "must be a whole number from 1 to 1000, or `none`",
        })
        .optional()
        .meta({
          description: "Prompts after which a conversation of unknown fullness is left.",
          default: 12,
        }),
      age: z
        .union([duration("3h"), z.literal("none")], {
          error: "must be a duration such as 3h, or `none`",
        })
        .optional()
        .meta({ description: "Its age, for the same.", default: "3h" }),
    }),
    attempts: section({
      perTask: count(1, 100).optional().meta({ default: 3 }),
      feedbackRounds: count(0, 100).optional().meta({ default: 3 }),
      fixTasks: count(0, 100)
        .optional()
        .meta({ description: "Tasks that mend the target, for the same failures.", default: 5 }),
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
      cost: amount("20", { most: 1_000_000, form: /^\d+(?:\.\d+)?$/ })
        .optional()
        .meta({ description: "In US dollars, as agents tell it; then no task is started." }),
      tokens: amount("5M", { most: 1e15, form: /^\d+(?:\.\d+)?[kMG]?$/ })
        .optional()
        .meta({ description: "Of input and output together; then no task is started." }),
    }),
    disk: section({
      free: size("256M or 2G")
        .optional()
        .meta({ description: "With less than that free, no attempt begins.", default: "256M" }),
    }),
    policy: section(askRules),
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
  "setup.run",
  "setup.env.*",
  "agents.*.command.*",
  "agents.*.args.*",
  "agents.*.env.*",
  "agents.*.profile",
  "agents.*.roles.*",
  "conductor.order.*",
  "gates.*.name",
  "gates.*.run",
  "gates.*.env.*",
  "gates.*.protects.*",
  "gates.*.junit",
  "gates.*.fix",
  "goal.*.changed",
  "goal.*.run",
  ...askRuleKinds.flatMap((kind) => [`policy.allow.*.${kind}`, `policy.deny.*.${kind}`]),
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
  setup: Object.keys(setupCommand.shape),
  conductor: Object.keys(conductorKeys.shape),
  landing: ["mode", "review", "scope"],
  watch: ["quiet", "nudge", "giveUp", "retrying", "turn", "park"],
  handoff: ["prepare", "execute", "compaction", "turns", "age"],
  attempts: ["perTask", "feedbackRounds", "fixTasks"],
  budget: ["until", "cost", "tokens"],
  disk: ["free"],
  policy: Object.keys(askRules),
  "policy.allow.*": askRuleKinds,
  "policy.deny.*": askRuleKinds,
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

function percent() {
  return count(1, 100);
}

function untilMust(): string {
  return 'must be a time such as "19:00" or a date such as 2026-11-21T19:00';
}

/** The rules of `git check-ref-format --branch` that a slip of the fingers can break. */
function isBranchName(name: string): boolean {
  const wrong = /^[-/]|^refs\/|[\s~^:?*[\\]|\.\.|@\{|\/\/|[/.]$|\.lock$|(?:^|\/)\./;
  return !wrong.test(name) && name !== "@" && name !== "HEAD";
}
