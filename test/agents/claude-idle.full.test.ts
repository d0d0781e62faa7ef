/**
 * A real minute in which one agent has nothing to do, and another is at work in one long command: no
 * prompt reaches the model server but those of the tasks. By the clock, since that is what is said.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { landings, openScratch } from "../e2e/scratch-project.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { chosenAgents } from "./chosen.ts";
import { openLaunch } from "./launch.ts";

/** One second each: a tool that comes and goes is at work, and one that only waits is not. */
const seconds = 65;

const tasks = [
  "write=idle.txt text={{done}}",
  `run={{for n in $(seq ${seconds}); do sleep 1; done; echo done > busy.txt}}`,
];

if (chosenAgents().includes("claude")) {
  test("an idle agent is given nothing for a minute, and one in a long command is not disturbed", async () => {
    await using server = await openModelServer();
    await using scratch = await openScratch();
    await using launch = await openLaunch("claude", { url: server.url, trusted: [scratch.folder] });
    const command = [launch.command[0]];
    const claude = { driver: "claude", slots: 2, command, env: launch.env };
    const watch = { quiet: "5s", nudge: "15s", giveUp: "30s" };
    const config = { version: 1, agents: { claude }, watch };
    await scratch.write("temoin.yaml", JSON.stringify(config));
    await scratch.git("commit", "--quiet", "--all", "--message", "two of it");
    for (const [n, script] of tasks.entries()) {
      const brief = path.join(scratch.folder, `brief-${n}.md`);
      const text = `Write the file.\n\n<fake>\n${script}\n</fake>\n`;
      await scratch.run("sh", ["-c", 'printf "%s" "$1" > "$2"', "sh", text, brief]);
      assert.equal((await scratch.temoin("add", `Task ${n}`, "-f", brief)).code, 0);
    }
    const { code, stdout, stderr } = await scratch.temoin("run");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual([...(await landings(scratch))].sort(), ["T-1", "T-2"]);
    assert.equal(server.log.prompts.length, tasks.length, server.log.prompts.join("\n---\n"));
  });
}
