/**
 * How a command speaks: data to stdout, talk to stderr. Colours and questions only where a person
 * sits at a terminal; what agents and plans have written cannot steer that terminal.
 */

import { styleText } from "node:util";
import { harmless, harmlessJson } from "../lib/terminal-text.ts";
import type { Terminal } from "./terminal.ts";

export type Style = Parameters<typeof styleText>[0];

export interface Face {
  readonly isJson: boolean;
  /** A person can be asked something. */
  readonly canAsk: boolean;
  /** Columns of the terminal; `null`: nobody looks, lines may be long. */
  readonly width: number | null;
  /** Data, a line or several. */
  print(text: string): void;
  /** One object on one line, with its schema. */
  printJson(value: object): void;
  /** Talk. */
  say(text: string): void;
  style(style: Style, text: string): string;
}

export interface FaceRequest {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isJson: boolean;
  /** `--no-input` was not given. */
  readonly mayAsk: boolean;
  readonly color: string;
}

export function makeFace({ terminal, env, isJson, mayAsk, color }: FaceRequest): Face {
  const hasColor = color === "always" || (color !== "never" && wantsColor(terminal, env));
  // A file or a pipe gets what there is, byte by byte.
  const shown = terminal.isOutTty ? harmless : (text: string) => text;
  return {
    isJson,
    canAsk: mayAsk && !isJson && terminal.isPerson,
    width: terminal.isOutTty ? terminal.columns : null,
    print: (text) => terminal.write(withLineEnd(shown(text))),
    printJson: (value) => {
      terminal.write(`${harmlessJson(JSON.stringify({ schema: 1, ...value }))}\n`);
    },
    say: (text) => terminal.tell(withLineEnd(harmless(text))),
    style: (style, text) => (hasColor ? styleText(style, text, { validateStream: false }) : text),
  };
}

function withLineEnd(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** See no-color.org and force-color.org. */
function wantsColor(
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return terminal.isOutTty && env["TERM"] !== "dumb";
}
