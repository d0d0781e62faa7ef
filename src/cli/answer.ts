/** `temoin answer ASK [ANSWER…] [--text WORDS] [--no-wait]` */

import { oneLine } from "../domain/view-text.ts";
import { answer, type ShownAsk, showAsk } from "../operations/answer.ts";
import { inbox } from "../operations/inbox.ts";
import { type Call, type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";
import { printChange, sayNext } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("[ask]", "as the inbox names it: Q-1; without one all that is asked is shown")
      .argument("[answer...]", "a choice: its number, its words, or how they begin")
      .option("--text <words>", "words of your own, where it takes some")
      .option("--always", "and for the same from the next run on: a rule in temoin.yaml")
      .option("--no-wait", "do not wait until the agent has taken it"),
  async run(call) {
    const { args, face, options } = call;
    const [ask, ...rest] = args;
    if (ask === undefined) return showAsks(call);
    const words = rest.filter((word) => word !== undefined).join(" ");
    if (words === "" && options["text"] === undefined) {
      const shown = await perform(call, showAsk, { ask });
      if (face.isJson) face.printJson(shown);
      else printAsk(face, shown);
      return 0;
    }
    const given = await perform(call, answer, {
      ask,
      choice: words === "" ? null : words,
      text: options["text"] ?? null,
      always: options["always"] === true,
      wait: options["wait"] !== false,
    });
    if (!face.isJson && given.rule !== undefined) printRule(face, given.rule);
    return printChange(face, given);
  },
};

async function showAsks(call: Call): Promise<number> {
  const { inbox: items } = await perform(call, inbox, {});
  const asks = items.flatMap((item) => item.ask ?? []);
  if (call.face.isJson) call.face.printJson({ asks });
  else if (asks.length === 0) call.face.say("No agent asks anything.");
  else for (const one of asks) printAsk(call.face, one);
  return 0;
}

function printAsk(face: Face, shown: ShownAsk): void {
  const { id, task, slot, says, choices, takesText, answer: given } = shown;
  face.print(`${face.style("bold", id)}  ${slot} on ${task} asks: ${oneLine(says, 2000)}`);
  for (const line of choiceLines(choices, takesText)) face.print(`    ${line}`);
  if (given !== null) face.print(`  Answered: “${oneLine(given)}”; the agent is taking it.`);
  const example = choices.length === 0 ? '--text "…"' : "1";
  sayNext(face, `temoin answer ${id} ${example}   or   temoin attach ${slot}`);
}

function printRule(face: Face, lines: readonly string[]): void {
  if (lines.length === 0) face.print("temoin.yaml has that rule already.");
  else face.print("temoin.yaml, from the next run on:");
  for (const line of lines) face.print(face.style("green", `+ ${line}`));
}

/** One line for each choice, with the number that names it. */
export function choiceLines(choices: readonly string[], takesText: boolean): readonly string[] {
  const lines = choices.map((label, place) => `${place + 1}  ${oneLine(label, 300)}`);
  return takesText ? [...lines, "…  words of your own, by --text"] : lines;
}
