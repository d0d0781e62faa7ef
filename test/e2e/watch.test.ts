import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { PersonTerminal } from "./person-terminal.ts";
import { openScratch } from "./scratch-project.ts";

const temoin = path.join(import.meta.dirname, "..", "..", "bin", "temoin");

test("watch fills the terminal, follows what happens and its size, and leaves it as it was", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await using terminal = await PersonTerminal.open(scratch, [
    ...["sh", "-c", 'echo before; "$0" watch --interval 1h', temoin],
  ]);
  await terminal.shows(/^No run has begun yet\.\ntasks: none/);
  assert.equal(await terminal.ask("#{alternate_on} #{cursor_flag}"), "1 0");
  await scratch.temoin("add", `Mend it \u001b]0;stolen\u0007${"long ".repeat(40)}`);
  await terminal.shows(/tasks: 1 queued[\s\S]*next\n {2}T-1 {2}medium {2}any {2}Mend it/);
  assert.notEqual(await terminal.ask("#{pane_title}"), "stolen");
  await terminal.resize({ cols: 30, rows: 6 });
  await terminal.shows(/^(?=(?:.{0,30}\n){6}$)[\s\S]*T-1 {2}medium {2}any {2}Mend.*…/);
  await terminal.resize({ cols: 100, rows: 30 });
  await terminal.keys("x", "q");
  await terminal.shows(/^before\nended: 0/);
  assert.equal(await terminal.ask("#{alternate_on} #{cursor_flag}"), "0 1");
});

test("watch is left by Ctrl-C too, and ended by a signal", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await using terminal = await PersonTerminal.open(scratch, [temoin, "watch"]);
  await terminal.shows(/No run has begun/);
  await terminal.keys("C-c");
  await terminal.shows(/^ended: 130/);
  await using other = await PersonTerminal.open(scratch, [
    ...["sh", "-c", 'echo "pid $$"; exec "$0" watch', temoin],
  ]);
  const [, pid = ""] = /pid (\d+)/.exec(await other.shows(/pid \d+|No run/)) ?? [];
  await other.shows(/No run has begun/);
  assert.notEqual(pid, "");
  process.kill(Number(pid), "SIGTERM");
  await other.shows(/pid \d+\nended: 143/);
  assert.equal(await other.ask("#{alternate_on} #{cursor_flag}"), "0 1");
});

test("watch without a terminal prints once, and as JSON one object for each change", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await scratch.temoin("add", "One");
  const once = await scratch.temoin("watch");
  assert.equal(once.code, 0);
  assert.match(once.stdout, /^No run has begun yet\.\ntasks: 1 queued\n\nnext\n {2}T-1/);
  assert.equal((await scratch.json("watch", "--once")).tasks.queued, 1);
  const child = scratch.startTemoin("watch", "--json");
  const ended = scratch.ended(child);
  const lines: string[] = [];
  let text = "";
  const told = Promise.withResolvers<void>();
  child.stdout?.on("data", (part: string) => {
    text += part;
    lines.splice(0, lines.length, ...text.split("\n").slice(0, -1));
    if (lines.length === 1) scratch.temoin("add", "Two").catch(told.reject);
    if (lines.length >= 2) told.resolve();
  });
  await told.promise;
  child.kill("SIGTERM");
  assert.equal((await ended).code, 143);
  const [first, second] = lines.map((line) => JSON.parse(line));
  assert.deepEqual([first.schema, first.tasks.queued, second.tasks.queued], [1, 1, 2]);
  assert.deepEqual(second.lines, []);
});
