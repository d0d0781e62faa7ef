/** What a real agent of the Agent Client Protocol does under temoin's driver. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import { type AgentStage, openAgentStage, type StageOptions } from "./stage.ts";

const sixtyLines = Array.from({ length: 60 }, (_, n) => `Line ${n + 1}.`).join("\n");

function askIn(event: AgentEvent) {
  return event.type === "ask" ? event.ask : null;
}

function lastUsage(stage: AgentStage) {
  const told = stage.events.findLast((event) => event.type === "usage");
  return told?.type === "usage" ? told.usage : null;
}

/** `asking`: what it needs besides, so that it asks for permissions at all. */
export function testAcpAgent(
  name: string,
  options: StageOptions,
  asking: Partial<StageOptions> = {},
): void {
  describe(name, () => {
    const read = (stage: AgentStage, file: string) =>
      readFile(path.join(stage.workspace, file), "utf8");

    test("works on files, turn after turn and task after task, in one process", async () => {
      await using stage = await openAgentStage(options);
      const [program] = stage.processes();
      assert(program !== undefined);
      const first = await stage.turn("write=one.txt text={{first}} say={{All done}}");
      assert.deepEqual(first.end, { result: "completed" }, JSON.stringify(stage.events, null, 1));
      assert.equal(first.says, "All done");
      assert.equal(await read(stage, "one.txt"), "first\n");
      const usage = lastUsage(stage);
      assert((usage?.inputTokens ?? 0) > 0);
      assert((usage?.outputTokens ?? 0) > 0);
      const second = await stage.turn("run={{echo second > two.txt}}", "feedback");
      assert.deepEqual(second.end, { result: "completed" });
      assert.equal((await read(stage, "two.txt")).trim(), "second");
      const third = await stage.turn(`say={{${sixtyLines}}}`, "task");
      assert.deepEqual(third.end, { result: "completed" });
      assert.equal(stage.server.log.prompts.length, 3);
      assert(stage.server.log.prompts[2]?.includes("Line 60."));
      assert(stage.processes().includes(program));
      assert(!stage.events.some((event) => event.type === "ask"));
    });

    test("is stopped in the midst of a command, and takes the next prompt", async () => {
      await using stage = await openAgentStage(options);
      const id = await stage.send("sleep=60");
      await stage.server.log.until((record) => record.end === "whole" && record.kind === "main");
      await stage.event("activity");
      await stage.session.interrupt();
      const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.deepEqual(end, { result: "interrupted" });
      const next = await stage.turn("write=after.txt text=after");
      assert.deepEqual(next.end, { result: "completed" }, JSON.stringify(stage.events, null, 1));
    });

    test("is stopped while its model is silent", async () => {
      await using stage = await openAgentStage(options);
      const id = await stage.send("fail=silence");
      await stage.server.log.until((record) => record.end === "hung");
      await stage.session.interrupt();
      const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.deepEqual(end, { result: "interrupted" });
    });

    test("that is killed fails its turn, and is begun anew for the next prompt", async () => {
      await using stage = await openAgentStage(options);
      const id = await stage.send("fail=silence");
      await stage.server.log.until((record) => record.end === "hung");
      for (const pid of stage.processes()) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It went with the one before.
        }
      }
      const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.equal(end.result, "failed");
      const next = await stage.turn("write=after.txt text=after");
      assert.deepEqual(next.end, { result: "completed" });
    });
  });

  describe(`${name}, asking`, () => {
    test("has a command allowed and another refused by a person", async () => {
      await using stage = await openAgentStage({ ...options, ...asking, autonomy: "ask" });
      const id = await stage.send("run={{echo yes > yes.txt}}");
      const { ask } = await stage.event("ask");
      assert.match(ask.says, /echo yes > yes\.txt/);
      const allow = ask.choices.find((label) => /^allow(?: once)?$/i.test(label));
      assert(allow, JSON.stringify(ask));
      const taken = await stage.session.answer?.(ask.id, { choice: allow });
      assert.equal(taken?.accepted, true);
      await stage.event("turn_ended", (event) => event.promptId === id);
      assert.equal((await readFile(path.join(stage.workspace, "yes.txt"), "utf8")).trim(), "yes");

      const second = await stage.send("run={{echo no > no.txt}}", "feedback");
      const asked = await stage.event("ask", (event) => event.ask.id !== ask.id);
      const refused = await stage.session.answer?.(asked.ask.id, { choice: "Reject" });
      assert.equal(refused?.accepted, true);
      await stage.event("turn_ended", (event) => event.promptId === second);
      await assert.rejects(readFile(path.join(stage.workspace, "no.txt"), "utf8"));
    });

    test("has its edits allowed without a person, and its commands by one, where only edits are", async () => {
      await using stage = await openAgentStage({ ...options, ...asking, autonomy: "edits" });
      // opencode writes by its shell on this server's script, unless it is asked for a patch.
      const write = options.kind === "opencode" ? "patch" : "write";
      const edited = await stage.turn(`${write}=a.txt text={{edited}}`);
      assert.deepEqual(edited.end, { result: "completed" });
      assert.equal((await readFile(path.join(stage.workspace, "a.txt"), "utf8")).trim(), "edited");
      assert.deepEqual(
        stage.events.flatMap((event) => askIn(event)?.says ?? []),
        [],
      );
      await stage.send("run={{make install > ran.txt}}", "feedback");
      const { ask } = await stage.event("ask");
      assert.match(ask.says, /make install > ran\.txt/);
      await stage.session.interrupt();
      await assert.rejects(readFile(path.join(stage.workspace, "ran.txt"), "utf8"));
    });
  });
}
