/** The driver `gemini` in a window, over the real Gemini CLI. */

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { geminiKind } from "../../src/agents/gemini/gemini-tmux.ts";
import { binDir } from "../../src/app/drivers.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { testQueue } from "./queue.ts";
import { RealStage, type RealStageOptions } from "./tmux-stage.ts";

function open(options: Partial<RealStageOptions> = {}): Promise<RealStage> {
  return RealStage.open({
    kind: "gemini",
    driverOf: (terminal) =>
      terminal.driverOf(geminiKind({ clock: systemClock, binDir, root: "/" })),
    ...options,
  });
}

describe("Gemini CLI in a window", { timeout: 400_000 }, () => {
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
    const usage = at.events.flatMap((event) => (event.type === "usage" ? event.usage : []));
    assert((usage.at(-1)?.inputTokens ?? 0) > 1_000);
    assert((usage.at(-1)?.context?.used ?? 0) > 1_000);
    assert.equal((await real.turn("Anew. <fake>say={{Third.}}</fake>", "task")).says, "Third.");
    assert.equal(real.server.log.main.length, 4);
    assert.equal(real.server.log.main[2]?.prompt, long);
    // A conversation that is empty again is smaller than the one before.
    const [, , before = 0, after = before] = real.server.log.main.map(({ bytes }) => bytes);
    assert(after < before, `${after} of ${before}`);
    const log = await readFile(real.stage.logFile, "utf8");
    assert.equal(log.match(/accepted: it says that it has the prompt/g)?.length, 3, log);
  });

  test("asks at its dialogs, and is answered by keys that are seen to be taken", async () => {
    const env = { GEMINI_CLI_TRUST_WORKSPACE: "true" };
    await using real = await open({ autonomy: "ask", launch: { env } });
    const at = await real.start();
    const n = await real.send(
      "Do it. <fake>write=a.txt text=yes run={{touch zz}} say={{It is done.}}</fake>",
    );
    const { ask } = await at.event("ask");
    assert((await at.session.answer?.(ask.id, { choice: "Allow once" }))?.accepted);
    const command = await at.event("ask", (event) => event.ask.id !== ask.id);
    await at.tmux("send-keys", "-t", real.window, "1");
    await at.event("ask_closed", ({ askId }) => askId === command.ask.id);
    assert.deepEqual((await at.turn(n)).end, { result: "completed" });
    assert.equal(await real.stage.readFile("a.txt"), "yes\n");
    await at.event("state", ({ because }) =>
      because.some(({ says }) => says.startsWith("Notification: ")),
    );
    // Esc at a dialog: no hook tells of it.
    const again = await real.send("Again. <fake>run={{touch late}}</fake>");
    const ids = [ask.id, command.ask.id];
    await at.event("ask", (event) => !ids.includes(event.ask.id));
    await at.tmux("send-keys", "-t", real.window, "Escape");
    assert.deepEqual((await at.turn(again)).end, { result: "interrupted" });
  });

  test("is interrupted, killed, and takes the next prompt all the same", async () => {
    await using real = await open();
    const at = await real.start();
    const n = await real.send("Go. <fake>sleep=60</fake>");
    await at.event("activity", ({ says }) => says.includes("sleep 60"));
    await at.session.interrupt();
    assert.deepEqual((await at.turn(n)).end, { result: "interrupted" });
    assert.equal((await real.turn("Go on. <fake>say={{Here.}}</fake>")).says, "Here.");
    const m = await real.send("Go. <fake>sleep=61</fake>");
    await at.event("activity", ({ says }) => says.includes("sleep 61"));
    real.kill();
    const { end } = await at.turn(m);
    assert.equal(end.result, "failed");
    assert.equal((await real.turn("Go on. <fake>say={{Anew.}}</fake>")).says, "Anew.");
  });

  test("keeps the settings and hooks of the person's own, and writes none of their files", async () => {
    await using real = await open();
    const folder = path.join(real.launch.home, ".gemini");
    const file = path.join(folder, "settings.json");
    const seen = path.join(real.launch.home, "seen");
    const hook = [{ hooks: [{ type: "command", command: `echo seen >> ${seen}` }] }];
    const own = { ...JSON.parse(await readFile(file, "utf8")), hooks: { AfterAgent: hook } };
    const text = `// mine\n${JSON.stringify(own)}`;
    await writeFile(file, text);
    await writeFile(path.join(folder, "GEMINI.md"), "Remember the word xyzzy.\n");
    const before = await readdir(folder);
    await real.start();
    assert.equal((await real.turn("Go. <fake>say={{Done.}}</fake>")).source, "hook");
    assert.equal(await readFile(seen, "utf8"), "seen\n");
    assert.equal(await readFile(file, "utf8"), text);
    assert.deepEqual(await readdir(folder), before);
  });
});

testQueue("driver gemini, in a window", {
  kind: "gemini",
  agent: { driver: "gemini", transport: "tmux" },
});
