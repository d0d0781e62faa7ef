/** The driver `opencode`, with the real opencode. */

import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import { AppError } from "../../src/lib/app-error.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { type AgentStage, openAgentStage, type StageOptions } from "./stage.ts";

const slow = { timeout: 180_000 };
const completed = { result: "completed" } as const;

for (const transport of ["headless", "tmux"] as const) {
  const options: StageOptions = { kind: "opencode", driver: "opencode", transport };

  describe(`opencode, ${transport}`, () => {
    test(
      "turns: files and usage; feedback goes into the conversation, a task empties it",
      slow,
      async () => {
        await using stage = await openAgentStage(options);
        const first = await stage.turn("write=a.txt text=one say={{It is made.}}");
        assert.deepEqual(first.end, completed, story(stage));
        assert.equal(first.says, "It is made.");
        assert.equal(await readFile(path.join(stage.workspace, "a.txt"), "utf8"), "one\n");
        const held = contexts(stage).at(-1) ?? 0;
        const { usage } = await stage.event("usage");
        assert.equal(usage.context?.size, 272_000);
        assert((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0);
        await stage.turn("say=more", "feedback");
        assert((contexts(stage).at(-1) ?? 0) > held, story(stage));
        await stage.turn("say=another", "task");
        assert((contexts(stage).at(-1) ?? 0) < held, story(stage));
        assert.equal(stage.server.log.prompts.length, 3);
        // No model is asked for a title.
        assert.equal(stage.server.log.all.length, stage.server.log.main.length);
      },
    );

    test("a prompt of 60 lines arrives whole, once", slow, async () => {
      await using stage = await openAgentStage(options);
      const lines = Array.from({ length: 60 }, (_, n) => `line ${n}: "é" /x @a.txt $HOME \`b\``);
      const { end } = await stage.turn(`say={{${lines.join("\n")}}}`);
      assert.deepEqual(end, completed);
      const [prompt, ...others] = stage.server.log.prompts;
      assert.deepEqual(others, []);
      assert(prompt?.includes(lines.join("\n")), prompt);
    });

    test("permissions: `ask` asks, is allowed once, is refused with words", slow, async () => {
      await using stage = await openAgentStage({ ...options, autonomy: "ask" });
      const id = await stage.send("write=a.txt text=one run={{echo two > b.txt}}");
      const edit = await stage.event("ask");
      assert.equal(edit.ask.says, "May it edit a.txt?");
      await state(stage, "asking");
      const allowed = await stage.session.answer?.(edit.ask.id, { choice: "Allow once" });
      assert.equal(allowed?.accepted, true);
      const run = await stage.event("ask", ({ ask }) => ask.id !== edit.ask.id);
      assert.equal(run.ask.says, "May it run `echo two > b.txt`?");
      const refused = await stage.session.answer?.(run.ask.id, { text: "not that one" });
      assert.equal(refused?.accepted, true);
      const again = await stage.session.answer?.(run.ask.id, { choice: "Reject" });
      assert.equal(again?.accepted, false);
      const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.deepEqual(end, completed, story(stage));
      assert.equal(await readFile(path.join(stage.workspace, "a.txt"), "utf8"), "one\n");
      await assert.rejects(access(path.join(stage.workspace, "b.txt")));
    });

    test(
      "permissions: `edits` lets it edit in its workspace, and asks before it runs",
      slow,
      async () => {
        await using stage = await openAgentStage({ ...options, autonomy: "edits" });
        const id = await stage.send("write=a.txt text=one run={{echo two > b.txt}}");
        const { ask } = await stage.event("ask");
        assert.equal(ask.says, "May it run `echo two > b.txt`?");
        assert.equal(await readFile(path.join(stage.workspace, "a.txt"), "utf8"), "one\n");
        await stage.session.answer?.(ask.id, { choice: "Allow once" });
        await stage.event("turn_ended", (event) => event.promptId === id);
        assert.equal(await readFile(path.join(stage.workspace, "b.txt"), "utf8"), "two\n");
        assert.equal(stage.events.filter(({ type }) => type === "ask").length, 1);
      },
    );

    test("a question is answered by choice", slow, async () => {
      await using stage = await openAgentStage(options);
      const id = await stage.send("ask={{Which colour?}} choices=Red,Blue say={{Blue it is}}");
      const { ask } = await stage.event("ask");
      assert.deepEqual(
        [ask.kind, ask.says, ask.choices],
        ["question", "Which colour?", ["Red", "Blue"]],
      );
      await stage.session.answer?.(ask.id, { choice: "Blue" });
      await stage.event("ask_closed", (event) => event.askId === ask.id);
      const { end, says } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.deepEqual([end, says], [completed, "Blue it is"]);
    });

    test(
      "an interrupt ends the turn and what it runs; the next prompt is taken",
      slow,
      async () => {
        await using stage = await openAgentStage(options);
        const id = await stage.send(
          "run={{sleep 300 & (setsid sleep 300 &); echo it has begun; sleep 300}}",
        );
        await stage.event("activity", ({ says }) => says === "bash: it has begun");
        assert(running(stage).includes("sleep"));
        await stage.session.interrupt();
        const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
        assert.deepEqual(end, { result: "interrupted" });
        assert(!running(stage).includes("sleep"), running(stage).join());
        assert.deepEqual((await stage.turn("say=here", "feedback")).end, completed, story(stage));
      },
    );

    test("killed, it is begun anew and goes on with its conversation", slow, async () => {
      await using stage = await openAgentStage(options);
      await stage.turn("write=a.txt text=one");
      const held = contexts(stage).at(-1) ?? 0;
      const id = await stage.send("sleep=300", "feedback");
      await stage.event("activity", ({ says }) => says.includes("sleep"));
      killAll(stage);
      const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.equal(end.result, "failed");
      const next = await stage.turn("write=b.txt text=two", "feedback");
      assert.deepEqual(next.end, completed, story(stage));
      assert((contexts(stage).at(-1) ?? 0) > held, story(stage));
    });

    test("a model that nobody can reach breaks the agent, after half a minute", slow, async () => {
      const launch = { url: "http://127.0.0.1:9" };
      await using stage = await openAgentStage({ ...options, launch });
      const { end } = await stage.turn("say=never");
      assert(end.result === "failed" && end.isBroken === true, story(stage));
      assert.match(end.why, /Cannot connect to API/);
      assert(stage.events.some(({ type }) => type === "retrying"));
    });

    test("what a person has to mend is told at the start", slow, async () => {
      const start = (more: Partial<StageOptions>) => openAgentStage({ ...options, ...more });
      await isRefused(start({ args: ["--model", "scripted/other"] }), /no model `scripted\/other`/);
      await isRefused(start({ args: ["--agent", "other"] }), /no agent `other`/);
      const none = { OPENCODE_CONFIG_CONTENT: '{"enabled_providers": []}' };
      await isRefused(start({ launch: { env: none } }), /no model to ask.*auth login/);
      const broken = { OPENCODE_CONFIG_CONTENT: '{"model": 5}' };
      await isRefused(start({ launch: { env: broken } }), /cannot be used here|is not there/);
      await isRefused(start({ args: ["--no-such-option"] }), /its server is not there/);
    });
  });
}

function story({ events }: AgentStage): string {
  return JSON.stringify(events, null, 1);
}

/** What the conversation held after each step. */
function contexts({ events }: AgentStage): readonly number[] {
  return events.flatMap((event) =>
    event.type === "usage" ? (event.usage.context?.used ?? []) : [],
  );
}

async function state(stage: AgentStage, wanted: Extract<AgentEvent, { type: "state" }>["state"]) {
  await stage.event("state", (event) => event.state === wanted);
}

function running({ slot }: AgentStage): readonly string[] {
  return findByEnvironment("TEMOIN_SLOT", slot).map((row) => row.name);
}

function killAll(stage: AgentStage): void {
  for (const pid of stage.processes()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It went with the one before.
    }
  }
}

async function isRefused(start: Promise<AgentStage>, words: RegExp): Promise<void> {
  await assert.rejects(
    async () => {
      await using _ = await start;
    },
    (error) => error instanceof AppError && words.test(`${error.message} ${error.hint}`),
  );
}
