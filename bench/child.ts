/** A program of the bench that runs beside it: it says `ready`, then lines, and ends with its input. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

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
    const started = spawn(process.execPath, [fileURLToPath(program), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (started.pid === undefined) throw new Error(`${program.href} could not be started`);
    const child = new Child(started, started.pid);
    await child.line((line) => line === "ready");
    return child;
  }

  /** The next line that `isIt`. Rejects when the program ends before. */
  async line(isIt: (line: string) => boolean): Promise<string> {
    const found = Promise.withResolvers<string>();
    const look = (line: string): void => {
      if (isIt(line)) found.resolve(line);
    };
    this.#waiting.add(look);
    try {
      const ended = this.#exited.then(() => Promise.reject(new Error("the program has ended")));
      return await Promise.race([found.promise, ended]);
    } finally {
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
