/** What an agent in a window is launched with, where others can put what they like. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { writeLaunchFiles as writeForClaude } from "../../../src/agents/claude/launch-files.ts";
import { writeLaunchFiles as writeForGemini } from "../../../src/agents/gemini/launch-files.ts";
import type { Launch } from "../../../src/agents/terminal/companion.ts";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import { slotId } from "../../../src/domain/id.ts";
import { agent } from "../domain/project.ts";

test("a pipe in the place of settings keeps no launch waiting: they count as none", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "temoin-launch-"));
  try {
    const spec = { name: agent("ada"), command: ["claude"] } as const;
    const privateDir = path.join(folder, "private");
    const launch: Launch = {
      id: "1",
      request: {
        slot: slotId(agent("ada"), 1),
        agent: spec as unknown as AgentSpec,
        cwd: path.join(folder, "workspace"),
        env: {},
        logFile: path.join(folder, "log"),
        privateDir,
      },
    };
    for (const place of ["workspace/.claude", "home/.claude", "home/.gemini"]) {
      await mkdir(path.join(folder, place), { recursive: true });
      execFileSync("mkfifo", [path.join(folder, place, "settings.json")]);
    }
    const env = { HOME: path.join(folder, "home") };
    const claude = await writeForClaude(launch, env);
    assert.match(await readFile(claude, "utf8"), /"Stop"/);
    const gemini = await writeForGemini(launch, env, null);
    assert(gemini !== null);
    const settings = await readFile(path.join(gemini, ".gemini", "settings.json"), "utf8");
    assert.match(settings, /"AfterAgent"/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
