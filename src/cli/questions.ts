/** Questions of yes and no to the person at the terminal. What is not answered changes nothing. */

import { createInterface } from "node:readline/promises";
import { AppError } from "../lib/app-error.ts";

export interface Questions extends Disposable {
  /**
   * Anything but yes, no and Enter is asked again. Rejects with an AppError `refused` when the
   * person leaves by Ctrl-C or Ctrl-D.
   */
  askWhether(question: string, byEnter: boolean): Promise<boolean>;
}

export interface QuestionStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

export function openQuestions({ input, output }: QuestionStreams): Questions {
  const lines = createInterface({ input, output, terminal: true });
  const ask = async (question: string): Promise<string> => {
    try {
      return (await lines.question(question)).trim();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "AbortError") throw error;
      output.write("\n");
      throw new AppError("refused", "The question was not answered: nothing was changed.", {
        cause: error,
        hint: "Call it again; with `--yes` it asks nothing.",
      });
    }
  };
  return {
    async askWhether(question, byEnter) {
      for (;;) {
        const answer = await ask(`${question} ${byEnter ? "(Y/n)" : "(y/N)"} `);
        if (answer === "") return byEnter;
        if (/^y(es)?$/i.test(answer)) return true;
        if (/^no?$/i.test(answer)) return false;
      }
    },
    [Symbol.dispose]: () => lines.close(),
  };
}
