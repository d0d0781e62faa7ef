/**
 * A full-screen fake agent in a window of a real tmux: its screen, its title, its keys and its
 * record. One server for all tests of a file; leaving it checks that nothing of it is left.
 */

import assert from "node:assert/strict";
import { type FSWatcher, watch } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Screen } from "../../../src/agents/screen.ts";
import { openTmux } from "../../../src/agents/tmux/open-tmux.ts";
import type { Pane, PaneEvent, TmuxServer } from "../../../src/agents/tmux/tmux.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { findByEnvironment } from "../../../src/lib/process-tree.ts";
import { type RecordLine, readRecord } from "../../fake-agent/tui/record.ts";

const fakeTui = join(import.meta.dirname, "..", "..", "fake-agent", "fake-tui.ts");
/** Nothing that the fake agent does by itself takes longer. */
const deadlineMs = 10_000;
const mark = "FAKE_AGENT_TEST";
const takesEveryEnter = {
  enter_after_start_ms: 0,
  enter_after_paste_ms: 0,
  enter_after_keys_ms: 0,
};

export type Steps = readonly (string | Readonly<Record<string, unknown>>)[];

export interface AgentRequest {
  readonly like: string;
  /** Steps of the n-th prompt. */
  readonly turns?: readonly Steps[];
  readonly manners?: Readonly<Record<string, unknown>>;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** In the directory of an earlier one, and with its record. */
  readonly after?: ScreenAgent;
}

export class ScreenStage implements AsyncDisposable {
  readonly server: TmuxServer;
  readonly #directory: string;
  readonly #watchers: FSWatcher[] = [];
  #agents = 0;

  private constructor(server: TmuxServer, directory: string) {
    this.server = server;
    this.#directory = directory;
  }

  static async open(): Promise<ScreenStage> {
    const directory = await mkdtemp(join(tmpdir(), "fake-tui-"));
    const server = await openTmux({
      clock: systemClock,
      socket: { path: join(directory, "tmux") },
      env: { ...process.env, [mark]: directory },
      cols: 120,
      rows: 40,
      graceMs: 200,
    });
    return new ScreenStage(server, directory);
  }

  async start(request: AgentRequest): Promise<ScreenAgent> {
    this.#agents += 1;
    const { like, turns = [], manners = {}, flags = [], env = {}, after } = request;
    const cwd = after?.cwd ?? (await mkdtemp(join(this.#directory, `agent-${this.#agents}-`)));
    const keyed = turns.map((steps, n) => [`*/*/${n + 1}`, steps]);
    const script = join(cwd, "script.json");
    // It takes every Enter, unless a test is about just that.
    const all = { ...takesEveryEnter, ...manners };
    await writeFile(script, JSON.stringify({ manners: all, ...Object.fromEntries(keyed) }));
    const record = join(cwd, "record.jsonl");
    // There to be watched before anything is written to it.
    await appendFile(record, "");
    const pane = await this.server.open({
      name: like,
      cwd,
      command: [process.execPath, fakeTui, "--like", like, script, ...flags],
      env: { FAKE_AGENT_RECORD: record, ...env },
      options: {},
    });
    const agent = new ScreenAgent(pane, cwd, record);
    this.#watchers.push(watch(record, () => agent.look()));
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watcher of this.#watchers) watcher.close();
    await this.server.end();
    await rm(this.#directory, { recursive: true });
    assert.deepEqual(findByEnvironment(mark, this.#directory), [], "no process is left");
  }
}

export class ScreenAgent {
  readonly pane: Pane;
  readonly cwd: string;
  /** All that has happened in the pane so far. */
  readonly events: PaneEvent[] = [];
  readonly #record: string;
  #changed = Promise.withResolvers<void>();

  constructor(pane: Pane, cwd: string, record: string) {
    this.pane = pane;
    this.cwd = cwd;
    this.#record = record;
    pane.listen((event) => {
      this.events.push(event);
      this.look();
    });
  }

  /** Something has changed. */
  look(): void {
    this.#changed.resolve();
  }

  get record(): readonly RecordLine[] {
    return readRecord(this.#record);
  }

  /** Titles in order, each once where it did not change. */
  get titles(): readonly string[] {
    return this.events.flatMap((event) => (event.type === "title" ? event.title : []));
  }

  /** The data of each OSC 7501. */
  get states(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === "osc" && event.code === 7501 ? event.data : [],
    );
  }

  readFile(name: string): Promise<string> {
    return readFile(join(this.cwd, name), "utf8");
  }

  /** The first screen that holds this, looked at after each change. */
  async see(wanted: RegExp): Promise<Screen> {
    return this.until(async () => {
      const screen = await this.pane.capture();
      return wanted.test(textOf(screen)) ? screen : null;
    }, `a screen with ${wanted}`);
  }

  /** So many turns have ended. */
  async turns(count: number): Promise<readonly RecordLine[]> {
    return this.until(async () => {
      const ended = this.record.filter((line) => line.type === "turn_ended");
      return ended.length >= count ? this.record : null;
    }, `the end of turn ${count}`);
  }

  async exit(): Promise<number> {
    return this.until(async () => this.pane.exitCode, "its end");
  }

  async paste(text: string): Promise<void> {
    // The screen may be known before the word that a paste is welcome.
    await this.until(async () => this.pane.takesPaste || null, "the mode of bracketed paste");
    assert.deepEqual(await this.pane.paste(text), { done: true });
  }

  /** A prompt as a driver gives it: pasted, seen, submitted. */
  async prompt(text: string): Promise<void> {
    await this.paste(text);
    const last = text.split("\n").at(-1) ?? "";
    await this.see(new RegExp(`${RegExp.escape(last)}|\\[Pasted`));
    await this.pane.keys("Enter");
  }

  /** Judged again after each event of the pane, and each line of the record. */
  async until<Found>(look: () => Promise<Found | null>, what: string): Promise<Found> {
    const late = AbortSignal.timeout(deadlineMs);
    const isLate = Promise.withResolvers<void>();
    late.addEventListener("abort", () => isLate.resolve());
    for (;;) {
      this.#changed = Promise.withResolvers<void>();
      const found = await look();
      if (found !== null) return found;
      if (late.aborted) assert.fail(`${what} did not come:\n${textOf(await this.pane.capture())}`);
      await Promise.race([this.#changed.promise, isLate.promise]);
    }
  }
}

export function textOf(screen: Screen): string {
  return screen.lines.map((line) => line.trimEnd()).join("\n");
}
