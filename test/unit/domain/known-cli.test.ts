/** Versions of known CLIs: found in what they print, and judged. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cliOf,
  compareVersions,
  findVersion,
  judgeVersion,
  knownClis,
} from "../../../src/domain/known-cli.ts";
import { pins } from "../../agents/pins.ts";

describe("the version of a CLI", () => {
  test("is found in what each of them prints, and in no garbage", () => {
    const printed = {
      "2.1.197 (Claude Code)\n": "2.1.197",
      "codex-cli 0.169.0\n": "0.169.0",
      "1.18.33\n": "1.18.33",
      "warning: old\nagent v3.0.0-beta.2\n": "3.0.0-beta.2",
      hello: null,
      "": null,
      "release7.2": null,
      "12": null,
    };
    for (const [output, version] of Object.entries(printed)) {
      assert.equal(findVersion(output), version, output);
    }
  });

  test("is compared by its numbers", () => {
    const inOrder = ["0.9", "1.0.0-beta.1", "1.0.0", "1.0.1", "1.2", "1.10.0", "2.0"];
    for (const [place, version] of inOrder.entries()) {
      for (const [other, than] of inOrder.entries()) {
        assert.equal(Math.sign(compareVersions(version, than)), Math.sign(place - other));
      }
    }
    assert.equal(compareVersions("1.2", "1.2.0"), 0);
  });

  test("is proved, newer, older, too old, or of a CLI that nobody has proved", () => {
    const { claude, amp } = knownClis;
    assert.equal(judgeVersion("2.1.197", claude), "proved");
    assert.equal(judgeVersion("2.2.0", claude), "newer");
    assert.equal(judgeVersion("2.1.3", claude), "older");
    assert.equal(judgeVersion("1.0.99", claude), "too_old");
    assert.equal(judgeVersion("1.0.99", amp), "unproven");
  });

  test("is proved by the tests on real CLIs, whose pins it is", () => {
    for (const kind of ["claude", "codex", "opencode", "gemini"] as const) {
      assert.equal(knownClis[kind].proved, pins[kind].version);
      assert.equal(knownClis[kind].program, pins[kind].program);
    }
  });
});

describe("the CLI behind an agent", () => {
  const of = (driver: "claude" | "terminal" | "command" | "acp", command: [string, ...string[]]) =>
    cliOf({ driver, command, profile: driver === "terminal" ? "claude" : null });

  test("is asked with its own words by its own driver, which takes a wrapper too", () => {
    const version = ["npx", "claude", "--model", "x", "--version"];
    assert.deepEqual(of("claude", ["npx", "claude", "--model", "x"]), { kind: "claude", version });
  });

  test("is asked elsewhere only where the program is that CLI", () => {
    const asked = (program: string) => ({ kind: "claude", version: [program, "--version"] });
    assert.deepEqual(of("terminal", ["claude", "--resume"]), asked("claude"));
    assert.deepEqual(of("command", ["/opt/bin/claude", "-p"]), asked("/opt/bin/claude"));
    assert.equal(of("terminal", ["node", "fake.ts"]), null);
    assert.equal(of("command", ["./my-agent.sh"]), null);
    assert.deepEqual(of("acp", ["gemini", "--acp"])?.version, ["gemini", "--version"]);
  });
});
