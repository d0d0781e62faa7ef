/** How a prompt is said to an agent: in its own words, or by the file that holds them. Pure. */

import type { Prompt } from "./driver.ts";

type Words = Pick<Prompt, "text" | "file">;

/** For words that cannot be given as they are. */
export function byFile({ file }: Pick<Prompt, "file">): string {
  return `Read the file ${file} and do what it says.`;
}

/** Words that begin so a CLI carries out, instead of giving them to its model. */
const command = /^\s*\//;

/** For a CLI that takes any words over its own interface, but for its commands. */
export function wordsOf(prompt: Words): string {
  return command.test(prompt.text) ? byFile(prompt) : prompt.text;
}
