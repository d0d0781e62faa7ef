/** What happens in a pane comes as events, in order and whole; what it shows, from one moment. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import type { Pane, PaneEvent } from "../../../../src/agents/tmux/tmux.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { followPane, openScratchTmux, type ScratchTmux, untilTrue } from "../../../scratch-tmux.ts";

type Kind = Exclude<PaneEvent["type"], "output">;

describe("a pane", () => {
  let scratch: ScratchTmux;

  before(async () => {
    scratch = await openScratchTmux();
  });
  after(() => scratch[Symbol.asyncDispose]());

  const openShell = (script: string) => scratch.open(["sh", "-c", script]);

  /** Without their time, and without output. */
  async function eventsOf(pane: Pane): Promise<readonly object[]> {
    const log = followPane(pane);
    await log.first("exited");
    return log.events.flatMap(({ at, ...event }) => {
      assert(Number.isSafeInteger(at) && at <= systemClock.now());
      return event.type === "output" ? [] : [event];
    });
  }

  test("tells titles, other sequences, bells, modes and its end, in the order of their writing", async () => {
    const pane = await openShell(
      "printf '\\033]0;✳ ä\\007\\033[?2004h\\007\\033]7501;state=idle\\033\\\\\\033[?1049h\\033]2;b\\007'; exit 3",
    );
    assert.deepEqual(await eventsOf(pane), [
      { type: "title", title: "✳ ä" },
      { type: "mode", mode: 2004, isOn: true },
      { type: "bell" },
      { type: "osc", code: 7501, data: "state=idle" },
      { type: "mode", mode: 1049, isOn: true },
      { type: "title", title: "b" },
      { type: "exited", exitCode: 3 },
    ]);
    assert.equal(pane.takesPaste, true);
  });

  test("tells a title that comes letter by letter, each in pieces", async () => {
    const pane = await openShell(
      'for b in 033 135 060 073 342 234 263 303 244 007; do printf "\\\\$b"; sleep 0.002; done',
    );
    assert.deepEqual(await eventsOf(pane), [
      { type: "title", title: "✳ä" },
      { type: "exited", exitCode: 0 },
    ]);
  });

  test("tells its first listener also what was before, and every other what is gone", async () => {
    const pane = await openShell("printf '\\007\\033[?2004h'; exec cat");
    await untilTrue(() => pane.takesPaste);
    await pane.close();
    const kinds = new Set<string>();
    const order: Kind[] = [];
    pane.listen((event) => {
      kinds.add(event.type);
      if (event.type !== "output") order.push(event.type);
    });
    assert.deepEqual(order, ["bell", "mode", "gone"]);
    assert(kinds.has("output"));
    const late: string[] = [];
    pane.listen((event) => late.push(event.type));
    assert.deepEqual(late, ["gone"]);
  });

  test("keeps no more than a bounded part for a first listener, and its end", async () => {
    const pane = await openShell("head -c 3000 /dev/zero | tr '\\000' '\\007'; exit 6");
    // Listening would take it.
    await untilTrue(() => pane.exitCode !== null);
    const events: PaneEvent[] = [];
    pane.listen((event) => events.push(event));
    assert(events.length <= 1_003, `${events.length} were kept`);
    const kinds = events.filter(({ type }) => type !== "bell" && type !== "output");
    assert.deepEqual(
      kinds.map(({ type }) => type),
      ["resync", "exited"],
    );
  });

  test("stops to tell a listener that is disposed, and only that one", async () => {
    const pane = await scratch.open(["sh", "-c", "read x; printf '\\007'; exit 0"]);
    const heard: string[] = [];
    const other = followPane(pane);
    pane.listen((event) => heard.push(event.type))[Symbol.dispose]();
    await pane.keys("Enter");
    await other.first("bell");
    assert.deepEqual(heard, []);
  });

  test("shows its text, colours, cursor, title and which screen it is on", async () => {
    const pane = await openShell(
      "printf '\\033[?1049h\\033]2;a | b\\007\\033[2J\\033[3;5H\\033[31mred\\033[m %%begin 1 2 3\\033[?25l'; exec cat",
    );
    const log = followPane(pane);
    await log.first("mode", ({ mode }) => mode === 25);
    const screen = await pane.capture();
    assert.deepEqual(
      { ...screen, lines: screen.lines.slice(0, 4), ansi: screen.ansi.slice(2, 3) },
      {
        cols: 200,
        rows: 50,
        lines: ["", "", "    red %begin 1 2 3", ""],
        ansi: ["    \u001b[31mred\u001b[39m %begin 1 2 3"],
        cursor: { x: 20, y: 2, visible: false },
        title: "a | b",
        isAlternate: true,
      },
    );
    assert.equal(screen.lines.length, screen.ansi.length);
  });

  test("has no title until its program sets one", async () => {
    const pane = await scratch.open(["cat"]);
    assert.equal((await pane.capture()).title, null);
  });

  test("gives as many of its last rows as are asked for, and no more", async () => {
    const pane = await openShell("seq 1 300");
    await followPane(pane).first("exited");
    const { lines } = await pane.capture();
    assert.deepEqual((await pane.history(10)).length, 10);
    assert.deepEqual(await pane.history(lines.length), lines);
    const rows = await pane.history(120);
    assert.equal(rows.length, 120);
    assert.deepEqual(rows.slice(0, 2), ["182", "183"]);
    const all = await pane.history(5_000);
    assert.deepEqual(all.filter((row) => row !== "").length, 300);
  });
});

describe("a flood that we are too slow for", () => {
  test("is skipped and told as such, the end among it too, and memory stays small", async () => {
    await using scratch = await openScratchTmux({ pauseAfterSeconds: 1 });
    const pane = await scratch.open(["sh", "-c", "yes & read x; kill $!; exit 5"]);
    const neighbour = await scratch.open(["cat"]);
    const [log, other] = [followPane(pane), followPane(neighbour)];
    await log.first("output");
    const before = process.memoryUsage.rss();
    // From here on we read nothing, for longer than tmux waits.
    block(1_200);
    const tmux = (...args: readonly string[]) =>
      execFileSync("tmux", ["-S", scratch.socket, ...args], { encoding: "utf8" });
    tmux("send-keys", "-t", pane.id, "Enter");
    const title = () => tmux("display-message", "-p", "-t", pane.id, "#{pane_title}");
    while (!title().startsWith("temoin-end")) block(10);
    assert.equal(pane.exitCode, null);
    await log.first("resync");
    assert.equal((await log.first("exited")).exitCode, 5);
    assert.equal(pane.exitCode, 5);
    // The connection is as it was.
    await neighbour.type("x");
    await other.first("output");
    const grown = process.memoryUsage.rss() - before;
    assert(grown < 64 * 1024 * 1024, `${grown} bytes`);
  });

  test("that we can follow is told whole, and a neighbour is heard through it", async () => {
    await using scratch = await openScratchTmux();
    const pane = await scratch.open(["sh", "-c", "yes 0123456 | head -c 8000000; exit 0"]);
    const neighbour = await scratch.open(["cat"]);
    const [log, other] = [followPane(pane), followPane(neighbour)];
    await neighbour.type("x");
    await other.first("output");
    await log.first("exited");
    const written = log.events.reduce(
      (sum, event) => sum + (event.type === "output" ? event.bytes : 0),
      0,
    );
    // Each of its line ends is two bytes to a terminal; the wrapper's words are the rest.
    assert(written >= 9_000_000 && written < 9_000_200, `${written} bytes`);
    assert(!log.events.some((event) => event.type === "resync"));
  });
});

/** Nothing at all is done in this process for so long. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
