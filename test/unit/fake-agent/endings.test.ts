/** The full-screen fake agent dies, hangs, falls silent and is resized as real ones do. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { findProcess } from "../../../src/lib/process-table.ts";
import { type ScreenAgent, ScreenStage, textOf } from "./screen-stage.ts";

let stage: ScreenStage;
before(async () => {
  stage = await ScreenStage.open();
});
after(() => stage[Symbol.asyncDispose]());

describe("a full-screen fake agent that ends", { concurrency: 4 }, () => {
  test("dies in the middle of a line, and counts on when it is started again", async () => {
    const dying = await stage.start({
      like: "claude",
      turns: [[{ raw: "half a li" }, { crash: 3 }], [{ say: "turn {turn} of {task}" }]],
    });
    await dying.see(/for shortcuts/);
    await dying.prompt("Die, please");
    assert.equal(await dying.exit(), 3);
    assert.match(textOf(await dying.pane.capture()), /half a li/);
    const next = await stage.start({
      like: "claude",
      after: dying,
      turns: [[], [{ say: "turn {turn} of {task}" }]],
    });
    await next.see(/for shortcuts/);
    await next.prompt("Live, please");
    await next.see(/turn 2 of task/);
    await next.pane.close();
  });

  test("leaves in order on SIGTERM, and not at all where it ignores that", async () => {
    const polite = await stage.start({ like: "codex", turns: [["hang"]] });
    await polite.see(/Ask Codex/);
    await polite.prompt("Hang");
    await polite.see(/Hanging/);
    process.kill(pidOf(polite), "SIGTERM");
    assert.equal(await polite.exit(), 143);
    await polite.see(/codex resume/);
    assert.equal(polite.states.at(-1), "state=clear");

    const deaf = await stage.start({ like: "codex", turns: [[{ hang: true }]] });
    await deaf.see(/Ask Codex/);
    await deaf.prompt("Hang");
    await deaf.see(/Hanging/);
    process.kill(pidOf(deaf), "SIGTERM");
    await deaf.see(/Ignored SIGTERM/);
    assert.equal(deaf.pane.exitCode, null);
    await deaf.pane.close();
  });

  test("leaves processes behind that hold its terminal open", async () => {
    const agent = await stage.start({
      like: "claude",
      turns: [[{ spawn_child: { ms: 600_000, detached: true } }, { exit: 0 }]],
    });
    await agent.see(/for shortcuts/);
    await agent.prompt("Leave one");
    const screen = textOf(await agent.see(/Left process \d+ running.*Resume this session/s));
    assert.equal(await agent.exit(), 0);
    const child = Number(/Left process (\d+)/.exec(screen)?.[1]);
    assert.notEqual(findProcess(child), null);
    process.kill(child);
    await agent.pane.close();
  });

  test("refuses a wrong script before it draws anything", async () => {
    const agent = await stage.start({ like: "claude", turns: [[{ fly: 1 }]] });
    assert.equal(await agent.exit(), 2);
    await agent.see(/fake-agent: step 1 of `\*\/\*\/1`: there is no step `fly`\./);
    const manner = await stage.start({ like: "claude", manners: { politeness: 1 } });
    assert.equal(await manner.exit(), 2);
    await manner.see(/fake-agent: `manners` has no field `politeness`\./);
  });
});

describe("a full-screen fake agent that works on and on", { concurrency: 4 }, () => {
  test("moves its spinner while it hangs, and nothing while it is frozen", async () => {
    const agent = await stage.start({
      like: "codex",
      turns: [[{ say: "First" }, { sleep: 1200 }, { freeze: 1000 }, { say: "Thawed" }]],
    });
    await agent.see(/Ask Codex/);
    await agent.prompt("Freeze");
    await agent.see(/Thawed/);
    const spins = agent.titles.filter((title) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /.test(title));
    assert(new Set(spins).size >= 3, spins.join(", "));
    // What was seen by another connection may be told a moment later.
    const longestGap = async () => {
      const times = agent.events.map((event) => event.at);
      const gaps = times.slice(1).map((at, n) => at - (times[n] ?? at));
      return Math.max(...gaps) >= 350 || null;
    };
    await agent.until(longestGap, "a time in which nothing is written");
    await agent.pane.close();
  });

  test("says in its title what it does: work, a permission, rest", async () => {
    const agent = await stage.start({
      like: "gemini",
      turns: [[{ permission: { tool: "Bash", text: "ls" } }]],
    });
    await agent.see(/Type your message/);
    await agent.prompt("List");
    await agent.see(/Allow once/);
    await agent.pane.keys("Enter");
    await agent.turns(1);
    await agent.until(async () => agent.titles.at(-1)?.startsWith("◇") || null, "a calm title");
    const marks = agent.titles.map((title) => title.split(" ")[0]);
    const changes = marks.filter((mark, n) => mark !== marks[n - 1]);
    assert.deepEqual(changes, ["◇", "✦", "✋", "✦", "◇"]);
    await agent.pane.close();
  });

  test("draws itself anew when its terminal has another size", async () => {
    for (const like of ["claude", "codex"]) {
      const agent = await stage.start({ like, turns: [[{ say: "Before" }]] });
      await agent.see(/for shortcuts/);
      await agent.prompt("Say something");
      await agent.see(/Before.*for shortcuts/s);
      const resize = ["resize-window", "-t", agent.pane.window, "-x", "90", "-y", "30"];
      execFileSync("tmux", [...stage.server.socket, ...resize]);
      const screen = await agent.see(
        like === "claude" ? /^─{90}\n❯\n─{90}$/m : /^ {2}← for agents/m,
      );
      assert.equal(screen.rows, 30);
      const [prompts, says] = [/Say something/g, /Before/g].map(
        (words) => textOf(screen).match(words)?.length,
      );
      assert.deepEqual([prompts, says], [1, 1]);
      await agent.pane.close();
    }
  });

  test("keeps a draft that somebody has typed while a turn ran", async () => {
    const agent = await stage.start({ like: "claude", turns: [[{ sleep: 500 }, { say: "Done" }]] });
    await agent.see(/for shortcuts/);
    await agent.prompt("Work a little");
    await agent.see(/esc to interrupt/);
    await agent.pane.type("words of a person");
    await agent.see(/Done.*❯ words of a person/s);
    await agent.pane.close();
  });
});

function pidOf(agent: ScreenAgent): number {
  const started = agent.record.findLast((line) => line.type === "started");
  assert(started?.type === "started");
  return started.pid;
}
