/** A command line that is typed on a stage, and what comes back. */

import { runCommandLine } from "../../../src/cli/command-line.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";
import type { Context } from "../../../src/operations/context.ts";
import type { Stage } from "../operations/fake-context.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly talk: string;
}

export interface Sitting {
  readonly isTty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly context?: Partial<Context>;
}

export async function type(
  stage: Stage,
  argv: readonly string[],
  sitting: Sitting = {},
): Promise<Said> {
  let out = "";
  let talk = "";
  const terminal: Terminal = {
    isOutTty: sitting.isTty === true,
    isPerson: false,
    columns: 60,
    write: (text) => {
      out += text;
    },
    tell: (text) => {
      talk += text;
    },
    closed: new AbortController().signal,
  };
  const code = await runCommandLine({
    argv,
    env: sitting.env ?? {},
    terminal,
    version: "1.2.3",
    open: async () => ({ ...stage.context, ...sitting.context }),
  });
  return { code, out, talk };
}
