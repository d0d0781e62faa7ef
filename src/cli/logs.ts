/** `temoin logs AGENT|SLOT [-f]` */

import { fileChanges } from "../lib/file-changes.ts";
import { FileTail } from "../lib/file-tail.ts";
import { harmless } from "../lib/terminal-text.ts";
import { logs, type SlotLog } from "../operations/logs.ts";
import { type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<name>", "an agent, or one of its slots")
      .option("-f, --follow", "go on as it prints"),
  endsBySignal: true,
  async run(call) {
    const { face, args, options, signal } = call;
    const found = await perform(call, logs, { name: args[0] });
    const width = Math.max(...found.map(({ slot }) => slot.length));
    const readers = found.map((log) => {
      const prefix = found.length === 1 ? "" : `${log.slot.padEnd(width)} │ `;
      return new LogReader(log, { face, prefix });
    });
    const printNew = async (): Promise<void> => {
      for (const reader of readers) await reader.printNew();
    };
    await printNew();
    if (readers.every(({ isEmpty }) => isEmpty) && !face.isJson) {
      face.say(`${args[0]} has printed nothing yet.`);
    }
    if (options["follow"] === true) {
      const [first, ...others] = found.map(({ file }) => file);
      if (first === undefined) throw new Error("an agent has a slot");
      for await (const _ of fileChanges([first, ...others], signal)) await printNew();
    }
    for (const reader of readers) reader.printRest();
    return 0;
  },
};

interface Printing {
  readonly face: Face;
  /** Before each line: whose it is. */
  readonly prefix: string;
}

/** Prints whole lines; what comes after the last line end is kept until it is one. */
class LogReader {
  readonly #tail: FileTail;
  readonly #slot: string;
  readonly #printing: Printing;
  #unfinished = "";
  isEmpty = true;

  constructor({ slot, file }: SlotLog, printing: Printing) {
    this.#slot = slot;
    this.#tail = new FileTail(file);
    this.#printing = printing;
  }

  async printNew(): Promise<void> {
    for await (const text of this.#tail.read()) {
      this.isEmpty = false;
      const whole = this.#unfinished + text;
      const end = whole.lastIndexOf("\n") + 1;
      this.#unfinished = whole.slice(end);
      this.#print(whole.slice(0, end));
    }
  }

  printRest(): void {
    this.#print(this.#unfinished);
    this.#unfinished = "";
  }

  #print(text: string): void {
    if (text === "") return;
    const { face, prefix } = this.#printing;
    if (face.isJson) {
      face.printJson({ slot: this.#slot, text });
      return;
    }
    // Also into a pipe: who reads a log wants the words, and their terminal may be behind it.
    const plain = harmless(text);
    const lines = plain.replace(/\n$/, "").split("\n");
    // A colour that was left on is not to go on over what follows.
    const end = plain.includes("\u001b") ? "\u001b[0m" : "";
    face.print(`${lines.map((line) => `${prefix}${line}`).join("\n")}${end}\n`);
  }
}
