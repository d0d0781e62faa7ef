/**
 * One window with its one pane, from its opening until it is gone. What its program writes comes in
 * as bytes; what it means goes to whoever listens.
 */

import { randomBytes } from "node:crypto";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { identify, type ProcessIdentity } from "../../lib/process-table.ts";
import { endFamily, type Family } from "../../lib/process-tree.ts";
import type { Screen } from "../screen.ts";
import { askScreen, readScreen } from "./capture.ts";
import type { Reply } from "./control-client.ts";
import { PaneEvents } from "./pane-events.ts";
import { type Inlet, pasteText, pressKeys, typeText } from "./pane-input.ts";
import { optionName, readOption, writeOption } from "./pane-options.ts";
import { PaneStream } from "./pane-stream.ts";
import { quote } from "./quote.ts";
import type { Pane, PaneEvent, PaneInput } from "./tmux.ts";
import { restartLine, windowMarker } from "./window-lines.ts";
import { readEnd } from "./wrapper.ts";

/** What a pane needs of its server. */
export interface PaneHost {
  readonly clock: Clock;
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
  /** Its title of now: the end of a program that nobody saw is still there. */
  readonly title: string;
}

const bracketedPaste = 2004;

export class TmuxPane implements Pane {
  readonly id: string;
  readonly window: string;
  readonly #host: PaneHost;
  readonly #inlet: Inlet;
  #pid: number;
  #word: string;
  /** Taken while the pid was surely its own. */
  #leader: ProcessIdentity | null;
  #stream = new PaneStream();
  readonly #events = new PaneEvents();
  #takesPaste: boolean;
  #exitCode: number | null;
  #gone: string | null = null;
  #isClosing = false;

  constructor(host: PaneHost, facts: PaneFacts) {
    this.#host = host;
    this.id = facts.id;
    this.window = facts.window;
    this.#pid = facts.pid;
    this.#leader = identify(facts.pid);
    this.#word = facts.word;
    this.#takesPaste = facts.takesPaste;
    this.#exitCode = readEnd(facts.title, facts.word);
    this.#inlet = {
      id: facts.id,
      refusal: () => this.#refusal(),
      ask: (line) => this.#ask(line),
    };
  }

  get pid(): number {
    return this.#pid;
  }

  get takesPaste(): boolean {
    return this.#takesPaste;
  }

  get exitCode(): number | null {
    return this.#exitCode;
  }

  listen(listener: (event: PaneEvent) => void): Disposable {
    return this.#events.listen(listener);
  }

  async capture(): Promise<Screen> {
    const screen = readScreen(await this.#ask(askScreen(this.id)));
    if (screen === null) throw this.#lost();
    const { title } = screen;
    const isEnd = title !== null && readEnd(title, this.#word) !== null;
    return { ...screen, title: isEnd ? null : title };
  }

  async history(rows: number): Promise<readonly string[]> {
    const most = Math.max(1, Math.floor(rows));
    // Counted from the first row of the screen upwards, so that the screen comes on top of it.
    const [reply] = await this.#ask(`capture-pane -p -t ${this.id} -S -${most}`);
    if (reply?.isOk !== true) throw this.#lost();
    return reply.lines.slice(-most);
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
    return pasteText(this.#inlet, text);
  }

  keys(...names: readonly [string, ...string[]]): Promise<PaneInput> {
    return pressKeys(this.#inlet, names);
  }

  type(text: string): Promise<PaneInput> {
    return typeText(this.#inlet, text);
  }

  async option(name: string): Promise<string | null> {
    const [reply] = await this.#ask(`show-options -p -q -v -t ${this.id} ${optionName(name)}`);
    if (reply?.isOk !== true) throw this.#lost();
    return readOption(reply.lines[0] ?? "");
  }

  async setOption(name: string, value: string): Promise<void> {
    const [reply] = await this.#ask(
      `set-option -p -t ${this.id} ${optionName(name)} ${writeOption(value)}`,
    );
    if (reply?.isOk !== true) throw this.#lost();
  }

  async restart(program: Parameters<Pane["restart"]>[0]): Promise<void> {
    const before = this.#family();
    const word = randomBytes(9).toString("hex");
    // First of all: what the one before it says of its own end is not said of this one.
    this.#word = word;
    this.#stream = new PaneStream();
    this.#takesPaste = false;
    const replies = await this.#ask(restartLine(this.id, program, word));
    if (replies.some((reply) => !reply.isOk)) throw this.#lost();
    this.#exitCode = null;
    this.#pid = Number(replies.at(-1)?.lines[0]);
    this.#leader = identify(this.#pid);
    const { clock, graceMs } = this.#host;
    await endFamily(before, { clock, graceMs });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    const { clock, graceMs } = this.#host;
    await endFamily(this.#family(), { clock, graceMs });
    // It may be gone by itself by now; a dead one stays until it is closed. Its id is given once.
    await this.#host.request(`kill-window -t ${this.window}`).catch(() => undefined);
    this.lose("its window was closed");
  }

  /** Bytes of the program, as tmux hands them on. */
  take(bytes: Buffer): void {
    if (this.#gone !== null) return;
    const at = this.#host.clock.now();
    this.#events.tell({ type: "output", at, bytes: bytes.length });
    for (const mark of this.#stream.push(bytes)) {
      if (mark.type === "title") this.#takeTitle(mark.title, at);
      else if (mark.type === "mode") this.#takeMode(mark.mode, mark.isOn, at);
      else this.#events.tell({ ...mark, at });
    }
  }

  /** Some of its output was skipped, perhaps its end among it. Rejects when it cannot be reached. */
  async catchUp(): Promise<void> {
    this.#events.tell({ type: "resync", at: this.#host.clock.now() });
    const [reply] = await this.#ask(`display-message -p -t ${this.id} ${quote("#{pane_title}")}`);
    const title = reply?.lines[0] ?? "";
    if (readEnd(title, this.#word) !== null) this.#takeTitle(title, this.#host.clock.now());
  }

  /** Its wrapper has ended. When that is our doing, the end of the window is told instead. */
  die(): void {
    if (!this.#isClosing) this.lose("its window has died");
  }

  /** The pane is not there any more; only the first time counts. */
  lose(why: string): void {
    if (this.#gone !== null) return;
    this.#gone = why;
    this.#events.tell({ type: "gone", at: this.#host.clock.now(), why });
  }

  #takeTitle(title: string, at: number): void {
    const exitCode = readEnd(title, this.#word);
    if (exitCode === null) {
      this.#events.tell({ type: "title", at, title });
    } else if (this.#exitCode === null) {
      this.#exitCode = exitCode;
      this.#events.tell({ type: "exited", at, exitCode });
    }
  }

  #takeMode(mode: number, isOn: boolean, at: number): void {
    if (mode === bracketedPaste && isOn !== this.#takesPaste) {
      this.#takesPaste = isOn;
      // For a later temoin, which cannot see what was written before it came. When the pane is
      // gone nobody needs it.
      this.setOption("paste", isOn ? "on" : "off").catch(() => undefined);
    }
    this.#events.tell({ type: "mode", at, mode, isOn });
  }

  #family(): Family {
    return { leader: this.#leader, marker: { name: windowMarker, value: this.#word } };
  }

  #refusal(): PaneInput | null {
    if (this.#gone !== null) return { done: false, why: this.#gone };
    if (this.#exitCode === null) return null;
    return { done: false, why: `the program has ended with ${this.#exitCode}` };
  }

  async #ask(line: string): Promise<readonly Reply[]> {
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
