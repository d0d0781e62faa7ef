/** What an agent's processes get of the environment, and what they do not. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { environmentOf } from "../../../src/agents/environment.ts";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import type { AgentName } from "../../../src/domain/id.ts";

const env = {
  PATH: "/usr/bin",
  ANTHROPIC_API_KEY: "a",
  ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
  OPENAI_API_KEY: "o",
  GEMINI_API_KEY: "g",
  AMP_API_KEY: "m",
  OPENROUTER_API_KEY: "r",
  AWS_BEARER_TOKEN_BEDROCK: "b",
  AWS_SECRET_ACCESS_KEY: "s",
  GITHUB_TOKEN: "h",
};

function secretsFor(parts: Partial<AgentSpec>): string {
  const agent: AgentSpec = {
    name: "ada" as AgentName, // A name of the right form.
    driver: "command",
    transport: "headless",
    command: ["agent"],
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
    ...parts,
  };
  const given = environmentOf(agent, {}, { env, binDir: "/bin-of-temoin" });
  assert.equal(given["ANTHROPIC_BASE_URL"], env.ANTHROPIC_BASE_URL, "it is no secret");
  assert.equal(given["PATH"], "/bin-of-temoin:/usr/bin");
  const names = Object.keys(given).filter((name) => /KEY|TOKEN/.test(name));
  return names.map((name) => given[name]).join("");
}

describe("the environment of an agent", () => {
  test("holds the secrets of its own provider and of no other, and what belongs to none", () => {
    assert.equal(secretsFor({ driver: "claude" }), "absh");
    assert.equal(secretsFor({ driver: "codex" }), "orbsh");
    assert.equal(secretsFor({ driver: "gemini" }), "gsh");
    assert.equal(secretsFor({ driver: "amp" }), "msh");
    assert.equal(secretsFor({ driver: "opencode" }), "aogrbsh");
  });

  test("is that of the profile's program in a terminal", () => {
    assert.equal(secretsFor({ driver: "terminal", profile: "claude" }), "absh");
    assert.equal(secretsFor({ driver: "terminal", profile: "./mine.yaml" }), "aogmrbsh");
    assert.equal(secretsFor({ driver: "terminal", profile: "generic" }), "aogmrbsh");
  });

  test("is the whole one for a program of which nothing is known", () => {
    assert.equal(secretsFor({ driver: "command" }), "aogmrbsh");
    assert.equal(secretsFor({ driver: "acp" }), "aogmrbsh");
  });

  test("holds what the agent is given of its own, whatever it is called", () => {
    assert.equal(secretsFor({ driver: "claude", env: { OPENAI_API_KEY: "x" } }), "abshx");
  });
});
