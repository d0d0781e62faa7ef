/** What is wrong with a command that an agent proposes, as far as that can be told without running it. */

import { commandPolicy } from "../agents/dangerous.ts";
import { dangerOf } from "../domain/danger.ts";
import { findProgram } from "../lib/process-path.ts";
import type { Environment } from "../operations/context.ts";

/** A longer one is no check but a program (chosen). */
const longestCommand = 500;

/** The end of a sentence that begins with the command; `null`: nothing. */
export async function commandTrouble(
  command: string,
  { env, root }: { readonly env: Environment; readonly root: string },
): Promise<string | null> {
  if (command.length > longestCommand) return `has more than ${longestCommand} characters`;
  if (/[\n\r]/.test(command)) return "has more than one line";
  // What a person reads must be what is run.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(command)) return "holds characters that cannot be seen";
  const danger = dangerOf(command, commandPolicy());
  if (danger !== null) return `is never run by itself: it ${danger}`;
  const word = firstWord(command);
  if (word === null || words.has(word)) return null;
  const found = await findProgram(word, { path: env["PATH"] ?? "", cwd: root });
  return found.found ? null : `calls \`${word}\`, which is no program on PATH`;
}

/** `null`: it cannot be told, or may be a file that the task makes. */
function firstWord(command: string): string | null {
  const [, word = ""] = /^(?:[!({\s]|[A-Za-z_]\w*=\S*\s)*(\S+)/.exec(command) ?? [];
  return word === "" || /[/$`'"\\=;&|<>()]/.test(word) ? null : word;
}

/** What `sh` itself knows. */
const words: ReadonlySet<string> = new Set(
  ": . [ alias break case cd command continue do echo eval exec exit export false for if kill printf pwd read return set shift sleep test time trap true type ulimit umask unset until wait while".split(
    " ",
  ),
);
