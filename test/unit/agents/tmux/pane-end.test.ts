/** How a program comes to its window, and how its end is told: whole, once, and with its code. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Pane } from "../../../../src/agents/tmux/tmux.ts";
import { findByEnvironment } from "../../../../src/lib/process-tree.ts";
import { followPane, openScratchTmux, type ScratchTmux, untilTrue } from "../../../scratch-tmux.ts";

describe("a program in a window", () => {
  let scratch: ScratchTmux;

  before(async () => {
    scratch = await openScratchTmux();
  });
  after(() => scratch[Symbol.asyncDispose]());

  const isListed = async (pane: Pane) => {
    const listed = await scratch.tmux("list-windows", "-F", "#{window_id}");
    return listed.split("\n").includes(pane.window);
  };
  const openShell = (script: string) => scratch.open(["sh", "-c", script]);

  test("is told to have ended with its code, after all of its last output", async () => {
    const panes = await Promise.all(
      Array.from({ length: 10 }, (_, at) => openShell(`seq 1 3000; echo LAST; exit ${at}`)),
    );
    for (const [at, pane] of panes.entries()) {
      assert.equal((await followPane(pane).first("exited")).exitCode, at);
      assert.equal(pane.exitCode, at);
      const { lines, title } = await pane.capture();
      assert.deepEqual(lines.filter((line) => line !== "").slice(-2), ["3000", "LAST"]);
      assert.equal(title, null);
    }
  });

  test("that a signal has ended is told by 128 and the signal", async () => {
    const pane = await openShell("kill -KILL $$");
    assert.equal((await followPane(pane).first("exited")).exitCode, 137);
  });

  test("that ^C has ended leaves its window", async () => {
    const pane = await openShell("echo up; exec sleep 600");
    const log = followPane(pane);
    await log.first("output");
    await pane.keys("C-c");
    assert.equal((await log.first("exited")).exitCode, 130);
    assert.equal((await pane.capture()).lines[0], "up");
  });

  test("is heard to end although it has left a sequence open", async () => {
    for (const open of ["]0;x", "Pq", "P\\033", "[?20", "_x", ""]) {
      const pane = await openShell(`printf '\\033${open}'; exit 9`);
      assert.equal((await followPane(pane).first("exited")).exitCode, 9, open);
      // For a later temoin, which has nothing but what tmux has understood.
      const shown = await scratch.tmux("display-message", "-p", "-t", pane.id, "#{pane_title}");
      assert.match(shown, /^temoin-end:[0-9a-f]+:9\n$/, open);
    }
  });

  test("cannot tell its own end, since it does not know the word", async () => {
    const pane = await openShell("printf '\\033]2;temoin-end:abc:0\\007'; exit 5");
    assert.equal((await followPane(pane).first("exited")).exitCode, 5);
  });

  test("that is not there ends with 127; a directory that is not there, with 126", async () => {
    const missing = await scratch.open(["no-such-program"]);
    assert.equal((await followPane(missing).first("exited")).exitCode, 127);
    const nowhere = await scratch.open(["touch", path.join(scratch.directory, "ran")], {
      cwd: path.join(scratch.directory, "nowhere"),
    });
    assert.equal((await followPane(nowhere).first("exited")).exitCode, 126);
    assert(!existsSync(path.join(scratch.directory, "ran")));
    assert.match((await nowhere.capture()).lines.join("\n"), /nowhere/);
  });

  test("is started in its directory, and nothing of any name is carried out", async () => {
    const name = "#(touch evil) $(touch evil) ; touch evil ' \" \\ ä";
    const cwd = path.join(scratch.directory, name);
    await mkdir(cwd);
    const pane = await scratch.open(["sh", "-c", "pwd > where"], {
      name,
      cwd,
      options: { task: name },
    });
    await followPane(pane).first("exited");
    assert.equal(readFileSync(path.join(cwd, "where"), "utf8"), `${cwd}\n`);
    assert.equal(await pane.option("task"), name);
    await scratch.tmux("list-windows", "-F", "#W");
    for (const place of [cwd, scratch.directory]) assert(!existsSync(path.join(place, "evil")));
  });

  test("has exactly the variables that it was given, whatever and however much they hold", async () => {
    const env = {
      EMPTY: "",
      QUOTES: "' \" ` \\ ;",
      LINES: "a\nb\r\n\tc\n",
      NAMES: "$HOME #{pid} #(id) ~ %0 -x",
      LETTERS: "ä 漢 🙂",
      BIG: "0123456789;$#'\"\\\n\tabc".repeat(500).slice(0, 8 * 1024),
    };
    const file = path.join(scratch.directory, "env");
    const command = ["sh", "-c", 'env -0 > "$0"', file] as const;
    const pane = await scratch.open(command, { env });
    await followPane(pane).first("exited");
    const found = Object.fromEntries(
      readFileSync(file, "utf8")
        .split("\0")
        .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
    );
    for (const [name, value] of Object.entries(env)) assert.equal(found[name], value, name);
    assert.equal(found["COLORTERM"], "truecolor");
  });

  test("gets its arguments as they are", async () => {
    const args = ["", "a b", "-x", ";", "\\;", "#{pid}", "$HOME", "a\nb", "'\"", "ä"];
    const file = path.join(scratch.directory, "args");
    const script = 'printf "%s\\0" "$@" > "$0"';
    const pane = await scratch.open(["sh", "-c", script, file, ...args]);
    await followPane(pane).first("exited");
    assert.deepEqual(readFileSync(file, "utf8").split("\0").slice(0, -1), args);
  });

  test("is ended with its window, a daemon and one that ignores SIGTERM included", async () => {
    const pane = await openShell(
      "setsid sleep 600 & (trap '' TERM HUP; sleep 600; sleep 600) & echo up; wait",
    );
    const log = followPane(pane);
    await log.first("output");
    const word = (await pane.option("word")) ?? assert.fail("no word");
    const family = () => findByEnvironment("TEMOIN_WINDOW", word);
    await untilTrue(() => family().filter((row) => row.name === "sleep").length === 2);
    await pane.close();
    assert.deepEqual(family(), []);
    assert.equal((await log.first("gone")).why, "its window was closed");
    assert.equal(await isListed(pane), false);
    // Once more is no harm, nor is it to one whose wrapper is not there any more.
    await pane.close();
  });

  test("whose wrapper was killed is told to be gone, and is ended by closing all the same", async () => {
    const pane = await openShell("trap '' HUP; echo up; while :; do sleep 600; done");
    const log = followPane(pane);
    await log.first("output");
    const word = (await pane.option("word")) ?? assert.fail("no word");
    process.kill(pane.pid, "SIGKILL");
    assert.equal((await log.first("gone")).why, "its window has died");
    assert.notDeepEqual(findByEnvironment("TEMOIN_WINDOW", word), []);
    await pane.close();
    assert.deepEqual(findByEnvironment("TEMOIN_WINDOW", word), []);
    assert.equal(await isListed(pane), false);
  });

  test("whose wrapper was killed is put to rest: tmux may have missed its end, and is told to look", async (t) => {
    const pane = await openShell("echo up; exec sleep 600");
    const log = followPane(pane);
    await log.first("output");
    process.kill(pane.pid, "SIGKILL");
    // It misses one in ten by chance: what it is told is all that can be seen each time.
    const kills = t.mock.method(process, "kill");
    await log.first("gone");
    const told = kills.mock.calls.map(({ arguments: told }) => told);
    assert.deepEqual(told, [[scratch.server.pid, "SIGCHLD"]]);
    const signal = async () => scratch.tmux("display", "-p", "-t", pane.id, "#{pane_dead_signal}");
    await untilTrue(async () => (await signal()).trim() === "9");
    await pane.close();
  });
});
