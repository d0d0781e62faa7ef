/** What the run of all tests says when one of them has left something behind. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { openScene } from "../../../scripts/leftovers.ts";

describe("a run of the tests", () => {
  test("tells of a tmux server, its socket, a daemon and a file that are left, and ends all of it", async () => {
    const scene = openScene({ graceMs: 0 });
    const env = { ...process.env, ...scene.env };
    const { TMPDIR: folder = "" } = scene.env;
    execFileSync("tmux", ["-L", "left", "-f", "/dev/null", "new-session", "-d", "sleep 600"], {
      env,
    });
    const daemon = spawn("sleep", ["601"], { env, detached: true, stdio: "ignore" });
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    writeFileSync(path.join(folder, "notes"), "");
    const left = await scene.clear();
    assert.equal(left.filter((one) => /^process \d+: tmux: server$/.test(one)).length, 1);
    assert(left.includes(`process ${daemon.pid}: sleep`), left.join("\n"));
    assert(left.includes(`file ${path.join(folder, "notes")}`), left.join("\n"));
    assert(left.some((one) => one.startsWith(`folder ${path.join(folder, "tmux-")}`)));
    await ended;
    assert(!existsSync(folder));
  });

  test("says nothing where nothing is left", async () => {
    const scene = openScene();
    execFileSync("true", { env: { ...process.env, ...scene.env } });
    assert.deepEqual(await scene.clear(), []);
  });
});
