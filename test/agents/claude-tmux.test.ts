/** The driver `claude` in a window, over the real Claude Code. */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { claudeKind } from "../../src/agents/claude/claude-tmux.ts";
import { binDir } from "../../src/app/drivers.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { testQueue } from "./queue.ts";
import { RealStage, type RealStageOptions } from "./tmux-stage.ts";

function open(options: Partial<RealStageOptions> = {}): Promise<RealStage> {
  const isRoot = process.getuid?.() === 0;
  return RealStage.open({
    kind: "claude",
    driverOf: (terminal) =>
      terminal.driverOf(claudeKind({ clock: systemClock, isRoot, binDir, root: "/" })),
    ...options,
  });
}
const settingsFile = (real: RealStage) => path.join(real.launch.home, ".claude", "settings.json");

describe("Claude Code in a window", { timeout: 400_000 }, () => {
  test("takes prompts of one and sixty lines, works, tells what it has used, begins anew", async () => {
    await using real = await open();
    const at = await real.start();
    const first = await real.turn(
      "Do it. <fake>write=a.txt text={{some words}} say={{It is done.}}</fake>",
      "task",
    );
    assert.deepEqual(
      [first.end, first.says, first.source],
      [{ result: "completed" }, "It is done.", "hook"],
    );
    assert.equal(await real.stage.readFile("a.txt"), "some words\n");
    const lines = Array.from({ length: 60 }, (_, n) => `${n}: café – “quoted” 日本語 $HOME`);
    const long = `${lines.join("\n")}\n<fake>say={{Second.}}</fake>`;
    assert.equal((await real.turn(long)).says, "Second.");
    const third = await real.turn("Anew. <fake>say={{Third.}}</fake>", "task");
    assert.equal(third.says, "Third.");
    const main = real.server.log.main;
    assert.equal(main.length, 4);
    assert.equal(main[2]?.prompt, long);
    const sessions = main.map(({ session }) => session);
    assert.deepEqual([sessions[1], sessions[2]], [sessions[0], sessions[0]]);
    assert.notEqual(sessions[3], sessions[0]);
    const log = await readFile(real.stage.logFile, "utf8");
    assert.equal(log.match(/accepted: it says that it has the prompt/g)?.length, 3, log);
    const usage = at.events.flatMap((event) => (event.type === "usage" ? event.usage : []));
    assert((usage.at(-1)?.context?.size ?? 0) >= 200_000);
    assert((usage.at(-1)?.inputTokens ?? 0) >= (usage.at(-1)?.context?.used ?? Infinity));
    assert(usage.every(({ costUsd }) => costUsd !== undefined));
  });

  test("asks by its hooks, is answered by them, and by whoever is first at the keys", async () => {
    await using real = await open({ autonomy: "ask" });
    const at = await real.start();
    const n = await real.send(
      "Do it. <fake>write=a.txt text=yes run={{touch zz}} ask={{Which colour?}} choices=Red,Blue run={{touch keys}} say={{It is done.}}</fake>",
    );
    const file = await at.event("ask");
    assert.deepEqual([file.source, file.ask.choices], ["hook", ["Yes", "No"]]);
    await at.shows(real.window, /Do you want to create a\.txt/);
    assert((await at.session.answer?.(file.ask.id, { choice: "Yes" }))?.accepted);
    const command = await at.event("ask", ({ ask }) => ask.says.includes("touch zz"));
    assert((await at.session.answer?.(command.ask.id, { text: "Leave zz alone" }))?.accepted);
    const question = await at.event("ask", ({ ask }) => ask.kind === "question");
    assert.deepEqual(question.ask.choices, ["Red", "Blue"]);
    await at.shows(real.window, /Enter to select/);
    assert((await at.session.answer?.(question.ask.id, { choice: "Blue" }))?.accepted);
    const last = await at.event("ask", ({ ask }) => ask.says.includes("touch keys"));
    await at.shows(real.window, /Do you want to proceed/);
    await at.tmux("send-keys", "-t", real.window, "1");
    await at.event("ask_closed", ({ askId }) => askId === last.ask.id);
    assert.equal((await at.session.answer?.(last.ask.id, { choice: "No" }))?.accepted, false);
    assert.deepEqual((await at.turn(n)).end, { result: "completed" });
    assert.equal(await real.stage.readFile("a.txt"), "yes\n");
    assert.equal(await real.stage.readFile("keys"), "");
    await assert.rejects(real.stage.readFile("zz"));
    assert.equal(at.types().filter((type) => type === "ask").length, 4);
    const log = await readFile(real.stage.logFile, "utf8");
    assert.match(log, /Leave zz alone/);
    assert.match(log, /Which colour\? → Blue/);
    // Esc in the window: no hook tells of it.
    const again = await real.send("Again. <fake>run={{touch late}}</fake>");
    await at.event("ask", ({ ask }) => ask.says.includes("touch late"));
    await at.shows(real.window, /Do you want to proceed/);
    await at.tmux("send-keys", "-t", real.window, "Escape");
    assert.deepEqual((await at.turn(again)).end, { result: "interrupted" });
  });

  test("edits without asking where it may, and is answered at once where root may not skip", async () => {
    await using edits = await open({ autonomy: "edits" });
    const at = await edits.start();
    const n = await edits.send(
      "Do it. <fake>write=a.txt text=yes run={{python3 -c 1; date > d}}</fake>",
    );
    const { ask } = await at.event("ask");
    assert.match(ask.says, /date > d/);
    assert((await at.session.answer?.(ask.id, { choice: "Yes" }))?.accepted);
    assert.deepEqual((await at.turn(n)).end, { result: "completed" });
    assert.equal(at.types().filter((type) => type === "ask").length, 1);
    await using full = await open({ launch: { env: { IS_SANDBOX: "" } } });
    await full.start();
    await full.turn("Do it. <fake>write=b.txt text=yes run={{date > d}}</fake>");
    assert.equal(await full.stage.readFile("b.txt"), "yes\n");
    assert(!full.at.types().includes("ask"));
  });

  test("is interrupted, killed, and takes the next prompt all the same", async () => {
    await using real = await open();
    const at = await real.start();
    const n = await real.send("Go. <fake>sleep=60</fake>");
    await at.event("activity", ({ says }) => says.includes("sleep"));
    await at.session.interrupt();
    assert.deepEqual((await at.turn(n)).end, { result: "interrupted" });
    assert.equal((await real.turn("Go on. <fake>say={{Here.}}</fake>")).says, "Here.");
    const m = await real.send("Go. <fake>sleep=61</fake>");
    await at.event("activity", ({ says }) => says.includes("sleep 61"));
    real.kill();
    const { end } = await at.turn(m);
    assert(end.result === "failed" && /SIGKILL/.test(end.why), JSON.stringify(end));
    assert.equal((await real.turn("Go on. <fake>say={{Anew.}}</fake>")).says, "Anew.");
  });

  test("keeps the hooks and the status line of the person's own, and writes none of its settings", async () => {
    await using real = await open();
    const seen = path.join(real.launch.home, "seen");
    const hook = (name: string) => [
      { hooks: [{ type: "command", command: `echo ${name} >> ${seen}` }] },
    ];
    const own = JSON.stringify({
      skipDangerousModePermissionPrompt: true,
      hooks: { Stop: hook("stop"), UserPromptSubmit: hook("prompt") },
      statusLine: { type: "command", command: "echo the person\\'s own line" },
    });
    await writeFile(settingsFile(real), own);
    const at = await real.start();
    assert.equal((await real.turn("Go. <fake>say={{Done.}}</fake>")).source, "hook");
    await at.shows(real.window, /the person's own line/);
    assert.equal(await readFile(seen, "utf8"), "prompt\nstop\n");
    assert.equal(await readFile(settingsFile(real), "utf8"), own);
  });

  test("goes on where a hook of the person's own keeps it from ending", async () => {
    await using real = await open();
    const once = path.join(real.launch.home, "once");
    const block = JSON.stringify({
      decision: "block",
      reason: "<fake>say={{Really done.}}</fake>",
    });
    const command = `if mkdir ${once}; then echo '${block}'; fi`;
    const hooks = { Stop: [{ hooks: [{ type: "command", command }] }] };
    const own = { skipDangerousModePermissionPrompt: true, hooks };
    await writeFile(settingsFile(real), JSON.stringify(own));
    await real.start();
    const { says } = await real.turn(
      "Go. <fake>say={{Done.}} next say={{Really done.}} delay=1500</fake>",
    );
    assert.equal(real.server.log.main.length, 2);
    assert.equal(says, "Really done.");
  });

  test("is read from its screen alone where hooks are switched off", async () => {
    await using real = await open({ autonomy: "ask" });
    const own = { skipDangerousModePermissionPrompt: true, disableAllHooks: true };
    await writeFile(settingsFile(real), JSON.stringify(own));
    const at = await real.start();
    const n = await real.send("Go. <fake>run={{touch a}} say={{Done.}}</fake>");
    const { ask, source } = await at.event("ask");
    assert.equal(source, "screen");
    assert((await at.session.answer?.(ask.id, { choice: "Yes" }))?.accepted);
    const { end, source: by } = await at.turn(n);
    assert.deepEqual([end, by], [{ result: "completed" }, "screen"]);
  });

  test("tells why it cannot be used, and what helps", async () => {
    await using real = await open({ launch: { asks: ["login"] } });
    await assert.rejects(real.start(), (error: Error & { hint?: string }) => {
      assert.match(`${error.message} ${error.hint}`, /log in/);
      return true;
    });
    await using root = await open({
      args: ["--dangerously-skip-permissions"],
      launch: { env: { IS_SANDBOX: "" } },
    });
    await assert.rejects(root.start(), (error: Error & { hint?: string }) => {
      assert.match(`${error.message} ${error.hint}`, process.getuid?.() === 0 ? /IS_SANDBOX/ : /./);
      return true;
    });
  });
});

testQueue("driver claude, in a window", {
  kind: "claude",
  agent: { driver: "claude", transport: "tmux" },
});
