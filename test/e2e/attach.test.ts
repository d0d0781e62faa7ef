import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { openTmux } from "../../src/agents/tmux/open-tmux.ts";
import type { Pane, TmuxServer } from "../../src/agents/tmux/tmux.ts";
import { openAttachFile, type RecordAttach } from "../../src/app/attach-file.ts";
import type { SlotId } from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { followPane } from "../scratch-tmux.ts";
import { PersonTerminal } from "./person-terminal.ts";
import { openScratch, type Scratch } from "./scratch-project.ts";

const temoin = path.join(import.meta.dirname, "..", "..", "bin", "temoin");

/** A server as a run has one: a window for each of two agents, and the file that says where. */
class Agents implements AsyncDisposable {
  readonly #scratch: Scratch;
  readonly #server: TmuxServer;
  readonly #record: RecordAttach;
  readonly #panes = new Map<string, Pane>();

  constructor(scratch: Scratch, server: TmuxServer, record: RecordAttach) {
    this.#scratch = scratch;
    this.#server = server;
    this.#record = record;
  }

  static async open(scratch: Scratch): Promise<Agents> {
    const socket = { path: path.join(scratch.folder, "agents.sock") };
    const server = await openTmux({ clock: systemClock, socket, env: scratch.env });
    const record = await openAttachFile({
      stateDir: path.join(scratch.dir, ".temoin"),
      onProblem: assert.fail,
    });
    const agents = new Agents(scratch, server, record);
    // Keys that come within a millisecond are a paste to tmux, and no command: a test is so quick.
    await agents.tmux("set-option", "-g", "assume-paste-time", "0");
    for (const slot of ["ada-1", "bo-1"]) await agents.#start(slot);
    return agents;
  }

  async #start(slot: string): Promise<void> {
    const words = 'while read -r line; do echo "$0 heard $line"; done';
    const pane = await this.#server.open({
      name: slot,
      cwd: this.#scratch.dir,
      command: ["sh", "-c", words, slot],
      env: {},
      options: { slot },
    });
    const { socket, session } = this.#server;
    await this.#record(slot as SlotId, { socket, session, window: pane.window });
    this.#panes.set(slot, pane);
  }

  get server(): TmuxServer {
    return this.#server;
  }

  pane(slot: string): Pane {
    return this.#panes.get(slot) ?? assert.fail(slot);
  }

  async screen(slot: string): Promise<string> {
    return (await this.pane(slot).capture()).lines.join("\n");
  }

  /** Of every window: its name, its size. */
  async windows(): Promise<string> {
    const format = "#{window_name} #{window_width}x#{window_height}";
    return this.tmux("list-windows", "-t", `=${this.#server.session}`, "-F", format);
  }

  async tmux(...args: readonly string[]): Promise<string> {
    const ended = await this.#scratch.run("tmux", [...this.#server.socket, ...args]);
    assert.equal(ended.code, 0, `tmux ${args.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.end();
  }
}

test("who looks sees the agent's own window, types nothing into it, and leaves it running", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await using agents = await Agents.open(scratch);
  const before = await agents.windows();
  using log = followPane(agents.pane("ada-1"));
  await using ada = await PersonTerminal.open(scratch, [temoin, "attach", "ada-1"]);
  await ada.shows(/ada-1\*[\s\S]*read-only/);
  await using both = await PersonTerminal.open(scratch, [temoin, "attach"]);
  await both.shows(/ada-1\*/);
  await ada.keys("s", "e", "c", "r", "e", "t", "Enter");
  // By the keys after them, those before have been read.
  await ada.keys("C-b", "n");
  await ada.shows(/bo-1\*/);
  assert.match(await both.screen(), /ada-1\*/, "each has a window of their own");
  assert.doesNotMatch(await agents.screen("ada-1"), /secret/);
  assert.equal(await agents.windows(), before, "the windows keep their size");
  assert.deepEqual(
    (await agents.server.viewers()).map(({ canWrite }) => canWrite),
    [false, false],
  );
  assert.equal((await agents.server.find("slot", "ada-1")).length, 1);
  await ada.keys("C-b", "n");
  await ada.shows(/keeps this window open[\s\S]*0:temoin\*/);
  await ada.keys("C-b", "d");
  await ada.shows(/ended: 0/);
  await both.keys("C-b", "d");
  await both.shows(/ended: 0/);
  // Told to us after all that tmux has told of those who left.
  await agents.pane("ada-1").type("\u0007\n");
  await log.first("bell");
  const sessions = await agents.tmux("list-sessions", "-F", "#{session_name}");
  assert.equal(sessions, `${agents.server.session}\n`, "who looked has left nothing");
  assert.equal(await agents.windows(), before);
});

test("in a terminal that is smaller than a window it shows where the agent is writing", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await using agents = await Agents.open(scratch);
  for (const slot of ["ada-1", "bo-1"])
    await agents.pane(slot).type(`${"\n".repeat(60)}end of it\n`);
  await using terminal = await PersonTerminal.open(scratch, [temoin, "attach", "ada-1"]);
  await terminal.shows(/ada-1 heard end of it[\s\S]*a part of it · read-only/);
  await terminal.keys("C-b", "n");
  await terminal.shows(/bo-1 heard end of it[\s\S]*bo-1\*/);
  await terminal.resize({ cols: 220, rows: 60 });
  assert.doesNotMatch(await terminal.shows(/bo-1\* +read-only/), /a part/);
});

test("with --write a person types to the agent", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await using agents = await Agents.open(scratch);
  await using terminal = await PersonTerminal.open(scratch, [temoin, "attach", "bo-1", "--write"]);
  await terminal.shows(/bo-1\*[\s\S]*you type, temoin waits/);
  await terminal.keys("h", "i", "Enter");
  await terminal.shows(/bo-1 heard hi/);
  assert.deepEqual(
    (await agents.server.viewers()).map(({ canWrite, window }) => ({ canWrite, window })),
    [{ canWrite: true, window: agents.pane("bo-1").window }],
  );
  assert.doesNotMatch(await agents.screen("ada-1"), /hi/);
});

test("without a terminal it tells the command, and without a window what is the matter", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  const none = await scratch.temoin("attach");
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /No agent has a terminal here now\.\n.*works in tmux \(`temoin agents`\)/,
  );
  {
    await using agents = await Agents.open(scratch);
    const { slot, command } = await scratch.json("attach", "bo-1");
    assert.equal(slot, "bo-1");
    assert.deepEqual(command.slice(0, 5), ["tmux", "-N", "-u", ...agents.server.socket]);
    const told = await scratch.temoin("attach", "ada");
    assert.equal(told.code, 1);
    assert.match(
      told.stderr,
      /this is no terminal\.\nAt one, run: tmux -N -u -S .*';' select-window/,
    );
    assert.match((await scratch.temoin("attach", "ad")).stderr, /Did you mean ada\?/);
    await agents.pane("bo-1").close();
    const ended = await scratch.temoin("attach", "bo");
    assert.match(ended.stderr, /The window of bo-1 is gone: its agent has ended/);
  }
  const gone = await scratch.temoin("attach");
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /The tmux server of the agents is gone/);
  await using terminal = await PersonTerminal.open(scratch, [temoin, "attach"]);
  await terminal.shows(/is gone[\s\S]*ended: 1/);
});
