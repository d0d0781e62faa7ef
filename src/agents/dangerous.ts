/**
 * What is known of commands, from the lists that are shipped (`policies/`): those that nobody but a
 * person allows, and how programs are given within a command.
 */

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { CommandPolicy, DangerousCommand } from "../domain/ask-rule.ts";
import { patternProblem } from "../lib/pattern.ts";

const commandsFile = new URL("../../policies/dangerous-commands.yaml", import.meta.url);
const programsFile = new URL("../../policies/inline-programs.yaml", import.meta.url);

const commands = z.array(
  z.strictObject({
    why: z.string().min(1),
    in: z.enum(["command", "program"]).optional(),
    pattern: z.string().refine((text) => patternProblem(text) === null),
    /** For the tests: commands that it is about, and some that look like it. */
    hits: z.array(z.string()).min(1),
    spares: z.array(z.string()).min(1),
  }),
);

export interface DangerousEntry extends DangerousCommand {
  readonly hits: readonly string[];
  readonly spares: readonly string[];
}

const flags = z.array(z.string().min(1));
const programs = z.strictObject({
  interpreters: z
    .array(
      z.strictObject({
        programs: flags.min(1),
        inline: flags.min(1),
        takes: flags.optional(),
        ends: flags.optional(),
        isShell: z.boolean().optional(),
      }),
    )
    .min(1),
  launchers: flags,
});

export interface ShippedPolicy extends CommandPolicy {
  readonly dangerous: readonly DangerousEntry[];
}

let read: ShippedPolicy | null = null;

/** Read at the first call. Throws where a shipped file is gone, or was changed into something else. */
export function commandPolicy(): ShippedPolicy {
  read ??= {
    dangerous: commands
      .parse(parse(readFileSync(commandsFile, "utf8")))
      .map(({ pattern, ...entry }) => ({ ...entry, pattern: new RegExp(pattern, "u") })),
    ...programs.parse(parse(readFileSync(programsFile, "utf8"))),
  };
  return read;
}
