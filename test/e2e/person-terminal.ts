/**
 * The terminal of a person, for tests of what is shown and typed there: a window of a tmux server of
 * its own, in the scratch's folder. What is awaited is looked for whenever the window has changed.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { findProcess } from "../../src/lib/process-table.ts";
import type { Scratch } from "./scratch-project.ts";

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** Only for what never comes: the test is to fail, and to leave nothing. */
const longestMs = 20_000;

export class PersonTerminal implements AsyncDisposable {
  readonly #scratch: Scratch;
  readonly #socket: string;
  readonly #watcher: ChildProcess;
  #changed = Promise.withResolvers<void>();

  private constructor(scratch: Scratch, socket: string) {
    this.#scratch = scratch;
    this.#socket = socket;
    this.#watcher = spawn("tmux", ["-S", socket, "-C", "attach", "-f", "read-only,ignore-size"], {
      env: scratch.env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#watcher.stdout?.on("data", () => {
      const { resolve } = this.#changed;
      this.#changed = Promise.withResolvers();
      resolve();
    });
  }

  /** Runs the command there; when it has ended, the screen says `ended: CODE`. */
  static async open(
    scratch: Scratch,
    command: readonly string[],
    { cols, rows }: TerminalSize = { cols: 100, rows: 30 },
  ): Promise<PersonTerminal> {
    const socket = path.join(scratch.folder, `person-${nextNumber()}.sock`);
    const line = '"$@"; echo "ended: $?"; exec cat >/dev/null';
    const args = ["-u", "-S", socket, "-f", "/dev/null", "new-session", "-d", "-s", "person"];
    const size = ["-x", String(cols), "-y", String(rows)];
    const ended = await scratch.run("tmux", [
      ...[...args, ...size, "sh", "-c", line, "person", ...command],
      ...[";", "set-option", "-g", "status", "off"],
      ...[";", "set-option", "-g", "window-size", "manual"],
    ]);
    assert.equal(ended.code, 0, ended.stderr);
    return new PersonTerminal(scratch, socket);
  }

  async keys(...names: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...names);
  }

  async resize({ cols, rows }: TerminalSize): Promise<void> {
    await this.#tmux("resize-window", "-x", String(cols), "-y", String(rows));
  }

  async screen(): Promise<string> {
    return this.#tmux("capture-pane", "-p");
  }

  /** By a format of tmux, as `#{alternate_on}`. */
  async ask(format: string): Promise<string> {
    return (await this.#tmux("display-message", "-p", format)).trim();
  }

  /** Resolves with the screen as soon as it shows that; fails with the screen when it never does. */
  async shows(what: RegExp): Promise<string> {
    const overdue = once(AbortSignal.timeout(longestMs), "abort");
    for (;;) {
      const change = this.#changed.promise;
      const screen = await this.screen();
      if (what.test(screen)) return screen;
      const came = await Promise.race([change.then(() => true), overdue.then(() => false)]);
      assert.ok(came, `the terminal does not show ${what}, but:\n${screen}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#watcher.once("close", resolve));
    this.#watcher.stdin?.end();
    await closed;
    await endServer(this.#scratch, this.#socket);
  }

  async #tmux(command: string, ...args: readonly string[]): Promise<string> {
    const whole = ["-S", this.#socket, command, "-t", "person:", ...args];
    const ended = await this.#scratch.run("tmux", whole);
    assert.equal(ended.code, 0, `${whole.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  }
}

/** Resolves when the server and its windows are gone. */
async function endServer(scratch: Scratch, socket: string): Promise<void> {
  const pids = await scratch.run("tmux", ["-S", socket, "list-panes", "-a", "-F", "#{pane_pid}"]);
  const server = await scratch.run("tmux", ["-S", socket, "display-message", "-p", "#{pid}"]);
  await scratch.run("tmux", ["-S", socket, "kill-server"]);
  for (const pid of `${pids.stdout}\n${server.stdout}`.split("\n").map(Number)) {
    while (pid > 0 && findProcess(pid) !== null) await scratch.run("sleep", ["0.02"]);
  }
}

let count = 0;

function nextNumber(): number {
  count += 1;
  return count;
}
