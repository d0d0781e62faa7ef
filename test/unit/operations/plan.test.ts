/** Whom `temoin plan` asks, and what a draft is judged by that only the project knows. */

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import type { LoadedConfig } from "../../../src/config/load.ts";
import type { Context } from "../../../src/operations/context.ts";
import { judgeText } from "../../../src/operations/judge-draft.ts";
import { planOrder } from "../../../src/operations/plan.ts";
import { lookAtPlan } from "../../../src/operations/plan-look.ts";
import { createPlanReader } from "../../../src/plans/read-plan.ts";
import { exampleDraft } from "../../../src/prompts/planning-prompt.ts";
import { openStage, refusalOf, type Stage } from "./fake-context.ts";

const agents =
  "version: 1\nagents:\n  fox: { driver: command, command: [fox], roles: [docs] }\n  owl: { driver: command, command: [owl] }\n";

/** As the stage, but for programs that are not there. */
function contextOf({ context }: Stage, missing: readonly string[] = []): Context {
  const told = missing.map((agent) => ({ agent, says: "its program was not found" }));
  return { ...context, missingAgents: async () => told };
}

async function asked(stage: Stage, named: string | null, missing: readonly string[] = []) {
  const { agents } = await planOrder(contextOf(stage, missing), { goal: "x", agent: named });
  return agents.map(({ name }) => name as string);
}

describe("who is asked for a plan", () => {
  it("is whoever is named, else those of the conductor's order, else all, one after the other", async () => {
    await using plain = await openStage({ config: agents });
    assert.deepEqual(await asked(plain, null), ["fox", "owl"]);
    assert.deepEqual(await asked(plain, "owl"), ["owl"]);
    await using led = await openStage({ config: `${agents}conductor: { order: [owl, fox] }\n` });
    assert.deepEqual(await asked(led, null), ["owl", "fox"]);
    assert.deepEqual(await asked(led, null, ["owl"]), ["fox"]);
    const nobody = await refusalOf(asked(led, null, ["owl", "fox"]));
    assert.match(nobody.message, /Nobody can plan now: owl: its program.*; fox: its program/);
    assert.match((await refusalOf(asked(led, "owl", ["owl"]))).message, /owl: its program/);
  });

  it("is told the board, the gates, the roles and its own tasks of before", async () => {
    const gates = "gates:\n  - { name: test, run: npm test }\n";
    await using stage = await openStage({ config: agents + gates });
    const { order } = await planOrder(contextOf(stage), { goal: " Sell bread ", agent: null });
    assert.deepEqual(
      [order.goal, order.board, order.gates, order.roles, order.before],
      ["Sell bread", [], [{ name: "test", run: "npm test" }], ["docs"], []],
    );
  });
});

describe("a draft", () => {
  async function judged(stage: Stage, text: string): Promise<readonly string[]> {
    const { read } = createPlanReader();
    const context = { ...stage.context, plans: { ...stage.context.plans, read } };
    const loaded: LoadedConfig = await context.config();
    const { findings } = await judgeText(context, { file: "plans/x.md", text, loaded });
    return findings.map(({ says }) => says);
  }

  it("as the prompt shows one is complete", async () => {
    await using stage = await openStage({ config: agents });
    assert.deepEqual(await judged(stage, exampleDraft), []);
  });

  it("names no file outside as a skill, and no agent that is not there", async () => {
    await using stage = await openStage({ config: agents });
    const text = exampleDraft
      .replace("(role: feature)", "(role: feature) (skills: ../../secrets.md)")
      .replace("(role: docs)", "(role: docs) @amp");
    assert.deepEqual(await judged(stage, text), [
      "its skill leads out of the repository",
      "its agent `amp` is not configured",
    ]);
  });

  it("with a role that no agent has is warned of, as any may take it, and one that an agent has is not", async () => {
    const warned = async (config: string): Promise<readonly string[]> => {
      await using stage = await openStage({ config });
      const { read } = createPlanReader();
      const context = { ...stage.context, plans: { ...stage.context.plans, read } };
      await writeFile(path.join(context.dir, "x.md"), exampleDraft);
      return (await lookAtPlan(context, "x.md")).warnings;
    };
    assert.deepEqual(await warned(agents), [
      "no agent has the role `feature` of SHOP-1: any of them may take it; roles: docs",
    ]);
    assert.deepEqual(await warned(agents.replace(", roles: [docs]", "")), []);
  });

  it("that steers a terminal, or the direction of words, is refused whole", async () => {
    await using stage = await openStage({ config: agents });
    for (const letter of ["\u001b[2J", "\u0007", "\u202e", "\u2067"]) {
      const [says = ""] = await judged(stage, exampleDraft.replace("orders", letter));
      assert.match(says, /steer a terminal or the direction/);
    }
    const family = exampleDraft.replace("orders", "orders 👩‍👧");
    assert.deepEqual(await judged(stage, family), []);
  });
});
