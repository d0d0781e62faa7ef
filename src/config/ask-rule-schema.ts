/** The shape of `policy:` in temoin.yaml: rules for what agents ask. */

import { z } from "zod";
import type { AskRule } from "../domain/ask-rule.ts";

/** Keys of a rule, of which it has one. */
export const askRuleKinds: readonly string[] = ["command", "edit", "read", "tool"];

/** More is no list that anybody has read (chosen). */
const mostRules = 500;
const longestRule = 1_000;

const must = "must be a map with one of `command`, `edit`, `read` and `tool`";

function value(what: string) {
  return z
    .string({ error: what })
    .refine((text) => text.trim() !== "" && text.length <= longestRule && !/[\0\n]/.test(text), {
      error: what,
    });
}

const command = value("must be a command on one line, such as `npm run *`");
const glob = value("must be a glob of files, such as `docs/**`");
const tool = value("must be the name of a tool, such as `WebSearch` or `mcp__issues__*`");

const rule = z.union(
  [
    z.strictObject({ command }).transform(({ command: pattern }): AskRule => {
      return { kind: "command", pattern: pattern.trim() };
    }),
    z.strictObject({ edit: glob }).transform(({ edit }): AskRule => ({ kind: "edit", glob: edit })),
    z.strictObject({ read: glob }).transform(({ read }): AskRule => ({ kind: "read", glob: read })),
    z.strictObject({ tool }).transform(({ tool: pattern }): AskRule => ({ kind: "tool", pattern })),
  ],
  { error: must },
);

function rules(description: string) {
  return z
    .array(rule, { error: "must be a list of rules such as `- command: npm test`" })
    .max(mostRules, { error: `must have at most ${mostRules} rules` })
    .optional()
    .meta({ description });
}

export const askRules = {
  allow: rules("Of what agents ask: allowed without a person."),
  deny: rules("Refused without a person, whatever else is allowed."),
  overage: z.boolean({ error: "must be true or false" }).optional().meta({
    description: "Work goes on where the provider charges beyond what the plan holds.",
    default: false,
  }),
};

/** As it is written in the file. */
export function writtenRule(of: AskRule): Readonly<Record<string, string>> {
  return { [of.kind]: "glob" in of ? of.glob : of.pattern };
}
