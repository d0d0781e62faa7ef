/** Whose limits an agent meets. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { accountOf } from "../../../src/domain/account.ts";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import { agent } from "./project.ts";

type Parts = Partial<AgentSpec>;

const usual: Omit<AgentSpec, "name"> = {
  driver: "claude",
  transport: "tmux",
  command: ["claude"],
  env: {},
  roles: [],
  slots: 1,
  autonomy: "full",
  profile: null,
};

/** The accounts of agents `a`, `b`, … */
function accounts(...all: readonly Parts[]): string {
  const specs = all.map((parts, place) => ({
    ...usual,
    name: agent(String.fromCharCode(97 + place)),
    ...parts,
  }));
  return specs.map((spec) => accountOf(spec, specs)).join(" ");
}

const rows: Readonly<Record<string, readonly [readonly Parts[], string]>> = {
  "the same CLI, started alike": [[{}, {}], "a a"],
  "another model or autonomy": [
    [{}, { command: ["claude", "--model", "m"] }, { autonomy: "ask" }],
    "a a a",
  ],
  "another transport": [[{}, { transport: "headless" }], "a a"],
  "the same CLI in a window by its profile": [
    [{}, { driver: "terminal", profile: "claude" }],
    "a a",
  ],
  "another CLI": [[{}, { driver: "codex", command: ["codex"] }], "a b"],
  "another home": [[{}, { env: { HOME: "/elsewhere" } }, { env: { HOME: "/elsewhere" } }], "a b b"],
  "another key": [
    [{ env: { ANTHROPIC_API_KEY: "x" } }, { env: { ANTHROPIC_API_KEY: "y" } }],
    "a b",
  ],
  "another program": [[{}, { command: ["./my-claude.sh"] }], "a b"],
  "in a sandbox": [[{}, { sandbox: "bwrap" }], "a b"],
  "programs of which nothing is known": [
    [
      { driver: "command", command: ["./x"] },
      { driver: "command", command: ["./x"] },
      { driver: "acp", command: ["./y"] },
      { driver: "acp", command: ["./y"] },
    ],
    "a b c d",
  ],
  "as it is configured": [
    [
      { account: "work" },
      { account: "home" },
      { driver: "command", command: ["./x"], account: "work" },
    ],
    "work home work",
  ],
  "apart from those that are told": [[{ account: "work" }, {}, {}], "work b b"],
  "by the name of another agent": [[{}, { driver: "acp", command: ["./y"], account: "a" }], "a a"],
};

for (const [what, [all, expected]] of Object.entries(rows)) {
  test(`accounts of agents: ${what}`, () => assert.equal(accounts(...all), expected));
}
