/** What is told of agents whose programs answer, hang, print garbage, fail or are not there. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { lookAtAgents } from "../../../src/app/look-at-agents.ts";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import type { AgentName } from "../../../src/domain/id.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { findByEnvironment } from "../../../src/lib/process-tree.ts";
import { agentCheck } from "../../../src/operations/agent-check.ts";

const secret = "token-of-the-person";

/** Programs by their names, as scripts of `sh`; all that they start is known by its environment. */
async function openStage(programs: Readonly<Record<string, string>>) {
  const root = await mkdtemp(path.join(tmpdir(), "look-"));
  const bin = path.join(root, "bin");
  await mkdir(bin);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(bin, name), 0o755);
  }
  const stage = randomUUID();
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: root, STAGE: stage, MY_TOKEN: secret };
  const place = { id: "p", root, stateDir: path.join(root, ".temoin"), isBare: false };
  return {
    root,
    async look(agents: readonly AgentSpec[], signal = new AbortController().signal) {
      const parts = { clock: systemClock, env, place, agents, signal, answerMs: 400 };
      const looks = await lookAtAgents(parts);
      assert.equal(looks.length, agents.length);
      return looks;
    },
    async [Symbol.asyncDispose]() {
      const left = findByEnvironment("STAGE", stage);
      await rm(root, { recursive: true });
      assert.deepEqual(left, [], "no process is left");
    },
  };
}

function agent(driver: AgentSpec["driver"], ...command: [string, ...string[]]): AgentSpec {
  return {
    name: command[0].replace("./", "") as AgentName, // A name of the right form.
    driver,
    transport: driver === "terminal" ? "tmux" : "headless",
    command,
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    profile: driver === "terminal" ? "generic" : null,
  };
}

test("version and login are those that the CLI itself tells", async () => {
  await using stage = await openStage({
    claude: `case "$*" in
      --version) echo "2.1.197 (Claude Code)";;
      "auth status") echo '{"loggedIn": false}'; exit 1;;
      *) touch "$HOME/called"; exit 9;;
    esac`,
  });
  const one = agent("claude", "claude");
  const [look] = await stage.look([one]);
  assert(look !== undefined);
  assert.deepEqual([look.version, look.login?.isIn], ["2.1.197", false]);
  const check = agentCheck(one, look, null);
  assert.equal(check.ok, false);
  assert.equal(check.detail, "claude 2.1.197, proved with it; not logged in");
  assert.match(check.hint ?? "", /claude auth login/);
  await assert.rejects(readFile(path.join(stage.root, "called")), "nothing else is asked");
});

test("an older CLI is not asked for its login, which it might take for a prompt", async () => {
  await using stage = await openStage({
    claude: 'echo "$*" >> "$HOME/asked"; echo 2.1.100',
  });
  const one = agent("claude", "claude");
  const [look] = await stage.look([one]);
  assert(look !== undefined);
  assert.equal(look.login, null);
  assert.equal(await readFile(path.join(stage.root, "asked"), "utf8"), "--version\n");
  const check = agentCheck(one, look, null);
  assert.deepEqual(
    [check.ok, check.detail],
    [true, "claude 2.1.100, older than 2.1.197, which was proved"],
  );
});

for (const [what, script, says] of [
  ["hangs", "sleep 600 & sleep 600", /`claude --version` had not ended after 0\.4 s/],
  ["prints garbage", "echo hello; head -c 100000 /dev/urandom", /names no version: "hello/],
  ["exits with 1", `echo "no: $MY_TOKEN" >&2; exit 1`, /exited with 1: no: \[masked MY_TOKEN\]$/],
  ["is ended by a signal", "kill -9 $$", /was ended by a signal/],
  ["has no interpreter", "", /could not be started/],
  ["is of another age", "echo 0.2.9", /claude 0\.2\.9 is too old/],
] as const) {
  test(`a CLI that ${what} when it is asked for its version is told so`, async () => {
    await using stage = await openStage({ claude: script });
    if (script === "") {
      await writeFile(path.join(stage.root, "bin", "claude"), "#!/no/such/interpreter\n");
    }
    const one = agent("claude", "claude");
    const [look] = await stage.look([one]);
    assert(look !== undefined);
    const check = agentCheck(one, look, null);
    assert.equal(check.ok, false);
    assert.match(check.detail, says);
    assert.notEqual(check.hint, null);
  });
}

test("a program that is not there is told with the next step, and any other is never run", async () => {
  await using stage = await openStage({ mine: 'touch "$HOME/called"', amp: "echo 0.0.17" });
  const all = [agent("claude", "claude"), agent("command", "mine"), agent("amp", "amp")];
  const checks = (await stage.look(all)).map((look, n) => {
    const one = all[n];
    assert(one !== undefined);
    return agentCheck(one, look, null);
  });
  assert.deepEqual(
    checks.map(({ ok }) => ok),
    [false, true, true],
  );
  assert.match(checks[0]?.detail ?? "", /`claude` was not found on PATH\. Install it/);
  assert.match(checks[1]?.detail ?? "", /`mine` is there; its version is not known/);
  assert.equal(checks[2]?.detail, "amp 0.0.17, unproven on the real CLI");
  await assert.rejects(readFile(path.join(stage.root, "called")));
});

test("looks that are called off end what they have started", async () => {
  await using stage = await openStage({ claude: "sleep 600" });
  const [look] = await stage.look([agent("claude", "claude")], AbortSignal.abort());
  assert.match(look?.versionTrouble ?? "", /was called off/);
});
