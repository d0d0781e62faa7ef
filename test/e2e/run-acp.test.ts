/** Whole runs with an agent of the Agent Client Protocol: the fake agent, as a person configures it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openAcpStage, recorded } from "./acp-stage.ts";
import { landings } from "./scratch-project.ts";
import { sh, write } from "./stage.ts";

test("tasks go through one process, each with a conversation of its own, and red work is mended in it", async () => {
  await using stage = await openAcpStage({
    "T-1/1/1": [write("work/one.txt", "bad\n"), "lie"],
    "T-1/1/2": [write("work/one.txt", "good\n")],
    "T-2": [write("work/two.txt", "good\n")],
  });
  await stage.add("T-1 T-2");
  const run = await stage.run();
  assert.deepEqual((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
  const told = recorded(stage).flatMap((line) => {
    if (line.type === "command") return line.text;
    return line.type === "turn" ? `${line.place.task} ${line.place.turn}` : [];
  });
  assert.deepEqual(told, ["session/new", "T-1 1", "T-1 2", "session/new", "T-2 1"]);
});

test("Claude Code behind its adapter is told to wait for temoin's tools, which its first turn would miss", async () => {
  await using stage = await openAcpStage({
    "T-1": [sh('mkdir -p work; printf %s "$MCP_CONNECTION_NONBLOCKING" > work/one.txt')],
  });
  await stage.add("T-1");
  const run = await stage.run();
  assert.deepEqual((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.equal(await stage.scratch.git("show", "HEAD:work/one.txt"), "0");
});

const askColour = {
  question: { text: "Which colour?", choices: ["Red", "Blue"], header: "Colour" },
};

test("a question that the brief answers waits for nobody; another one goes to the inbox", async () => {
  const askSize = { question: { text: "Which size?", choices: ["Big", "Small"], header: "Size" } };
  await using stage = await openAcpStage({
    "T-1": [askColour, askSize, write("work/one.txt", "good\n")],
  });
  const answers = ["--answer", "colour: blue", "--answer", "size: as you like"];
  const added = await stage.scratch.temoin("add", "One", ...answers);
  assert.equal(added.code, 0, added.stderr);
  const run = await stage.start();
  const colour = await run.until("answered");
  assert.deepEqual(
    [colour.answer, colour.brief],
    [{ choice: "Blue" }, "its brief says “colour: blue”"],
  );
  const size = await run.until("asked", ({ ask }) => ask.says === "Which size?");
  assert.match(size.why ?? "", /“as you like” is not just one of its choices/);
  const { inbox } = await stage.app.state();
  assert.deepEqual([...inbox.keys()], [`ask:${size.id}`]);
  await stage.app.ask({ type: "answer", ask: size.id, answer: { choice: "Small" } });
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  const given = recorded(stage).flatMap((line) => (line.type === "answer" ? [line.choice] : []));
  assert.deepEqual(given, ["Blue", "Small"]);
  const prompt = await stage.prompt("T-1", 1, 1);
  assert.match(prompt, /## Answers to what you may ask\n\n- colour: blue\n- size: as you like\n/);
});

test("a permission goes to the inbox; answered by a person, the agent goes on", async () => {
  await using stage = await openAcpStage(
    {
      "T-1": [
        { permission: { tool: "Bash", text: "make install" } },
        write("work/one.txt", "good\n"),
      ],
    },
    { agent: { autonomy: "ask" } },
  );
  await stage.add("T-1");
  const run = await stage.start();
  const { id, ask } = await run.until("asked");
  assert.equal(ask.says, "May it run `make install`?");
  await stage.app.ask({ type: "answer", ask: id, answer: { choice: "Allow" } });
  await run.until("ask_closed");
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal(recorded(stage).filter((line) => line.type === "answer").length, 1);
});
