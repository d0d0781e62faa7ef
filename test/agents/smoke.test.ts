/**
 * Each CLI, headless, on the model server: one prompt, one tool, one file. It proves the lab, not
 * temoin: when this is red, no other test of an agent says anything.
 */

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openModelServer } from "../model-servers/model-server.ts";
import { chosenAgents } from "./chosen.ts";
import { environmentFor, openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

const prompt =
  "Make a file.\n<fake>write=made/by-script.txt text={{a line}} say={{It is made.}}</fake>";

/** The prompt comes on standard input, but where the CLI takes it as an argument only. */
const headless: Readonly<Record<Exclude<AgentKind, "acp">, readonly string[]>> = {
  claude: ["-p", "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions"],
  codex: ["exec", "--json", "--dangerously-bypass-approvals-and-sandbox", "-"],
  opencode: ["run", "--format", "json"],
  gemini: ["-o", "stream-json", "-y"],
};

for (const kind of chosenAgents()) {
  if (kind === "acp") continue;
  test(`${kind} writes the file that the script names`, { timeout: 120_000 }, async () => {
    await using server = await openModelServer();
    await using launch = await openLaunch(kind, { url: server.url, trusted: [] });
    const work = path.join(launch.home, "work");
    await mkdir(work);
    await promisify(execFile)("git", ["init", "--quiet"], { cwd: work });
    const child = spawn(launch.command[0], headless[kind], {
      cwd: work,
      env: environmentFor(launch),
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stdin.end(prompt);
    const [stdout, stderr, code] = await Promise.all([
      child.stdout.setEncoding("utf8").toArray(),
      child.stderr.setEncoding("utf8").toArray(),
      new Promise((resolve) => child.once("close", resolve)),
    ]);
    const said = `${stdout.join("")}\n${stderr.join("")}\n${JSON.stringify(server.log.all)}`;
    assert.equal(code, 0, said);
    const made = await readFile(path.join(work, "made", "by-script.txt"), "utf8").catch(() => said);
    assert.equal(made, "a line\n");
    assert.match(stdout.join(""), /It is made\./);
    assert.deepEqual(
      server.log.main.map(({ round, step, end }) => [round, step, end]),
      [
        [1, 0, "whole"],
        [1, 1, "whole"],
      ],
    );
  });
}
