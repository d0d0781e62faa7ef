/**
 * One window with its one pane. Invariants: nothing is pasted once the program has ended, or into
 * copy mode (the guard is one line that tmux carries out at once); no text of a person or an agent
 * ever stands in a command line.
 */

import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { identify } from "../../lib/process-table.ts";
import { endFamily } from "../../lib/process-tree.ts";
import type { Screen } from "../screen.ts";
import type { Reply } from "./control-client.ts";
import { PaneStream } from "./pane-stream.ts";
import { noFormat, quote } from "./quote.ts";
import type { Pane, PaneEvent, PaneInput } from "./tmux.ts";
import { readEnd } from "./wrapper.ts";

/** What a pane needs of its server. */
export interface PaneHost {
  readonly clock: Clock;
  /** A private directory, for what is pasted. */
  readonly directory: string;
  readonly graceMs: number;
  request(line: string): Promise<readonly Reply[]>;
}

export interface PaneFacts {
  readonly id: string;
  readonly window: string;
  readonly pid: number;
  /** Of its wrapper; also in the environment of all that runs in it. */
  readonly word: string;
  readonly takesPaste: boolean;
  readonly exitCode: number | null;
}

/** By which the processes of a window are found again. */
export const windowMarker = "TEMOIN_WINDOW";

const bracketedPaste = 2004;
/** `send-keys -H` takes one argument per byte; more at once is slow (measured: 2,000 are not). */
const typedAtOnce = 500;
/** More before anybody listens is no start-up (chosen); the screen tells the rest. */
const mostEarly = 1_000;
/** What the guard prints instead of doing anything. */
const refusal = "REFUSED";

export class TmuxPane implements Pane {
  readonly id: string;
  readonly window: string;
  readonly pid: number;
  readonly #word: string;
  readonly #host: PaneHost;
  readonly #stream = new PaneStream();
  readonly #listeners = new Set<(event: PaneEvent) => void>();
  /** What happened before anybody listened; `null`: somebody did. */
  #early: PaneEvent[] | null = [];
  #takesPaste: boolean;
  #exitCode: number | null;
  #gone: string | null = null;

  constructor(host: PaneHost, facts: PaneFacts) {
    this.#host = host;
    this.id = facts.id;
    this.window = facts.window;
    this.pid = facts.pid;
    this.#word = facts.word;
    this.#takesPaste = facts.takesPaste;
    this.#exitCode = facts.exitCode;
  }

  get takesPaste(): boolean {
    return this.#takesPaste;
  }

  get exitCode(): number | null {
    return this.#exitCode;
  }

  listen(listener: (event: PaneEvent) => void): Disposable {
    this.#listeners.add(listener);
    const early = this.#early ?? [];
    this.#early = null;
    for (const event of early) listener(event);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  async capture(): Promise<Screen> {
    const target = `-t ${this.id}`;
    const facts =
      "#{cursor_x} #{cursor_y} #{cursor_flag} #{alternate_on} #{pane_width} #{pane_height} #{pane_title}";
    const line = [
      `capture-pane -p ${target}`,
      `capture-pane -p -e ${target}`,
      `display-message -p ${target} ${quote(facts)}`,
    ].join(" ; ");
    const [plain, coloured, told] = await this.#ask(line);
    const numbers = /^(\d+) (\d+) (\d) (\d) (\d+) (\d+) (.*)$/s.exec(told?.lines.join(" ") ?? "");
    if (plain?.isOk !== true || coloured?.isOk !== true || numbers === null) throw this.#lost();
    const [, x, y, isVisible, isAlternate, cols, rows, title = ""] = numbers;
    return {
      cols: Number(cols),
      rows: Number(rows),
      lines: plain.lines,
      ansi: coloured.lines,
      cursor: { x: Number(x), y: Number(y), visible: isVisible === "1" },
      title: readEnd(title, this.#word) === null ? title : null,
      isAlternate: isAlternate === "1",
    };
  }

  async history(rows: number): Promise<readonly string[]> {
    const [reply] = await this.#ask(`capture-pane -p -t ${this.id} -S -${Math.floor(rows)}`);
    if (reply?.isOk !== true) throw this.#lost();
    return reply.lines;
  }

  async paste(text: string): Promise<PaneInput> {
    const refused = this.#refusal();
    if (refused !== null) return refused;
    if (!this.#takesPaste && text.includes("\n")) {
      return {
        done: false,
        why: "the program takes no paste, and would read each line end as Enter",
      };
    }
    const name = `temoin-${randomUUID()}`;
    const file = path.join(this.#host.directory, name);
    await writeFile(file, text, { mode: 0o600 });
    try {
      const loaded = await this.#ask(`load-buffer -b ${name} ${quote(noFormat(file))}`);
      if (loaded.some((reply) => !reply.isOk)) throw this.#lost();
      return await this.#guarded(
        `paste-buffer -p -r -d -b ${name} -t ${this.id}`,
        `delete-buffer -b ${name}`,
      );
    } finally {
      await rm(file, { force: true });
    }
  }

  keys(...names: readonly [string, ...string[]]): Promise<PaneInput> {
    const strange = names.find((name) => !/^[A-Za-z0-9-]{1,20}$/.test(name));
    if (strange !== undefined) throw new Error(`${JSON.stringify(strange)} is no name of a key`);
    const refused = this.#refusal();
    if (refused !== null) return Promise.resolve(refused);
    return this.#guarded(`send-keys -t ${this.id} ${names.join(" ")}`);
  }

  async type(text: string): Promise<PaneInput> {
    const bytes = [...Buffer.from(text, "utf8")].map((byte) => byte.toString(16).padStart(2, "0"));
    for (let at = 0; at < bytes.length; at += typedAtOnce) {
      const refused = this.#refusal();
      if (refused !== null) return refused;
      const piece = bytes.slice(at, at + typedAtOnce).join(" ");
      const input = await this.#guarded(`send-keys -t ${this.id} -H ${piece}`);
      if (!input.done) return input;
    }
    return { done: true };
  }

  async option(name: string): Promise<string | null> {
    const [reply] = await this.#ask(`show-options -p -q -v -t ${this.id} ${optionName(name)}`);
    if (reply?.isOk !== true) throw this.#lost();
    const value = reply.lines[0];
    return value === undefined || value === "" ? null : readOption(value);
  }

  async setOption(name: string, value: string): Promise<void> {
    const [reply] = await this.#ask(
      `set-option -p -t ${this.id} ${optionName(name)} ${writeOption(value)}`,
    );
    if (reply?.isOk !== true) throw this.#lost();
  }

  async close(): Promise<void> {
    const { clock, graceMs } = this.#host;
    const leader = identify(this.pid);
    // While the wrapper is alive its pid is nobody else's.
    if (leader !== null) {
      const marker = { name: windowMarker, value: this.#word };
      await endFamily({ leader, marker }, { clock, graceMs });
    }
    if (this.#gone !== null) return;
    // It may be gone by itself by now.
    await this.#host.request(`kill-window -t ${this.window}`).catch(() => undefined);
    this.lose("its window was closed");
  }

  /** Bytes of the program, as tmux hands them on. */
  take(bytes: Buffer): void {
    const at = this.#host.clock.now();
    for (const mark of this.#stream.push(bytes)) {
      if (mark.type === "title") this.#takeTitle(mark.title, at);
      else if (mark.type === "mode") this.#takeMode(mark.mode, mark.isOn, at);
      else this.#tell({ ...mark, at });
    }
    this.#tell({ type: "output", at, bytes: bytes.length });
  }

  /** The title that the window had before we came: it may be the end of its program. */
  recall(title: string): void {
    this.#exitCode = readEnd(title, this.#word);
  }

  /** Some of its output was skipped. */
  resync(): void {
    this.#tell({ type: "resync", at: this.#host.clock.now() });
  }

  /** The pane is not there any more; only the first time counts. */
  lose(why: string): void {
    if (this.#gone !== null) return;
    this.#gone = why;
    this.#tell({ type: "gone", at: this.#host.clock.now(), why });
    this.#listeners.clear();
  }

  #takeTitle(title: string, at: number): void {
    const exitCode = readEnd(title, this.#word);
    if (exitCode === null) {
      this.#tell({ type: "title", at, title });
    } else if (this.#exitCode === null) {
      this.#exitCode = exitCode;
      this.#tell({ type: "exited", at, exitCode });
    }
  }

  #takeMode(mode: number, isOn: boolean, at: number): void {
    if (mode === bracketedPaste && isOn !== this.#takesPaste) {
      this.#takesPaste = isOn;
      // For a later temoin, which cannot see what was written before it came. When the pane is
      // gone nobody needs it.
      this.setOption("paste", isOn ? "on" : "off").catch(() => undefined);
    }
    this.#tell({ type: "mode", at, mode, isOn });
  }

  #tell(event: PaneEvent): void {
    if (this.#early !== null && this.#early.length < mostEarly) this.#early.push(event);
    for (const listener of [...this.#listeners]) listener(event);
  }

  #refusal(): PaneInput | null {
    if (this.#gone !== null) return { done: false, why: this.#gone };
    if (this.#exitCode === null) return null;
    return { done: false, why: `the program has ended with ${this.#exitCode}` };
  }

  /** `otherwise` is done when the guard has refused. Copy mode is left first: it would eat keys. */
  async #guarded(line: string, otherwise: string | null = null): Promise<PaneInput> {
    const leave = `if-shell -F -t ${this.id} ${quote("#{pane_in_mode}")} ${quote(`send-keys -t ${this.id} -X cancel`)}`;
    const blocked = quote("#{||:#{pane_dead},#{pane_in_mode}}");
    const refuse = `display-message -p ${refusal}${otherwise === null ? "" : ` ; ${otherwise}`}`;
    const guard = `if-shell -F -t ${this.id} ${blocked} ${quote(refuse)} ${quote(line)}`;
    const replies = await this.#ask(`${leave} ; ${guard}`);
    if (replies.some((reply) => reply.lines[0] === refusal)) {
      return { done: false, why: "its window is dead, or a person scrolls in it" };
    }
    const failed = replies.find((reply) => !reply.isOk);
    if (failed === undefined) return { done: true };
    return { done: false, why: `tmux: ${failed.lines.join(" ")}` };
  }

  async #ask(line: string) {
    try {
      return await this.#host.request(line);
    } catch (cause) {
      throw new AppError("failed", `The agent's window ${this.window} cannot be reached.`, {
        cause,
        hint: "Its tmux server has ended; the work in its worktree is still there.",
      });
    }
  }

  #lost(): AppError {
    const why = this.#gone ?? "it is not there any more";
    return new AppError("failed", `The agent's window ${this.window} cannot be read: ${why}.`, {
      hint: "It was closed from outside; the work in its worktree is still there.",
    });
  }
}

function optionName(name: string): string {
  if (!/^[a-z_]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of an option`);
  return `@temoin_${name}`;
}

/** Any text, as letters that mean nothing to tmux. */
export function writeOption(value: string): string {
  return `x${Buffer.from(value, "utf8").toString("hex")}`;
}

/** The inverse; what others have written is nothing. */
export function readOption(written: string): string | null {
  return /^x([0-9a-f]{2})*$/.test(written)
    ? Buffer.from(written.slice(1), "hex").toString("utf8")
    : null;
}
