import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { launchOf } from "../../../../src/agents/opencode/launch.ts";
import { readListening } from "../../../../src/agents/opencode/server-process.ts";
import type { AgentName } from "../../../../src/domain/id.ts";
import { AppError } from "../../../../src/lib/app-error.ts";

function launch(...args: readonly string[]) {
  return launchOf({
    name: "mine" as AgentName,
    driver: "opencode",
    transport: "headless",
    command: ["opencode", ...args],
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: null,
  });
}

describe("the command of an opencode agent", () => {
  it("takes a model and an agent, which its server does not, and leaves the rest", () => {
    const plain = { model: null, agent: null };
    assert.deepEqual(launch(), { command: ["opencode"], ...plain });
    assert.deepEqual(launch("--log-level", "DEBUG"), {
      command: ["opencode", "--log-level", "DEBUG"],
      ...plain,
    });
    const model = { provider: "anthropic", model: "claude/x" };
    for (const args of [
      ["--model", "anthropic/claude/x"],
      ["-m", "anthropic/claude/x"],
      ["--model=anthropic/claude/x"],
    ]) {
      assert.deepEqual(launch(...args, "--agent", "plan", "--pure"), {
        command: ["opencode", "--pure"],
        model,
        agent: "plan",
      });
    }
  });

  it("is refused with a model that names no provider", () => {
    for (const name of ["gpt", "/gpt", "openai/", ""]) {
      assert.throws(
        () => launch("--model", name),
        (error) =>
          error instanceof AppError && error.code === "config" && /mine/.test(error.message),
      );
    }
    assert.throws(() => launch("--model"), AppError);
  });
});

describe("the words of a server that has begun", () => {
  it("tell where it listens", () => {
    const words = "Warning: x\nopencode server listening on http://127.0.0.1:37517\n";
    assert.equal(readListening(words), "http://127.0.0.1:37517");
    assert.equal(readListening("opencode server listening on http://127.0.0.1:"), null);
  });
});
