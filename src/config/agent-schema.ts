/** The shape of an agent in temoin.yaml. Rules that look at more than one key are in `check-agent.ts`. */

import { z } from "zod";
import { builtDrivers } from "./driver-table.ts";
import { amount, count, oneOf, text } from "./values.ts";

/** More would be a slip of the fingers, not a machine (chosen). */
const mostSlots = 64;

export const argument = z
  .string({ error: "must be a text" })
  .refine((value) => !value.includes("\0"), { error: "must not hold a NUL character" });

const list = "must be a list with one entry for each argument";

export const agent = z.strictObject(
  {
    driver: z
      .enum(builtDrivers, { error: `must be ${oneOf(builtDrivers)}` })
      .meta({ description: "Our code that speaks to the agent's program." }),
    transport: z
      .enum(["headless", "tmux", "acp"], { error: "must be `headless`, `tmux` or `acp`" })
      .optional()
      .meta({ description: "How its program is reached; default: what the driver does best." }),
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
    sandbox: z
      .enum(["none", "bwrap"], { error: "must be `none` or `bwrap`" })
      .optional()
      .meta({ description: "What it is started in.", default: "none" }),
    mcp: z
      .boolean({ error: "must be `true` or `false`" })
      .optional()
      .meta({ description: "Whether it is given temoin's tools.", default: true }),
    roles: z
      .array(text("must be a word"), { error: "must be a list of words" })
      .optional()
      .meta({ description: "What it may be asked for: feature, tests, docs, … free words." }),
    window: amount("200k", { most: 1e9, form: /^\d+(?:\.\d+)?[kMG]?$/ })
      .optional()
      .meta({ description: "What its model takes at most, in tokens; default: as its CLI tells." }),
    account: text("must be a name")
      .optional()
      .meta({ description: "Agents with the same one share the limits of its plan." }),
    slots: count(1, mostSlots)
      .optional()
      .meta({ description: "How many of it may work at once.", default: 1 }),
  },
  { error: "must be a map with `driver` and `command`" },
);
