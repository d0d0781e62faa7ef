/**
 * A session of the driver `terminal` with the fake agent, and who reads its events: for tests of
 * what only agents in a terminal do.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { AgentEvent, Driver, Session } from "../../src/agents/driver.ts";
import type { TerminalDriverOptions } from "../../src/agents/terminal/terminal-driver.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Notifier, waitFor } from "../../src/lib/notifier.ts";
import type { RecordLine } from "../fake-agent/tui/record.ts";
import { openStage, type Stage } from "./driver-stage.ts";
import {
  type FakeTerminalAgent,
  fakeTerminalAgent,
  openTerminalDriver,
} from "./driver-terminal.ts";

const run = promisify(execFile);

export type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;

export class TerminalStage implements AsyncDisposable {
  readonly stage: Stage;
  readonly driver: Driver;
  readonly session: Session;
  readonly events: AgentEvent[] = [];
  readonly #news = new Notifier();
  readonly #reading: Promise<void>;

  constructor(parts: {
    readonly stage: Stage;
    readonly driver: Driver;
    readonly session: Session;
  }) {
    this.stage = parts.stage;
    this.driver = parts.driver;
    this.session = parts.session;
    this.#reading = this.#read();
  }

  get root(): string {
    return rootOf(this.stage);
  }

  /** The first event of this type that `isIt`, also one that has come already. */
  async event<Type extends AgentEvent["type"]>(
    type: Type,
    isIt: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    // Only a failure takes so long: what has come until then is then told.
    const until = systemClock.now() + 15_000;
    const signal = new AbortController().signal;
    for (;;) {
      const news = this.#news.next();
      // The type was compared: there is no other way to tell the compiler.
      const found = this.events.find(
        (event) => event.type === type && isIt(event as EventOf<Type>),
      ) as EventOf<Type> | undefined;
      if (found !== undefined) return found;
      const isOver = this.events.at(-1)?.type === "ended" || systemClock.now() >= until;
      assert(!isOver, `no ${type} came: ${JSON.stringify(this.events, null, 1)}`);
      await waitFor({ clock: systemClock, signal, until }, news);
    }
  }

  /** The end of the turn of the n-th prompt. */
  turn(n: number): Promise<EventOf<"turn_ended">> {
    return this.event("turn_ended", (event) => event.promptId === `prompt-${n}`);
  }

  types(): readonly string[] {
    return this.events.map((event) => event.type);
  }

  record(): Promise<readonly RecordLine[]> {
    return readRecord(this.root);
  }

  /** The prompts that have reached the agent. */
  async prompts(): Promise<readonly string[]> {
    return promptsOf(await this.record());
  }

  /** What tmux itself says, as a person would ask it. */
  tmux(...args: readonly string[]): Promise<string> {
    return tmux(this.root, ...args);
  }

  /** The screen of a window, once it shows this. */
  async shows(window: string, what: RegExp): Promise<string> {
    return untilTrue(async () => {
      const screen = await this.tmux("capture-pane", "-p", "-t", window);
      return what.test(screen) ? screen : null;
    });
  }

  /** A terminal of a person's own, in which the windows are seen; disposing takes it away. */
  async attachPerson(window: string): Promise<PersonTerminal> {
    const outer = join(this.root, "outer");
    const person = new PersonTerminal(outer);
    const inner = `exec env -u TMUX tmux -u -S ${join(this.root, "tmux")} attach -t temoin:${window}`;
    await person.tmux("new-session", "-d", "-x", "200", "-y", "50", inner);
    await untilTrue(async () => {
      const clients = await this.tmux("list-clients", "-F", "#{client_control_mode}");
      return clients.includes("0") ? true : null;
    });
    return person;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stage[Symbol.asyncDispose]();
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const event of this.session.events) {
      this.events.push(event);
      this.#news.notify();
    }
  }
}

/** A window of another tmux, whose keys are a person's. */
export class PersonTerminal implements AsyncDisposable {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  async tmux(...args: readonly string[]): Promise<void> {
    await run("tmux", ["-u", "-S", this.#socket, "-f", "/dev/null", ...args]);
  }

  async press(...keys: readonly string[]): Promise<void> {
    await this.tmux("send-keys", ...keys);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux("kill-server");
  }
}

/** Looks again until there is something: no event tells what another program shows. */
export async function untilTrue<T>(look: () => Promise<T | null>): Promise<T> {
  const until = systemClock.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    assert(systemClock.now() < until, "it did not come within 10 s");
    await systemClock.until(systemClock.now() + 20);
  }
}

export interface TerminalStageOptions extends FakeTerminalAgent {
  readonly driver?: Partial<TerminalDriverOptions>;
}

/** With a session that was started; disposing ends it, the driver and the server. */
export async function openTerminalStage(options: TerminalStageOptions): Promise<TerminalStage> {
  const stage = await openStage();
  const root = rootOf(stage);
  try {
    const driver = stage.use(await openTerminalDriver(root, options.driver));
    const session = await stage.start(driver, await fakeTerminalAgent(root, options));
    return new TerminalStage({ stage, driver, session });
  } catch (error) {
    await stage[Symbol.asyncDispose]();
    throw error;
  }
}

export function rootOf(stage: Stage): string {
  return join(stage.directory, "root");
}

export async function readRecord(root: string): Promise<readonly RecordLine[]> {
  const text = await readFile(join(root, "record.jsonl"), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  // Written by the fake agent, line by line.
  return lines.map((line) => JSON.parse(line) as RecordLine);
}

export function promptsOf(lines: readonly RecordLine[]): readonly string[] {
  return lines.flatMap((line) => (line.type === "prompt" ? line.text : []));
}

export async function tmux(root: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run("tmux", ["-u", "-S", join(root, "tmux"), ...args]);
  return stdout;
}

/** What the n-th prompt of `Stage.prompt` is when it arrives. */
export function arrived(n: number): string {
  return `Prompt ${n}\n\nDo what the script says.`;
}
