/** A private server: it outlives us and is found again, and its own end is told at once. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { openTmux } from "../../../../src/agents/tmux/open-tmux.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { findProcess } from "../../../../src/lib/process-table.ts";
import { followPane, openScratchTmux, type ScratchTmux, untilTrue } from "../../../scratch-tmux.ts";

const cat = ["cat"] as const;

describe("a server", () => {
  test("knows nothing of another beside it", async () => {
    await using one = await openScratchTmux();
    await using other = await openScratchTmux();
    assert.notEqual(one.server.pid, other.server.pid);
    const pane = await one.open(cat, { options: { task: "t" } });
    const neighbour = await other.open(cat, { options: { task: "t" } });
    assert.deepEqual(await one.server.find("task", "t"), [pane]);
    assert.deepEqual(await other.server.find("task", "t"), [neighbour]);
    await one.server.end();
    assert.match(await one.server.gone, /let go/);
    assert.equal((await neighbour.capture()).cols, 200);
  });

  test("of a name is reached by it, as a person would", async () => {
    await using scratch = await openScratchTmux();
    const name = `temoin-test-${process.pid}`;
    const { env } = scratch;
    const server = await openTmux({ clock: systemClock, socket: { name }, env });
    assert.deepEqual(server.socket, ["-L", name]);
    assert.equal(server.session, "temoin");
    const socket = path.join(scratch.directory, `tmux-${process.getuid?.()}`, name);
    assert(existsSync(socket));
    await server.end();
    assert(!existsSync(socket));
  });

  test("whose socket has too long a path is not started, and the person is told", async () => {
    const long = path.join("/tmp", "x".repeat(100));
    await assert.rejects(
      openTmux({ clock: systemClock, socket: { path: long }, env: process.env }),
      /too long: \/tmp\/x+\.$/,
    );
  });

  test("that cannot be started says so", async () => {
    const nowhere = { path: "/no/such/place/s" };
    await assert.rejects(
      openTmux({ clock: systemClock, socket: nowhere, env: process.env }),
      /could not be started: error creating \/no\/such\/place\/s /,
    );
  });

  test("that is killed is told to be gone at once, and its windows with it", async () => {
    await using scratch = await openScratchTmux();
    const log = followPane(await scratch.open(cat));
    process.kill(scratch.server.pid, "SIGKILL");
    assert.match(await scratch.server.gone, /ended/);
    assert.match((await log.first("gone")).why, /ended/);
    await assert.rejects(scratch.open(cat), /could not be opened/);
    await assert.rejects(scratch.server.find("task", "t"), /could not be listed/);
    // On the same socket, although that file was left.
    const next = await scratch.join();
    assert.notEqual(next.pid, scratch.server.pid);
    assert.deepEqual(await next.find("task", "t"), []);
  });

  test("opens windows although the size of all others is fixed", async () => {
    // With `window-size manual` for all of them, this takes a tmux 3.3a down.
    await using scratch = await openScratchTmux({ cols: 120, rows: 30 });
    for (let at = 0; at < 5; at += 1) await scratch.open(cat);
    await using joined = await scratch.join();
    await joined.open({ name: "x", cwd: "/", command: cat, env: {}, options: {} });
    const sizes = await scratch.tmux("list-windows", "-F", "#{window_width}x#{window_height}");
    assert.deepEqual(sizes.trim().split("\n").slice(1), Array(6).fill("120x30"));
  });

  test("keeps its windows when we let go, and another of ours finds them", async () => {
    await using scratch = await openScratchTmux();
    const options = { task: "t-1", other: "" };
    const pane = await scratch.open(["sh", "-c", "read x; exit 9"], { options });
    await scratch.open(cat, { options: { task: "t-2" } });
    await scratch.leave();
    assert.match(await scratch.server.gone, /let go/);
    await scratch.tmux("send-keys", "-t", pane.id, "Enter");
    const server = await scratch.join();
    const [found, ...more] = await server.find("task", "t-1");
    assert(found !== undefined && more.length === 0);
    assert.deepEqual([found.id, found.window, found.pid], [pane.id, pane.window, pane.pid]);
    assert.equal(await found.option("other"), "");
    assert.equal(await found.option("never"), null);
    // Ended while nobody looked, or while we were coming back: it is known either way.
    const code = found.exitCode ?? (await followPane(found).first("exited")).exitCode;
    assert.equal(code, 9);
    assert.equal(await server.find("task", "t-1").then(([again]) => again), found);
    assert.deepEqual(await server.find("task", "t"), []);
    await found.setOption("task", "done");
    assert.deepEqual(await server.find("task", "done"), [found]);
  });

  test("and all that is known of its windows outlives a temoin that is killed", async () => {
    await using scratch = await openScratchTmux();
    const script = path.join(import.meta.dirname, "open-and-wait.ts");
    const child = spawn(process.execPath, [script, scratch.socket], {
      env: { ...scratch.env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [ids] = await once(child.stdout.setEncoding("utf8"), "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const server = await scratch.join();
    const [living, ended] = await server.find("attempt", "a-1");
    assert(living !== undefined && ended !== undefined);
    assert.equal(`${living.id} ${ended.id}\n`, ids);
    assert.equal(await living.option("task"), 'tâche; "1"\n#{pid}');
    assert.deepEqual([living.takesPaste, living.exitCode], [true, null]);
    assert.deepEqual([ended.takesPaste, ended.exitCode], [false, 7]);
    const log = followPane(living);
    assert.deepEqual(await living.paste("are you\nthere?"), { done: true });
    await log.first("output");
  });

  test("tells that a person has closed a window, or the whole of it", async () => {
    await using scratch = await openScratchTmux();
    const [first, second] = [await scratch.open(cat), await scratch.open(cat)];
    const logs = [followPane(first), followPane(second)];
    await scratch.tmux("kill-window", "-t", first.window);
    assert.equal((await logs[0]?.first("gone"))?.why, "its window was closed");
    assert.deepEqual(await second.keys("x"), { done: true });
    await scratch.tmux("kill-server");
    await logs[1]?.first("gone");
    assert.match(await scratch.server.gone, /ended/);
  });

  test("keeps its windows when a session ends that a person has had beside ours", async () => {
    await using scratch = await openScratchTmux();
    const pane = await scratch.open(cat);
    const log = followPane(pane);
    await scratch.tmux("new-session", "-d", "-t", scratch.server.session, "-s", "person");
    // tmux tells of all windows of that session that they are closed.
    await scratch.tmux("kill-session", "-t", "person");
    assert.deepEqual(await pane.type("x"), { done: true });
    await log.first("output");
    assert(!log.events.some((event) => event.type === "gone"));
    await scratch.tmux("kill-window", "-t", pane.window);
    await log.first("gone");
  });

  test("ends with everything in it, daemons of its windows included", async () => {
    await using scratch = await openScratchTmux();
    const pane = await scratch.open(["sh", "-c", "setsid sleep 600 & echo $!; wait"]);
    await followPane(pane).first("output");
    const daemon = Number((await pane.capture()).lines[0]);
    await untilTrue(() => findProcess(daemon)?.name === "sleep");
    await scratch.leave();
    // By one that has not opened that window.
    await (await scratch.join()).end();
    assert.equal(findProcess(daemon), null);
  });
});

describe("a person who looks at it", () => {
  for (const flag of ["read-only", "writable"] as const) {
    test(`through a smaller terminal is listed with their window (${flag}), and resizes none`, async () => {
      await using scratch = await openScratchTmux();
      const pane = await scratch.open(cat);
      await scratch.open(cat);
      assert.deepEqual(await scratch.server.viewers(), []);
      const readOnly = flag === "read-only" ? "-r " : "";
      const attach = `stty cols 60 rows 20; exec tmux -S ${scratch.socket} attach ${readOnly}-t ${pane.id}`;
      const before = Math.floor(systemClock.now() / 1000) * 1000;
      const person = spawn("script", ["-qc", attach, "/dev/null"], {
        env: { ...scratch.env, TERM: "xterm-256color" },
        stdio: ["pipe", "pipe", "ignore"],
      });
      // The window is drawn for them.
      await once(person.stdout, "data");
      await untilTrue(async () => (await scratch.server.viewers()).length > 0);
      const [viewer] = await scratch.server.viewers();
      assert(viewer !== undefined);
      assert.deepEqual([viewer.canWrite, viewer.window], [flag === "writable", pane.window]);
      assert(viewer.lastInputAt >= before && viewer.lastInputAt <= systemClock.now());
      const later = await scratch.open(cat);
      for (const each of [pane, later]) {
        const { cols, rows } = await each.capture();
        assert.deepEqual([cols, rows], [200, 50]);
      }
      const gone = once(person, "close");
      await scratch.tmux("detach-client", "-t", await ttyOf(scratch));
      await gone;
      assert.deepEqual(await scratch.server.viewers(), []);
    });
  }
});

/** Of the only client that has a terminal. */
async function ttyOf(scratch: ScratchTmux): Promise<string> {
  const listed = await scratch.tmux("list-clients", "-F", "#{client_tty}");
  return listed.split("\n").find((tty) => tty !== "") ?? assert.fail("nobody looks");
}
