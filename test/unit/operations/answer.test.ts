import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import type { RunnerInput } from "../../../src/domain/input.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { answer, showAsk } from "../../../src/operations/answer.ts";
import { chooseAnswer } from "../../../src/operations/choose-answer.ts";
import type { Context } from "../../../src/operations/context.ts";
import { inbox } from "../../../src/operations/inbox.ts";
import { ask, beginWork, say } from "./at-work.ts";
import { openStage, refusalOf, type Stage } from "./fake-context.ts";

async function asking(): Promise<Stage> {
  const stage = await openStage();
  await beginWork(stage);
  say(stage, { type: "asked", ask });
  return stage;
}

const given = { ask: "Q-1", choice: "2", text: null, always: false, wait: true };

/** A temoin that is at work, and tells this as soon as it is listened to. */
function working(stage: Stage, tells: RunnerInput): Context {
  return {
    ...stage.context,
    holder: async () => ({ pid: 1, startedAt: "", command: "run" }),
    async *changes() {
      yield;
      say(stage, tells);
      yield;
    },
  };
}

const signal = new AbortController().signal;

describe("an answer", () => {
  it("is told as taken when the agent has it", async () => {
    await using stage = await asking();
    const closed = { type: "ask_closed", agentAsk: ask.id, why: "answered: No" } as const;
    const told = await answer.run(working(stage, closed), given, signal);
    assert.deepEqual([told.taken, told.answer], [true, "Yes, and don't ask again"]);
    assert.equal(told.changed, "Q-1: answered: No.");
    assert.deepEqual(told.tasks, [{ id: "T-1", state: "running" }]);
  });

  it("is told as not taken, and the ask is open again", async () => {
    await using stage = await asking();
    const refused = {
      type: "answer_refused",
      agentAsk: ask.id,
      why: "the dialog is gone",
    } as const;
    const error = await refusalOf(answer.run(working(stage, refused), given, signal));
    assert.match(error.message, /has not taken the answer: the dialog is gone/);
    assert.match(error.hint ?? "", /temoin attach fox-1 --write/);
    assert.equal((await stage.invoke(showAsk, { ask: "q-1" })).answer, null);
  });

  it("is kept where no temoin is at work, and nobody waits for what cannot come", async () => {
    await using stage = await asking();
    const told = await stage.invoke(answer, given);
    assert.equal(told.taken, null);
    assert.match(told.changed, /“Yes, and don't ask again”; the agent gets it as soon as temoin/);
    assert.equal((await stage.invoke(showAsk, { ask: "Q-1" })).answer, "Yes, and don't ask again");
    assert.match((await refusalOf(stage.invoke(answer, given))).message, /has an answer/);
  });

  it("for always writes a rule into temoin.yaml, and leaves all else there as it is", async () => {
    const config = "# Ours.\nversion: 1\nagents: {} # none yet\n";
    await using stage = await openStage({ config });
    await beginWork(stage);
    const rule = { kind: "command", pattern: "npm test" } as const;
    const forAlways = { rule, allow: "Yes", refuse: "No" };
    say(stage, { type: "asked", ask: { ...ask, forAlways } });
    const wrong = await refusalOf(stage.invoke(answer, { ...given, always: true }));
    assert.match(wrong.message, /don't ask again” is nothing for always/);
    assert.equal(await readFile(path.join(stage.root, "temoin.yaml"), "utf8"), config);
    const told = await stage.invoke(answer, { ...given, choice: "Yes", always: true });
    assert.deepEqual(told.rule, ["policy:", "  allow:", "    - command: npm test"]);
    assert.equal(
      await readFile(path.join(stage.root, "temoin.yaml"), "utf8"),
      `${config}policy:\n  allow:\n    - command: npm test\n`,
    );
  });

  it("for always loses no rule of another one that is given at the same time", async () => {
    await using stage = await openStage({ config: "version: 1\n" });
    await beginWork(stage);
    const patterns = ["a", "b", "c", "d"];
    for (const pattern of patterns) {
      const rule = { kind: "command", pattern } as const;
      const forAlways = { rule, allow: "Yes", refuse: "No" };
      say(stage, { type: "asked", ask: { ...ask, id: pattern, forAlways } });
    }
    const always = { ...given, choice: "Yes", always: true };
    // Who has to wait lets the others go on.
    const context = { ...stage.context, clock: systemClock };
    await Promise.all(
      patterns.map((_, n) => answer.run(context, { ...always, ask: `Q-${n + 1}` }, signal)),
    );
    const text = await readFile(path.join(stage.root, "temoin.yaml"), "utf8");
    for (const pattern of patterns) assert.match(text, new RegExp(`command: ${pattern}$`, "m"));
  });

  it("for always writes no rule where the ask has its answer already", async () => {
    await using stage = await openStage({ config: "version: 1\n" });
    await beginWork(stage);
    const rule = { kind: "command", pattern: "npm test" } as const;
    say(stage, { type: "asked", ask: { ...ask, forAlways: { rule, allow: "Yes", refuse: "No" } } });
    await stage.invoke(answer, { ...given, choice: "No" });
    const late = stage.invoke(answer, { ...given, choice: "Yes", always: true });
    assert.match((await refusalOf(late)).message, /has an answer/);
    assert.equal(await readFile(path.join(stage.root, "temoin.yaml"), "utf8"), "version: 1\n");
  });

  it("for always is refused where no rule could say just that, and nothing is answered", async () => {
    await using stage = await asking();
    const error = await refusalOf(stage.invoke(answer, { ...given, always: true }));
    assert.match(error.message, /no rule for what Q-1 asks/);
    assert.equal((await stage.invoke(showAsk, { ask: "Q-1" })).answer, null);
  });

  it("for always allows nothing that does harm, and may still refuse it", async () => {
    const config = "version: 1\n";
    await using stage = await openStage({ config });
    await beginWork(stage);
    const rule = { kind: "command", pattern: "npm publish" } as const;
    const careful = "never allowed by itself: it publishes something";
    const forAlways = { rule, allow: null, refuse: "No" };
    say(stage, { type: "asked", ask: { ...ask, careful, forAlways } });
    const yes = await refusalOf(stage.invoke(answer, { ...given, choice: "Yes", always: true }));
    assert.equal(yes.message, `Q-1 is not to be allowed for always: ${careful}.`);
    assert.equal(await readFile(path.join(stage.root, "temoin.yaml"), "utf8"), config);
    assert.equal((await stage.invoke(showAsk, { ask: "Q-1" })).answer, null);
    const no = await stage.invoke(answer, { ...given, choice: "No", always: true });
    assert.deepEqual(no.rule, ["policy:", "  deny:", "    - command: npm publish"]);
  });

  it("to what is not asked names what is", async () => {
    await using stage = await asking();
    const error = await refusalOf(stage.invoke(answer, { ...given, ask: "Q-7" }));
    assert.deepEqual([error.code, error.hint], ["not_found", "Did you mean Q-1?"]);
    say(stage, { type: "ask_closed", agentAsk: ask.id, why: "gone" });
    const closed = await refusalOf(stage.invoke(answer, given));
    assert.equal(closed.message, "Q-1 is no longer open.");
  });

  it("is not a worker's to give", async () => {
    await using stage = await openStage({ token: "t" });
    assert.match((await refusalOf(stage.invoke(answer, given))).message, /A worker cannot answer/);
  });

  it("can be looked for in the inbox, with its choices", async () => {
    await using stage = await asking();
    const [line] = (await stage.invoke(inbox, {})).inbox;
    assert.deepEqual(line?.ask, await stage.invoke(showAsk, { ask: "Q-1" }));
    assert.deepEqual(line?.ask?.choices, ask.choices);
  });
});

describe("what a person types", () => {
  const open = (choices: readonly string[], takesText = false) =>
    ({ id: "Q-1", ask: { ...ask, choices, takesText } }) as Parameters<typeof chooseAnswer>[0];
  const choose = (choices: readonly string[], choice: string) =>
    chooseAnswer(open(choices), { choice, text: null });

  for (const [choices, typed, label] of [
    [ask.choices, "1", "Yes"],
    [ask.choices, "3", "No"],
    [ask.choices, "yes", "Yes"],
    [ask.choices, "NO", "No"],
    [ask.choices, "yes, and", "Yes, and don't ask again"],
    [["Yes, go on", "No, stop"], "yes", "Yes, go on"],
    [["Not now", "No (esc)"], "no", "No (esc)"],
    [["Allow once", "Allow always"], "allow a", "Allow always"],
    [["3", "2"], "2", "2"],
  ] as const) {
    it(`means “${label}” by ${typed}`, () => {
      assert.deepEqual(choose(choices, typed), { choice: label });
    });
  }

  for (const [choices, typed, says, hint] of [
    [["Allow once", "Allow always"], "allow", /may mean “Allow once” or “Allow always”/, /1 Allow/],
    [["Not now", "Yes"], "no", /“no” is no choice of Q-1/, /1 Not now · 2 Yes/],
    [["Continue", "Stop"], "contine", /did you mean “Continue”\?$/, /1 Continue/],
    [ask.choices, "4", /“4” is no choice/, /3 No/],
  ] as const) {
    it(`is refused where it is no choice, or several: ${typed}`, async () => {
      const error = await refusalOf((async () => choose(choices, typed))());
      assert.equal(error.code, "usage");
      assert.match(error.message, says);
      assert.match(error.hint ?? "", hint);
    });
  }

  it("is words of their own by --text, and where there are no choices", async () => {
    const words = { choice: null, text: "use zod" };
    assert.deepEqual(chooseAnswer(open(["a"], true), words), { text: "use zod" });
    assert.deepEqual(chooseAnswer(open([], true), { choice: "use zod", text: null }), {
      text: "use zod",
    });
    const both = (async () => chooseAnswer(open(["a"]), { choice: "a", text: "b" }))();
    assert.match((await refusalOf(both)).message, /not both/);
  });
});
