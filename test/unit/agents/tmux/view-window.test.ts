/** Windows whose programs are spoken to elsewhere: found again, told to be over, closed with all. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import {
  findViews,
  openView,
  type ViewParts,
  type ViewRequest,
  type ViewWindow,
} from "../../../../src/agents/tmux/view-window.ts";
import type { SlotId } from "../../../../src/domain/id.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { findProcess } from "../../../../src/lib/process-table.ts";
import { findByEnvironment } from "../../../../src/lib/process-tree.ts";
import { openScratchTmux, type ScratchTmux, untilTrue } from "../../../scratch-tmux.ts";

const parts: ViewParts = { clock: systemClock, project: "p", kind: "codex", graceMs: 300 };

function requestOf({ directory, env }: ScratchTmux, more: Partial<ViewRequest> = {}): ViewRequest {
  const slot = "codex-1" as SlotId;
  return { slot, name: slot, cwd: directory, command: ["cat"], env, kept: {}, ...more };
}

describe("a view window", () => {
  test("is found again by a later temoin, with all that was kept with it", async () => {
    await using scratch = await openScratchTmux();
    const kept = { thread: "t-1", says: "ä 'quoted' #{pid};\n" };
    const view = await openView(scratch.server, requestOf(scratch, { kept }), parts);
    await view.keep({ thread: "t-2", more: "" });
    await scratch.leave();
    const [found, ...others] = await findViews(await scratch.join(), parts);
    assert.deepEqual(others, []);
    assert.equal(found?.slot, "codex-1");
    assert.deepEqual(found?.kept, { ...kept, thread: "t-2", more: "" });
    assert.deepEqual(found?.pids(), view.pids());
    assert.deepEqual(found?.attach, view.attach);
  });

  test("is found with nothing kept where somebody has written over it", async () => {
    await using scratch = await openScratchTmux();
    const { pane } = await openView(
      scratch.server,
      requestOf(scratch, { kept: { a: "b" } }),
      parts,
    );
    for (const text of ['{"a": ', "[]", '{"a":1}', "null"]) {
      await pane.setOption("kept", text);
      const [found] = await findViews(scratch.server, parts);
      assert.deepEqual([found?.slot, found?.kept], ["codex-1", {}]);
    }
  });

  test("is of one project and one kind, and no window of the terminal driver", async () => {
    await using scratch = await openScratchTmux();
    await openView(scratch.server, requestOf(scratch), parts);
    await openView(scratch.server, requestOf(scratch), { ...parts, kind: "opencode" });
    await openView(scratch.server, requestOf(scratch), { ...parts, project: "other" });
    await openView(scratch.server, requestOf(scratch, { slot: "codex-2" as SlotId }), parts);
    const slots = (found: readonly ViewWindow[]) => found.map(({ slot }) => slot);
    assert.deepEqual(slots(await findViews(scratch.server, parts)), ["codex-1", "codex-2"]);
    const second = await findViews(scratch.server, parts, "codex-2" as SlotId);
    assert.deepEqual(slots(second), ["codex-2"]);
    assert.deepEqual(await scratch.server.find("project", "p"), []);
    assert.equal((await scratch.server.windows()).length, 4);
  });

  test("leads a person to it", async () => {
    await using scratch = await openScratchTmux();
    const { attach } = await openView(scratch.server, requestOf(scratch), parts);
    const { socket, session, window } = attach;
    assert.deepEqual(socket, ["-S", scratch.socket]);
    const listed = await scratch.tmux("list-windows", "-t", `=${session}`, "-F", "#{window_id}");
    assert(listed.split("\n").includes(window));
  });

  test("has the environment that was asked for, and the terminal of its own", async () => {
    await using scratch = await openScratchTmux();
    const env = { ...scratch.env, MINE: "a b", TERM: "dumb", TMUX: "/elsewhere", NONE: undefined };
    const file = path.join(scratch.directory, "seen");
    const command = ["sh", "-c", 'echo "$MINE|$TERM|$NONE" > seen; exec cat'] as const;
    await openView(scratch.server, requestOf(scratch, { command, env }), parts);
    await untilTrue(async () => (await readFile(file, "utf8").catch(() => "")).endsWith("\n"));
    assert.match(await readFile(file, "utf8"), /^a b\|(?:tmux|screen)[^|]*\|\n$/);
  });

  test("tells the end of its program, also to a temoin that came after it", async () => {
    await using scratch = await openScratchTmux();
    const command = ["sh", "-c", "echo; echo no port left; exit 3"] as const;
    const view = await openView(scratch.server, requestOf(scratch, { command }), parts);
    assert.equal(await view.over, "its program ended with 3");
    assert.deepEqual(await view.words(), ["no port left"]);
    await scratch.leave();
    const [found] = await findViews(await scratch.join(), parts);
    assert.equal(await found?.over, "its program ended with 3");
  });

  test("tells that its program is not there", async () => {
    await using scratch = await openScratchTmux();
    const command = ["no-such-program-here"] as const;
    const view = await openView(scratch.server, requestOf(scratch, { command }), parts);
    assert.equal(await view.over, "its program ended with 127");
    assert.match((await view.words()).at(-1) ?? "", /not found/);
  });

  test("is given another program in the same place, and ends the one before with its daemon", async () => {
    await using scratch = await openScratchTmux();
    const env = { ...scratch.env, VIEW_TEST: scratch.socket };
    const command = ["sh", "-c", "trap '' HUP; setsid sleep 600 & echo one; cat"] as const;
    const view = await openView(scratch.server, requestOf(scratch, { command, env }), parts);
    await view.keep({ thread: "t-1" });
    await untilTrue(() => findByEnvironment("VIEW_TEST", scratch.socket).length >= 4);
    const before = view.pids();
    const { window } = view.pane;
    const again = ["sh", "-c", "echo $MORE; exec cat"] as const;
    await view.restart({ cwd: "/", command: again, env: { ...env, MORE: "two" } });
    assert.deepEqual(before.filter(findProcess), []);
    assert.equal(view.pane.window, window);
    await untilTrue(async () => (await view.words()).at(-1) === "two");
    const isOver = await Promise.race([view.over, Promise.resolve("it runs")]);
    assert.equal(isOver, "it runs");
    await scratch.leave();
    const [found] = await findViews(await scratch.join(), parts);
    assert.deepEqual(found?.kept, { thread: "t-1" });
    await found?.close();
    assert.deepEqual(findByEnvironment("VIEW_TEST", scratch.socket), []);
  });

  test("is given another program also when its own has ended, and tells the end of that one", async () => {
    await using scratch = await openScratchTmux();
    const view = await openView(scratch.server, requestOf(scratch, { command: ["false"] }), parts);
    assert.equal(await view.over, "its program ended with 1");
    await view.restart({ cwd: "/", command: ["sh", "-c", "read x; exit 4"], env: scratch.env });
    const isOver = await Promise.race([view.over, Promise.resolve("it runs")]);
    assert.equal(isOver, "it runs");
    assert.equal(view.pane.exitCode, null);
    await view.pane.keys("Enter");
    assert.equal(await view.over, "its program ended with 4");
  });

  test("that is gone cannot be given another program", async () => {
    await using scratch = await openScratchTmux();
    const view = await openView(scratch.server, requestOf(scratch), parts);
    await scratch.tmux("kill-window", "-t", view.pane.window);
    await view.over;
    const again = view.restart({ cwd: "/", command: ["cat"], env: scratch.env });
    await assert.rejects(again, /window @\d+ cannot be/);
  });

  test("that a person closes is told to be over", async () => {
    await using scratch = await openScratchTmux();
    const view = await openView(scratch.server, requestOf(scratch), parts);
    await scratch.tmux("kill-window", "-t", view.pane.window);
    assert.equal(await view.over, "its window was closed");
    assert.deepEqual(await view.words(), []);
    await view.close();
  });

  test("is closed with a daemon that has left its terminal, also when it is found again", async () => {
    await using scratch = await openScratchTmux();
    const command = ["sh", "-c", "trap '' HUP; setsid sleep 600 & exec cat"] as const;
    const env = { ...scratch.env, VIEW_TEST: scratch.socket };
    await openView(scratch.server, requestOf(scratch, { command, env }), parts);
    await untilTrue(() => findByEnvironment("VIEW_TEST", scratch.socket).length >= 3);
    const pids = findByEnvironment("VIEW_TEST", scratch.socket).map((row) => row.pid);
    const [found] = await findViews(scratch.server, parts);
    assert.deepEqual(
      pids.filter((pid) => !found?.pids().includes(pid)),
      [],
    );
    await found?.close();
    await found?.close();
    assert.deepEqual(pids.filter(findProcess), []);
    assert.deepEqual(await findViews(scratch.server, parts), []);
  });
});
