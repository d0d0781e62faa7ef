/**
 * Where the steps of a turn show what they do: the standard output of one process per turn, or the
 * transcript of a full-screen agent. The steps know no more of their dialect than this.
 */

import { spawn } from "node:child_process";

export interface Face {
  /** Aborted when the turn is interrupted. */
  readonly signal: AbortSignal;
  /** What was answered last in this turn; empty before. */
  readonly answer: string;
  /** A line of the agent, or several. */
  say(text: string): void;
  /** Resolves when all of it is taken, so that the agent's own memory stays small. */
  flood(bytes: number): Promise<void>;
  /** Runs a program and shows what it prints; its end is told when it is a bad one. */
  run(program: string, args: readonly string[]): Promise<void>;
  ignoreSigterm(): void;
}

export const plainFace: Face = {
  signal: new AbortController().signal,
  answer: "",
  say: (text) => console.log(text),
  async flood(bytes) {
    for (const block of floodOf(bytes)) await writeOut(block);
  },
  run(program, args) {
    const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
    return new Promise((resolve) => {
      child.on("error", (error) => {
        console.log(`${program} could not be run: ${error.message}`);
        resolve();
      });
      child.on("exit", (code, signal) => {
        if (code !== 0) console.log(`${program} ended with ${code ?? signal}`);
        resolve();
      });
    });
  },
  ignoreSigterm() {
    process.on("SIGTERM", () => console.log("Ignored SIGTERM"));
  },
};

/** Lines of 80 characters, in blocks. */
export function* floodOf(bytes: number): Iterable<Buffer> {
  const block = Buffer.from(`${"x".repeat(79)}\n`.repeat(800));
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left);
}

function writeOut(block: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(block, (error) => (error ? reject(error) : resolve()));
  });
}
