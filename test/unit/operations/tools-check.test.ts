/** What the doctor says of temoin's tools for agents. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { doctor } from "../../../src/operations/doctor.ts";
import { serverCheck } from "../../../src/operations/tools-check.ts";
import { pins } from "../../agents/pins.ts";
import { openStage } from "./fake-context.ts";

/** As the real CLIs were tested with. */
const of = (kind: keyof typeof pins): string => pins[kind].version;

/** All that it says of them with these agents. */
async function told(agents: string, more = ""): Promise<readonly string[]> {
  await using stage = await openStage({ config: `version: 1\nagents:\n${agents}${more}` });
  const checks = await stage.invoke(doctor, { fix: false });
  const ours = checks.filter(({ name }) => /^tools\b/.test(name));
  assert.ok(ours.every(({ ok }) => ok));
  return ours.map(({ name, detail }) => `${name}: ${detail}`);
}

describe("the doctor tells of temoin's tools", () => {
  test("by which way each agent is given them, and with what that was proved", async () => {
    assert.deepEqual(
      await told(
        [
          "  a: { driver: claude }",
          "  b: { driver: codex }",
          "  c: { driver: opencode }",
          "  d: { driver: gemini }",
          "  e: { driver: gemini, transport: acp }",
          "  f: { driver: acp, command: [/opt/claude-agent-acp] }",
          "",
        ].join("\n"),
      ),
      [
        "tools: `temoin mcp` offers 2 tools for a worker, after 0.4 s",
        `tools of a: by \`--mcp-config\`, beside your own servers; proved with claude ${of("claude")}`,
        `tools of b: by \`-c mcp_servers.temoin\`, beside your own servers; proved with codex ${of("codex")}`,
        `tools of c: by OPENCODE_CONFIG_CONTENT, beside your own servers; proved with opencode ${of("opencode")}`,
        `tools of d: by the settings of its launch, beside your own servers; proved with gemini ${of("gemini")}`,
        `tools of e: by \`session/new\`; proved with gemini ${of("gemini")}`,
        `tools of f: by \`session/new\`; proved with claude-agent-acp ${of("acp")}`,
      ],
    );
  });

  test("what is unproven, and who has none", async () => {
    assert.deepEqual(
      await told(
        [
          "  a: { driver: acp, command: [some-agent, --acp] }",
          "  b: { driver: command, command: [./b.sh] }",
          "  c: { driver: claude, mcp: false }",
          "",
        ].join("\n"),
      ),
      [
        "tools: `temoin mcp` offers 2 tools for a worker, after 0.4 s",
        "tools of a: by `session/new`; unproven with `some-agent --acp`",
        "tools of b: none, its driver cannot give them: it has the command `temoin report`",
        "tools of c: none, by `mcp: false`: it has the command `temoin report`",
      ],
    );
  });

  test("of the conductor's too where one can be given them, and of no server where nobody is", async () => {
    const order = "conductor: { order: [a] }\n";
    assert.deepEqual(await told("  a: { driver: claude }\n", order), [
      "tools: `temoin mcp` offers 2 tools for a worker, 2 tools for the conductor, after 0.4 s",
      `tools of a: by \`--mcp-config\`, beside your own servers; proved with claude ${of("claude")}`,
    ]);
    assert.deepEqual(await told("  a: { driver: command, command: [./a.sh] }\n", order), [
      "tools of a: none, its driver cannot give them: it has the command `temoin report`",
    ]);
  });

  test("that their server does not answer, and what to do", () => {
    const look = { isThere: false, why: 'it says "no"' } as const;
    const { ok, detail, hint } = serverCheck([{ role: "conductor", look }]);
    assert.equal(ok, false);
    assert.equal(detail, '`temoin mcp --role conductor` does not answer: it says "no"');
    assert.match(hint ?? "", /^Run it by hand/);
  });
});
