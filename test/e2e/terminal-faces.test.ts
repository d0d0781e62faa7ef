import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/lib/clock.ts";
import { readProcessTable } from "../../src/lib/process-table.ts";
import { PersonTerminal } from "./person-terminal.ts";
import { openScratch, type Scratch } from "./scratch-project.ts";

const temoin = path.join(import.meta.dirname, "..", "..", "bin", "temoin");
const fakeTui = path.join(import.meta.dirname, "..", "fake-agent", "fake-tui.ts");

/** An agent in a terminal that asks before it works; `ask`: nothing is answered without a person. */
async function openAsking(): Promise<Scratch> {
  const script = {
    "*": [
      { permission: { tool: "Bash", text: "npm install zod" } },
      { write: { path: "{task}.txt", text: "{answer}\n" } },
      "claim",
    ],
  };
  const scratch = await openScratch({ script, agents: {} });
  const scriptFile = path.join(scratch.folder, "script.json");
  const command = [process.execPath, fakeTui, "--like", "claude", scriptFile];
  const ada = { driver: "terminal", profile: "claude", autonomy: "ask", command };
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents: { ada } }));
  await scratch.git("commit", "--quiet", "--all", "--message", "agents");
  return scratch;
}

/** Also where the test has failed: nothing of it is to go on. */
function endingRuns(scratch: Scratch): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await scratch.temoin("down", "--now");
      // It has let the project go, and is on its way out.
      const until = systemClock.now() + 10_000;
      const isLeft = () => readProcessTable().some(({ pid }) => scratch.owns(pid));
      while (isLeft() && systemClock.now() < until) await scratch.run("sleep", ["0.02"]);
    },
  };
}

/** Follows the events until they hold these words, one behind the other. */
async function until(scratch: Scratch, ...words: readonly string[]): Promise<void> {
  const child = scratch.startTemoin("events", "-f", "--jsonl");
  const ended = scratch.ended(child);
  let text = "";
  child.stdout?.on("data", (part: string) => {
    text += part;
    let at = 0;
    for (const word of words) at = at < 0 ? at : text.indexOf(word, at);
    if (at >= 0) child.kill("SIGTERM");
  });
  assert.equal((await ended).code, 143);
}

test("what an agent in a terminal asks is seen, looked at and answered by a person", async () => {
  await using scratch = await openAsking();
  await using _ = endingRuns(scratch);
  await scratch.temoin("add", "One");
  await scratch.json("up");
  await until(scratch, '"type":"asked"');
  const { agents } = await scratch.json("status");
  const [{ state, transport, asks }] = agents;
  assert.deepEqual([state, transport, asks], ["asking", "tmux", ["Q-1"]]);
  const { stdout } = await scratch.temoin("inbox");
  assert.match(stdout, /ask:Q-1 {2}Q-1, ada-1 on T-1: .*\n {6}1 {2}Yes\n/);
  {
    await using person = await PersonTerminal.open(scratch, [temoin, "attach", "ada"]);
    await person.shows(/npm install zod/);
  }
  const shown = await scratch.temoin("answer");
  assert.match(shown.stdout, /^Q-1 {2}ada-1 on T-1 asks: .*\n {4}1 {2}Yes\n/);
  const wrong = await scratch.temoin("answer", "Q-1", "maybe");
  assert.equal(wrong.code, 2, wrong.stderr);
  assert.match(wrong.stderr, /“maybe” is no choice of Q-1.*\nIts choices: 1 Yes · /);
  const stopping = scratch.startTemoin("down");
  const down = scratch.ended(stopping);
  for await (const text of stopping.stderr ?? []) {
    if (String(text).includes("waits for your answer to Q-1")) break;
  }
  const answered = await scratch.temoin("answer", "Q-1", "1");
  assert.equal(answered.code, 0, answered.stderr);
  assert.match(answered.stdout, /^Q-1: answered: Yes\.\n/);
  assert.match((await down).stdout, /temoin has stopped/);
  assert.match(await scratch.read("T-1.txt"), /yes/i);
  assert.match((await scratch.temoin("logs", "ada")).stdout, /npm install zod/);
  assert.match((await scratch.temoin("attach")).stderr, /No agent has a terminal here now/);
});

test("an agent whose temoin was killed can be looked at and answered, and the next run takes it up", async () => {
  await using scratch = await openAsking();
  await using _ = endingRuns(scratch);
  await scratch.temoin("add", "One");
  const { holder } = await scratch.json("up");
  await until(scratch, '"type":"asked"');
  process.kill(holder.pid, "SIGKILL");
  {
    await using person = await PersonTerminal.open(scratch, [temoin, "attach"]);
    await person.shows(/npm install zod/);
  }
  const again = await scratch.json("up");
  assert.notEqual(again.holder.pid, holder.pid);
  await until(scratch, '"type":"attempt_resumed"', '"type":"asked"');
  const { asks } = (await scratch.json("status")).agents[0];
  const answered = await scratch.temoin("answer", asks[0], "yes");
  assert.equal(answered.code, 0, answered.stderr);
  await until(scratch, '"type":"run_ended","exitCode":0');
  const { tasks } = await scratch.json("ls");
  assert.deepEqual([tasks[0].state, tasks[0].attempts], ["done", 1]);
});
