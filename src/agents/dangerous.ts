/** The commands that nobody but a person allows, from the list that is shipped (`policies/`). */

import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { DangerousCommand } from "../domain/ask-rule.ts";
import { patternProblem } from "../lib/pattern.ts";

const shipped = new URL("../../policies/dangerous-commands.yaml", import.meta.url);

const schema = z.array(
  z.strictObject({
    why: z.string().min(1),
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

let read: readonly DangerousEntry[] | null = null;

/** Read at the first call. Throws where the shipped file is gone, or was changed into something else. */
export function dangerousCommands(): readonly DangerousEntry[] {
  read ??= schema
    .parse(parse(readFileSync(shipped, "utf8")))
    .map(({ pattern, ...entry }) => ({ ...entry, pattern: new RegExp(pattern, "u") }));
  return read;
}
