/** What the agent at the conductor's seat may do: read, speak to temoin, and nothing else. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentSpec, Autonomy } from "../../../src/domain/agent.ts";
import { judgeAsk } from "../../../src/domain/ask-rules.ts";
import { type Action, autonomyOf } from "../../../src/domain/autonomy.ts";
import type { AgentName } from "../../../src/domain/id.ts";
import { seated } from "../../../src/domain/seat.ts";

const workspace = "/w/seat";
const nothingKnown = { dangerous: [], interpreters: [], launchers: [] };

/** As a driver judges what is asked there. */
function judged(autonomy: Autonomy, action: Action, rules: Partial<AgentSpec["rules"]> = {}) {
  const agent = seated({
    name: "ada" as AgentName,
    driver: "claude",
    transport: "headless",
    command: ["claude"],
    env: {},
    roles: [],
    slots: 1,
    autonomy,
    profile: null,
    rules: { allow: [], deny: [], ...rules },
  });
  const { rules: held = { allow: [], deny: [] } } = agent;
  const place = { autonomy: autonomyOf(agent), workspace, rules: held, commands: nothingKnown };
  return judgeAsk(action, place).do;
}

describe("the agent at the seat of the conductor", () => {
  for (const autonomy of ["full", "edits", "ask"] as const) {
    test(`changes no file and runs nothing but temoin, with autonomy: ${autonomy}`, () => {
      const edit: Action = { kind: "edit", paths: [`${workspace}/a.txt`] };
      assert.equal(judged(autonomy, edit), "deny");
      assert.equal(judged(autonomy, edit, { allow: [{ kind: "edit", glob: "**" }] }), "deny");
      assert.equal(judged(autonomy, { kind: "command", command: "touch a.txt" }), "ask");
      assert.equal(judged(autonomy, { kind: "command", command: "temoin ls > a.txt" }), "ask");
      assert.equal(judged(autonomy, { kind: "other", tool: "fetch" }), "ask");
    });

    test(`reads, and speaks to temoin, with autonomy: ${autonomy}`, () => {
      const read: Action = { kind: "read", paths: [`${workspace}/a.txt`] };
      assert.equal(judged(autonomy, read), "allow");
      assert.equal(judged(autonomy, { kind: "command", command: "temoin retry T-1" }), "allow");
      assert.equal(judged(autonomy, { kind: "other", tool: "mcp__temoin__decide" }), "allow");
    });

    test(`does what a person has allowed beforehand, with autonomy: ${autonomy}`, () => {
      const allow = [{ kind: "command", pattern: "npm run look" }] as const;
      const action: Action = { kind: "command", command: "npm run look" };
      assert.equal(judged(autonomy, action, { allow }), "allow");
    });
  }
});
