/** What is pasted, typed and pressed: each byte of it reaches the program, or none. */

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Pane } from "../../../../src/agents/tmux/tmux.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { identify, isAlive } from "../../../../src/lib/process-table.ts";
import {
  followPane,
  openScratchTmux,
  type PaneLog,
  type ScratchTmux,
  untilTrue,
} from "../../../scratch-tmux.ts";

const recorder = path.join(import.meta.dirname, "record-input.ts");
const lines = (count: number) =>
  Array.from({ length: count }, (_, at) => `line ${at + 1} of ${count}`).join("\n");

const texts: Readonly<Record<string, string>> = {
  "one line": "Fix the parser",
  "60 lines": lines(60),
  "8 KiB": "0123456789abcdef".repeat(512),
  "60 KiB": lines(4_000).slice(0, 60 * 1024),
  "letters of all kinds": "Grüße, e\u0301 ñ 漢字 🙂 👩‍👩‍👧 \u200b עברית",
  "names of keys": "Enter\nC-c Escape C-c",
  "an end in ;": "do this;",
  "an end in \\;": "do this\\;",
  "a begin with -": "-t x --help",
  "tabs and trailing blanks": "\ta\t b \n\n  c  ",
  "words of tmux": "#{pid} $HOME ; kill-server \" ' ~ #(id) %0",
};

describe("a program that takes a paste", () => {
  let scratch: ScratchTmux;
  let pane: Pane;
  let log: PaneLog;
  let file: string;
  let seen = 0;

  before(async () => {
    scratch = await openScratchTmux();
    file = path.join(scratch.directory, "input");
    pane = await scratch.open([process.execPath, recorder, file]);
    log = followPane(pane);
    await log.first("title", ({ title }) => title === "read 0");
  });
  after(() => scratch[Symbol.asyncDispose]());

  /** What it has read since the last call, when that is so much. */
  async function read(bytes: number): Promise<string> {
    const from = seen;
    seen += bytes;
    await log.first("title", ({ title }) => Number(title.slice("read ".length)) >= seen);
    return readFileSync(file).subarray(from).toString("utf8");
  }

  for (const [what, text] of Object.entries(texts)) {
    test(`is pasted exactly: ${what}`, async () => {
      const expected = `\u001b[200~${text}\u001b[201~`;
      assert.deepEqual(await pane.paste(text), { done: true });
      assert.equal(await read(Buffer.byteLength(expected)), expected);
    });
  }

  for (const what of [
    "letters of all kinds",
    "8 KiB",
    "an end in \\;",
    "a begin with -",
    "words of tmux",
  ]) {
    const text = texts[what] ?? assert.fail(what);
    test(`is typed to exactly: ${what}`, async () => {
      assert.deepEqual(await pane.type(text), { done: true });
      assert.equal(await read(Buffer.byteLength(text)), text);
    });
  }

  test("gets keys by their names, several in order", async () => {
    assert.deepEqual(await pane.keys("Escape", "Enter", "C-c", "Down", "Tab", "x"), { done: true });
    const expected = "\u001b\r\u0003\u001b[B\tx";
    assert.equal(await read(expected.length), expected);
    await assert.rejects(pane.keys("-X"), /no name of a key/);
  });

  test("gets what comes after a person has scrolled, who is brought back first", async () => {
    await scratch.tmux("copy-mode", "-t", pane.id);
    const inMode = () => scratch.tmux("display-message", "-p", "-t", pane.id, "#{pane_in_mode}");
    assert.equal(await inMode(), "1\n");
    assert.deepEqual(await pane.paste("hello"), { done: true });
    assert.equal(await inMode(), "0\n");
    await scratch.tmux("copy-mode", "-t", pane.id);
    assert.deepEqual(await pane.keys("q"), { done: true });
    const expected = "\u001b[200~hello\u001b[201~q";
    assert.equal(await read(expected.length), expected);
  });

  test("leaves no copy of what was pasted, in a file or in tmux", async () => {
    const { TMPDIR } = process.env;
    const own = path.join(scratch.directory, "tmp");
    mkdirSync(own);
    process.env["TMPDIR"] = own;
    try {
      await pane.paste("secret");
    } finally {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
    }
    await read("\u001b[200~secret\u001b[201~".length);
    assert.equal(await scratch.tmux("list-buffers"), "");
    assert.deepEqual(readdirSync(own), []);
  });
});

test("several lines are refused to a program that takes no paste; one line is not", async () => {
  await using scratch = await openScratchTmux();
  const pane = await scratch.open(["sh", "-c", 'read line; printf "\\033]9;%s\\007" "$line"']);
  const log = followPane(pane);
  const refused = await pane.paste("rm -r x\ny");
  assert(!refused.done);
  assert.match(refused.why, /takes no paste/);
  assert.deepEqual(await pane.paste("one line"), { done: true });
  assert.deepEqual(await pane.keys("Enter"), { done: true });
  assert.equal((await log.first("osc")).data, "one line");
});

test("nothing is put in after the program has ended, and the server lives", async () => {
  await using scratch = await openScratchTmux();
  const pane = await scratch.open(["sh", "-c", "printf '\\033[?2004h'; exit 4"]);
  await followPane(pane).first("exited");
  const expected = { done: false, why: "the program has ended with 4" };
  assert.deepEqual(await pane.paste("a\nb"), expected);
  assert.deepEqual(await pane.keys("Enter"), expected);
  assert.deepEqual(await pane.type("/exit"), expected);
  assert.equal(await scratch.tmux("list-buffers"), "");
  assert.doesNotMatch((await pane.capture()).lines.join(""), /exit/);
});

test("a paste into a window that is dying takes neither the server nor a neighbour down", async () => {
  await using scratch = await openScratchTmux();
  const server = identify(scratch.server.pid) ?? assert.fail("no server");
  const program = ["sh", "-c", "printf '\\033[?2004h'; exec cat"] as const;
  const neighbour = await scratch.open(program);
  const opened = await Promise.all(Array.from({ length: 20 }, () => scratch.open(program)));
  await Promise.all(opened.map((pane) => followPane(pane).first("mode")));
  for (const [at, pane] of opened.entries()) {
    // The wrapper too: this is a dead pane, which a paste takes a tmux 3.3a down with.
    process.kill(-pane.pid, "SIGKILL");
    await systemClock.until(systemClock.now() + (at % 6));
    await pane.paste("a\nb");
  }
  // All of them surely dead by now.
  await untilTrue(async () => {
    const dead = await scratch.tmux("list-panes", "-s", "-F", "#{pane_dead}");
    return dead.match(/1/g)?.length === opened.length;
  });
  for (const pane of opened) assert.equal((await pane.paste("a\nb")).done, false);
  assert(isAlive(server));
  assert.deepEqual(await neighbour.paste("x\ny"), { done: true });
});

test("a window that is not there any more is told as such, and keeps no paste", async () => {
  await using scratch = await openScratchTmux();
  const pane = await scratch.open(["sh", "-c", "printf '\\033[?2004h'; exec cat"]);
  const log = followPane(pane);
  await log.first("mode");
  await scratch.tmux("kill-window", "-t", pane.window);
  await log.first("gone");
  assert.deepEqual(await pane.paste("a\nb"), { done: false, why: "its window was closed" });
  assert.equal(await scratch.tmux("list-buffers"), "");
  await assert.rejects(pane.capture(), /cannot be read: its window was closed/);
  await assert.rejects(pane.setOption("x", "y"), /cannot be read/);
});
