/** What the doctor says of accounts. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { doctor } from "../../../src/operations/doctor.ts";
import { openStage } from "./fake-context.ts";

async function told(agents: readonly string[]): Promise<readonly string[]> {
  const config = `version: 1\nagents:\n${agents.map((line) => `  ${line}\n`).join("")}`;
  await using stage = await openStage({ config });
  const checks = await stage.invoke(doctor, { fix: false });
  const ours = checks.filter(({ name }) => name.startsWith("account "));
  assert.ok(
    ours.every(({ ok, hint }) => ok && hint === null),
    "it is no warning",
  );
  return ours.map(({ name, detail }) => `${name}: ${detail}`);
}

test("the doctor tells who meets the limits of one account together, and is silent of all others", async () => {
  const sleeps =
    "a limit of its plan sends all of them to sleep; `agents.*.account` sets agents apart";
  assert.deepEqual(
    await told([
      "ada: { driver: claude }",
      "bo: { driver: claude }",
      "cy: { driver: claude, env: { CLAUDE_CONFIG_DIR: /cy } }",
      "dee: { driver: codex, account: work }",
      "eve: { driver: command, command: [./eve.sh], account: work }",
      "fay: { driver: command, command: [./eve.sh] }",
    ]),
    [`account ada: of ada, bo: ${sleeps}`, `account work: of dee, eve: ${sleeps}`],
  );
  assert.deepEqual(await told(["ada: { driver: claude }", "bo: { driver: codex }"]), []);
});
