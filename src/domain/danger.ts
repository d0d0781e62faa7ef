/**
 * What a command does that is never allowed by itself, as far as its words tell it: no list is a
 * fence, it catches slips. Pure.
 */

import type { CommandPolicy } from "./ask-rule.ts";
import { inlinePrograms } from "./inline-program.ts";

/** A longer command is not looked through: a person does (chosen). */
export const longestCommand = 10_000;

/** What the command does that is never allowed by itself; `null`: nothing that is known. */
export function dangerOf(command: string, policy: CommandPolicy): string | null {
  if (command.length > longestCommand) return "is too long to be looked through";
  const plain = command.replace(/\\\n/g, "").replace(/[ \t]+/g, " ");
  const forms = [plain, unquoted(plain), ...innerCommands(plain)];
  const programs = inlinePrograms(command, policy.interpreters);
  if (programs.length > mostPrograms) return "holds too many programs to be looked through";
  const danger = policy.dangerous.find(({ pattern, in: where = "command" }) =>
    (where === "program" ? programs : forms).some((form) => pattern.test(form)),
  );
  return danger?.why ?? null;
}

/** More of them in one command are not looked through: a person does (chosen). */
const mostPrograms = 20;

function unquoted(command: string): string {
  return command.replace(/['"\\]/g, "");
}

/** From where another one begins: what a shell is given, what stands after settings or a launcher. */
function innerCommands(plain: string): readonly string[] {
  return [...plain.matchAll(inner)].map(({ index, 0: before }) => {
    const from = index + before.length;
    return unquoted(plain.slice(from, from + longestBegin));
  });
}

/** What a command does is told by how it begins; the rest of it is looked through with the whole (chosen). */
const longestBegin = 200;

const inner =
  /\b(?:ba|z|da|k)?sh (?:-\S{1,20} ){0,5}-\w{0,5}c \$?['"]?\s*|\beval ['"]?\s*|(?:^|[;&|(`\n'"] ?)(?:(?:(?:env|nohup|exec|command|builtin|time|then|do|else|xargs|setsid|timeout|nice|ionice|stdbuf)(?: -[su] \S{1,32}| -\S{1,30}| \d\S{0,9}){0,6}|\w{1,60}=[^\s'"]{0,200}) )+|`\s*/g;
