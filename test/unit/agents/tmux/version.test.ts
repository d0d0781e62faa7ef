/** Which tmux may be used. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findVersion, judgeVersion, parseVersion } from "../../../../src/agents/tmux/version.ts";

const judge = (output: string) => {
  const version = parseVersion(output);
  return version === null ? null : judgeVersion(version).kind;
};

describe("a tmux", () => {
  test("is refused below 3.2, weak below 3.4 and good from there", () => {
    const expected: Readonly<Record<string, string | null>> = {
      "tmux 1.8": "refused",
      "tmux 2.9a": "refused",
      "tmux 3.1c": "refused",
      "tmux 3.2": "weak",
      "tmux 3.3a\n": "weak",
      "tmux 3.4": "good",
      "tmux 3.10": "good",
      "tmux 4.0": "good",
      "tmux next-3.7": "good",
      "tmux openbsd-7.5": null,
      "tmux master": null,
      "": null,
    };
    for (const [output, kind] of Object.entries(expected))
      assert.equal(judge(output), kind, output);
  });

  test("that is not there is told with how to get one", async () => {
    await assert.rejects(findVersion("no-such-tmux", process.env), (error: unknown) => {
      assert(error instanceof Error && "hint" in error);
      assert.equal(error.message, "Agents in a terminal need tmux: `no-such-tmux` cannot be run.");
      assert.match(String(error.hint), /apt install tmux/);
      return true;
    });
  });
});
