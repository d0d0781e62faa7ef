import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { atTerminal, windowEnvironment } from "../../../../src/agents/tmux/window-environment.ts";
import { openScratchTmux, untilTrue } from "../../../scratch-tmux.ts";

describe("the environment of a window", () => {
  test("takes over no other terminal's words", () => {
    const env = { A: "b", TERM: "dumb", TERM_PROGRAM: "x", TMUX: "/s", NONE: undefined };
    assert.deepEqual(windowEnvironment(env), { COLORTERM: "truecolor", A: "b" });
  });

  test("is not that of a build server, where nobody sits at a terminal", () => {
    const env = { A: "b", CIRCLE: "c", CI: "true", CI_JOB: "1", GITHUB_ACTIONS: "true" };
    assert.deepEqual(atTerminal(env), { A: "b", CIRCLE: "c" });
  });

  test("holds of a server that was started on a build server, too", async () => {
    const env = { ...process.env, CI: "true" };
    await using scratch = await openScratchTmux({ env });
    const file = path.join(scratch.directory, "seen");
    await scratch.open(["sh", "-c", 'echo "<$CI>" > seen; exec cat']);
    await untilTrue(async () => (await readFile(file, "utf8").catch(() => "")).endsWith("\n"));
    assert.equal(await readFile(file, "utf8"), "<>\n");
  });
});
