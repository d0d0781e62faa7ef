/**
 * `temoin plan` with the real CLIs: the model hands in a thin draft by temoin's tool, is told what is
 * missing, completes it in the same turn, and what it has drafted is shown and brought in.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readProcessTable } from "../../src/lib/process-table.ts";
import { exampleDraft } from "../../src/prompts/planning-prompt.ts";
import { openScratch } from "../e2e/scratch-project.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { chosenAgents } from "./chosen.ts";
import { openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

interface Way {
  readonly kind: AgentKind;
  readonly transport: string;
  /** Its home does not know the folder yet: as for most people's first plan. */
  readonly asks?: readonly ["trust"];
}

const ways: readonly Way[] = [
  { kind: "claude", transport: "headless" },
  { kind: "claude", transport: "tmux" },
  { kind: "claude", transport: "tmux", asks: ["trust"] },
  { kind: "codex", transport: "headless" },
  { kind: "codex", transport: "tmux" },
  { kind: "opencode", transport: "headless" },
  { kind: "gemini", transport: "tmux" },
  { kind: "acp", transport: "acp" },
];

/** One line, as the script of the model has it. */
function draft(text: string): string {
  return `mcp=temoin.draft text={{${JSON.stringify({ text })}}}`;
}

const goal = [
  "A shop that takes orders.",
  "",
  "<fake>",
  draft("- [ ] SHOP-1: Store orders"),
  draft(exampleDraft),
  "say={{It is planned.}}",
  "</fake>",
].join("\n");

for (const { kind, transport, asks } of ways.filter((way) => chosenAgents().includes(way.kind))) {
  const where = asks === undefined ? transport : `${transport}, in a folder that it does not trust`;
  test(`${kind}, ${where}: a goal becomes tasks, a thin draft is completed in the same turn`, {
    timeout: 300_000,
  }, async () => {
    await using server = await openModelServer();
    await using scratch = await openScratch();
    await using launch = await openLaunch(kind, {
      url: server.url,
      trusted: [scratch.folder],
      ...(asks === undefined ? {} : { asks }),
    });
    const { command, env } = launch;
    const agents = { [kind]: { driver: kind, transport, command, env } };
    const gates = [{ name: "lines", run: "true" }];
    await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents, gates }));
    await scratch.git("commit", "--quiet", "--all", "--message", "an agent and a gate");
    const ended = await scratch.temoin("plan", goal, "--apply", "--json");
    const said = server.log.main.map(({ says }) => says).join("; ");
    const about = [ended.stdout, ended.stderr, said].join("\n");
    assert.equal(ended.code, 0, about);
    const told = JSON.parse(ended.stdout);
    assert.deepEqual([told.agent, told.rounds, told.applied], [kind, 1, true], about);
    const { tasks } = await scratch.json("ls");
    assert.deepEqual(
      tasks.map(({ id, deps }: { id: string; deps: string[] }) => [id, deps]),
      [
        ["SHOP-1", []],
        ["SHOP-2", ["SHOP-1"]],
      ],
    );
    assert.equal(await scratch.git("status", "--porcelain"), "");
    const left = readProcessTable().filter((row) => scratch.owns(row.pid));
    assert.deepEqual(left, [], "its processes have ended");
  });
}
