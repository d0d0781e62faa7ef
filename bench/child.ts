/** A program of the bench that runs beside it: it says `ready`, then lines, and ends with its input. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** As bin/temoin starts it: what is measured is what people run. */
const nodeFlags = ["--max-semi-space-size=8"];

/** Twice what the longest wait takes by design, a look each 30 s and 200 starts (chosen). */
const longestMs = 180_000;

export class Child implements AsyncDisposable {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #waiting = new Set<(line: string) => void>();

  private constructor(process: ChildProcess, pid: number) {
    this.pid = pid;
    this.#process = process;
    this.#exited = once(process, "exit");
    if (process.stdout === null) throw new Error("a child without output");
    createInterface(process.stdout).on("line", (line) => {
      for (const look of [...this.#waiting]) look(line);
    });
  }

  /** Resolves when it is ready. */
  static async start(program: URL, args: readonly string[]): Promise<Child> {
    const started = spawn(process.execPath, [...nodeFlags, fileURLToPath(program), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (started.pid === undefined) throw new Error(`${program.href} could not be started`);
    const child = new Child(started, started.pid);
    await child.line((line) => line === "ready");
    return child;
  }

  /** The next line that `isIt`. Rejects when the program ends before, or says nothing for too long. */
  async line(isIt: (line: string) => boolean): Promise<string> {
    const found = Promise.withResolvers<string>();
    const look = (line: string): void => {
      if (isIt(line)) found.resolve(line);
    };
    this.#waiting.add(look);
    const over = new AbortController();
    try {
      const ended = this.#exited.then(() => Promise.reject(new Error("the program has ended")));
      const late = sleep(longestMs, undefined, { signal: over.signal }).then(() =>
        Promise.reject(new Error(`the program has not said within ${longestMs} ms what it should`)),
      );
      return await Promise.race([found.promise, ended, late]);
    } finally {
      over.abort();
      this.#waiting.delete(look);
    }
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end();
    await this.#exited;
  }
}
