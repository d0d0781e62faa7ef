/**
 * The shape of a profile file. A profile is data: it says where to look on a screen and which rows
 * mean what; how to look is the same for every agent (`layout.ts`, `read-screen.ts`).
 */

import { z } from "zod";
import { parseDuration } from "../../lib/duration.ts";
import { patternProblem } from "../../lib/pattern.ts";
import { screenStates } from "./profile.ts";

const states = screenStates.filter((state) => state !== "unknown");
const state = z.enum(states, { error: `must be one of ${states.join(", ")}` });

const pattern = z.string({ error: "must be a pattern" }).transform((text, context) => {
  const problem = patternProblem(text);
  if (problem !== null) {
    context.issues.push({ code: "custom", message: problem, input: text });
    return z.NEVER;
  }
  // With the place of each group: a rule may ask for the colour at one.
  return new RegExp(text, "du");
});

const duration = z
  .string({ error: "must be a duration such as 200ms or 2s" })
  .transform((text, context) => {
    const ms = /^\d{1,5}ms$/.test(text) ? Number.parseInt(text, 10) : parseDuration(text);
    if (ms !== null && ms >= 0) return ms;
    context.issues.push({
      code: "custom",
      message: "must be a duration such as 200ms or 2s",
      input: text,
    });
    return z.NEVER;
  });

const key = z
  .string({ error: "must be the name of a key as tmux writes it" })
  .regex(/^[A-Za-z0-9-]{1,20}$/, {
    error: "must be the name of a key as tmux writes it: Enter, C-c",
  });
const keys = z.tuple([key], key, { error: "must be a list of keys" });
const keyLists = z
  .strictObject({ submit: keys, interrupt: keys, clearLine: keys, exit: keys })
  .partial();
const words = z.array(z.string(), { error: "must be a list of texts" });

const autonomyLevels = ["full", "edits", "ask"] as const;
const byAutonomy = <T extends z.ZodType>(value: T) =>
  z.strictObject(
    { full: value, edits: value, ask: value },
    { error: "must name full, edits and ask" },
  );

/** Where the agent takes text. Rows are counted from the bottom: the lowest place that fits is it. */
const composer = z.strictObject({
  /** The row above, as a frame has one. */
  top: pattern.optional(),
  /** The first row of text, with what stands before the text. */
  prompt: pattern,
  /** Further rows of text, with what stands before the text. */
  more: pattern.optional(),
  /** Rows within the frame that are no text. */
  info: pattern.optional(),
  /** The row below. */
  bottom: pattern.optional(),
  /** A row that must be found below, or this is no composer, unless nothing is and the cursor is in it. */
  below: pattern.optional(),
  /** No row below may be like this, or this is no composer but part of what the agent has said. */
  notBelow: pattern.optional(),
  /** So many rows that are not empty may stand below it, and no more. */
  mostBelow: z.int().min(0).max(50).optional(),
  /** The cursor stands in it, where it can be seen. */
  hasCursor: z.boolean().optional(),
  /** Where something else begins beside the text. */
  beside: pattern.optional(),
  /** Text that is none, besides what is muted. */
  placeholder: pattern.optional(),
  /** Text that stands for a long paste. */
  folded: pattern.optional(),
});

export const regions = [
  "footer",
  "status",
  "turn",
  "item",
  "dialog",
  "bottom",
  "last",
  "composer",
  "screen",
] as const;

const rule = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, { error: "must be a name of small letters, digits and _" }),
  state,
  region: z.enum(regions, { error: `must be one of ${regions.join(", ")}` }).optional(),
  /** Some row of the region is like this. */
  row: pattern.optional(),
  /** Each is found in some row of the region. */
  all: z.array(pattern).optional(),
  /** None is found in any row of the region. */
  none: z.array(pattern).optional(),
  /** The colour of the first character of the match: any of its own, or of one kind. */
  colour: z
    .enum(["any", "red", "alarm", "muted"], { error: "must be any, red, alarm or muted" })
    .optional(),
  composer: z
    .enum(["none", "any", "empty", "draft"], { error: "must be none, any, empty or draft" })
    .optional(),
  /** Only where the title is known: without it nothing tells rest from work. */
  needsTitle: z.boolean().optional(),
  /** With a group `until`: the words of a limit's reset time. */
  until: pattern.optional(),
});

const dialog = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/, { error: "must be a name of small letters, digits and _" }),
  kind: z.enum(["permission", "question", "dialog"]),
  all: z.array(pattern).min(1, { error: "must have at least one pattern" }),
  none: z.array(pattern).optional(),
  /** The label of the choice that may be taken without a person. */
  answers: z
    .partialRecord(z.enum(autonomyLevels), pattern, {
      error: "must be a map from full, edits or ask to patterns",
    })
    .optional(),
});

const screen = z.strictObject({
  composer: composer.optional(),
  /** A prompt of the person, as the transcript shows it: where the last turn begins. */
  user: pattern.optional(),
  /** The first row of each thing that an agent says or does in its turn. */
  item: pattern.optional(),
  /** The first row of a block between status and composer that tells nothing of the turn. */
  aside: pattern.optional(),
  /** A row of the transcript, whoever said it: no dialog goes on above it. */
  said: pattern.optional(),
  /** The first row of whatever takes the keys in place of the composer. */
  dialogTop: pattern.optional(),
  /** With the groups `mark`, `key` and `label`; a row with a mark is the selected one. */
  choice: pattern.optional(),
  /** Choices that stand side by side; the one with a background of its own is selected. */
  buttons: z.array(z.string()).optional(),
  /** The row that says what is asked. */
  asks: pattern.optional(),
  /** A row that invites words instead of a choice. */
  takesText: pattern.optional(),
  /** Rows with which a turn ends, for agents whose end only silence tells. */
  ends: z.array(pattern).optional(),
  dialogs: z.array(dialog).optional(),
  rules: z.array(rule).optional(),
});

const variables = z.record(z.string(), z.string());

export const profileFile = z.strictObject({
  version: z.literal(1, { error: "must be 1" }),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, { error: "must be a name of small letters, digits and -" }),
  extends: z.string().optional(),
  proven: z.string().nullable().optional(),
  args: byAutonomy(words).optional(),
  env: variables.optional(),
  envOf: byAutonomy(variables).optional(),
  ready: duration.optional(),
  promptDelay: duration.optional(),
  longestPaste: z.int().min(100).max(1_000_000).optional(),
  settle: duration.optional(),
  quiet: duration.optional(),
  quietAfterEnd: duration.optional(),
  showsWork: z.boolean().optional(),
  keys: keyLists.optional(),
  fresh: z.string().nullable().optional(),
  title: z.array(z.strictObject({ match: pattern, states: z.array(state).min(1) })).optional(),
  osc: z
    .array(z.strictObject({ code: z.int(), match: pattern, states: z.array(state).min(1) }))
    .optional(),
  screen: screen.optional(),
});

/** Of all maps of a profile. */
export const keysOfProfiles: readonly string[] = [
  profileFile,
  keyLists,
  screen,
  composer,
  rule,
  dialog,
].flatMap((map) => Object.keys(map.shape));

export type ProfileFile = z.infer<typeof profileFile>;
export type ScreenSpec = NonNullable<ProfileFile["screen"]>;
export type ComposerSpec = NonNullable<ScreenSpec["composer"]>;
export type RuleSpec = NonNullable<ScreenSpec["rules"]>[number];
export type DialogSpec = NonNullable<ScreenSpec["dialogs"]>[number];
export type Region = (typeof regions)[number];
