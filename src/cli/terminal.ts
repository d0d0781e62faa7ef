/** The streams of this process. A reader that goes away ends the writing, not the program. */

export interface Terminal {
  readonly isOutTty: boolean;
  /** Somebody types and sees what is said. */
  readonly isPerson: boolean;
  readonly columns: number;
  write(text: string): void;
  tell(text: string): void;
  /** Aborted when nobody reads the output any more. */
  readonly closed: AbortSignal;
}

export function openTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const closed = new AbortController();
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    closed.abort(error);
    // `temoin ls | head`: who has read enough is no failure. A full disk is one.
    if (error.code === "EPIPE") return;
    process.exitCode = 1;
    stderr.write(`temoin: Cannot write the output: ${error.message}.\n`);
  });
  stderr.on("error", () => {
    // Nobody hears the talk; the work and its exit code are what counts.
  });
  return {
    isOutTty: stdout.isTTY === true,
    isPerson: stdin.isTTY === true && stderr.isTTY === true,
    // A terminal that nobody has given a size has 0.
    columns: stdout.columns || 80,
    write: (text) => {
      if (!closed.signal.aborted) stdout.write(text);
    },
    tell: (text) => {
      stderr.write(text);
    },
    closed: closed.signal,
  };
}
