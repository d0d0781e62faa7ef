/** The key `conductor`. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { policyOf } from "../../../src/config/config.ts";
import { Project } from "../domain/project.ts";
import { makeScratch } from "./scratch.ts";

const agents = `version: 1
agents:
  ada: { driver: command, command: [a] }
  bo: { driver: command, command: [b] }
`;

describe("`conductor`", () => {
  it("can be typed as it is told to whom has none", async () => {
    const project = new Project();
    project.run({ ada: [] });
    const { hint } = project.refused({ type: "move_role", to: null });
    const line = /`(conductor: [^`]*)`/.exec(hint)?.[1] ?? "";
    await using one = await makeScratch(`${agents}${line.replace("AGENT, …", "ada")}\n`);
    assert.deepEqual((await one.load()).config.conductor?.order, ["ada"]);
  });

  it("is absent, or has the usual times beside those that are written", async () => {
    await using none = await makeScratch(agents);
    assert.equal((await none.load()).config.conductor, null);
    await using one = await makeScratch(`${agents}conductor: { order: [bo], call: 1m }\n`);
    const { config } = await one.load();
    assert.deepEqual(policyOf(config, 0).conductor, {
      order: ["bo"],
      works: true,
      reclaim: false,
      calls: 50,
      coolDownMs: 30_000,
      acknowledgeMs: 300_000,
      callMs: 60_000,
    });
  });

  it("names agents that are there, each once", async () => {
    await using scratch = await makeScratch(`${agents}conductor: { order: [bo, cy, bo] }\n`);
    const message = await scratch.complaint();
    assert.match(message, /5:\d+: `conductor\.order\[1\]: cy` is no agent of `agents` \(ada, bo\)/);
    assert.match(message, /`conductor\.order\[2\]: bo` stands there twice/);
    const boxed = agents.replace("command: [b]", "command: [b], sandbox: bwrap");
    await using held = await makeScratch(`${boxed}conductor: { order: [ada, bo] }\n`);
    assert.match(await held.complaint(), /5:\d+: `conductor\.order\[1\]: bo` works in a sandbox/);
  });
});
