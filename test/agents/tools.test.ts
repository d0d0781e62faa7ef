/**
 * temoin's own tools in the hands of the real CLIs, under the real `bin/temoin run`: the model asks
 * for its task and reports, and the reports are those of the attempt. A server that the person has
 * configured goes on beside.
 */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readProcessTable } from "../../src/lib/process-table.ts";
import { landings, openScratch, type Scratch } from "../e2e/scratch-project.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { chosenAgents } from "./chosen.ts";
import { type Launch, openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

interface Way {
  readonly kind: AgentKind;
  readonly agent: Readonly<Record<string, string>>;
  /** Names the person's own server in the settings of that CLI. */
  readonly addOwn: (launch: Launch, command: readonly string[]) => Promise<void>;
  /** As the model calls its tool. */
  readonly own: string;
}

const inClaude: Way["addOwn"] = ({ home }, [command, ...args]) =>
  change(home, ".claude/.claude.json", { mcpServers: { own: { command, args } } });

const inCodex: Way["addOwn"] = async ({ home }, [command, ...args]) => {
  const file = path.join(home, ".codex", "config.toml");
  const own = [
    "[mcp_servers.own]",
    `command = ${JSON.stringify(command)}`,
    `args = ${JSON.stringify(args)}`,
    "startup_timeout_sec = 60",
  ];
  await writeFile(file, `${await readFile(file, "utf8")}${own.join("\n")}\n`);
};

const inOpencode: Way["addOwn"] = ({ home }, command) =>
  change(home, ".config/opencode/opencode.json", {
    mcp: { own: { type: "local", command, enabled: true, timeout: 60_000 } },
  });

const inGemini: Way["addOwn"] = ({ home }, [command, ...args]) =>
  change(home, ".gemini/settings.json", { mcpServers: { own: { command, args, trust: true } } });

const ways: readonly Way[] = [
  ...["headless", "tmux"].flatMap((transport): Way[] => [
    { kind: "claude", agent: { driver: "claude", transport }, addOwn: inClaude, own: "own.mark" },
    { kind: "codex", agent: { driver: "codex", transport }, addOwn: inCodex, own: "own.mark" },
    {
      kind: "opencode",
      agent: { driver: "opencode", transport },
      addOwn: inOpencode,
      own: "own.mark",
    },
  ]),
  ...["acp", "tmux"].map((transport): Way => {
    const agent = { driver: "gemini", transport };
    return { kind: "gemini", agent, addOwn: inGemini, own: "own.mark" };
  }),
  { kind: "acp", agent: { driver: "acp", transport: "acp" }, addOwn: inClaude, own: "own.mark" },
];

async function change(home: string, file: string, more: object): Promise<void> {
  const full = path.join(home, file);
  const before = JSON.parse(await readFile(full, "utf8"));
  await writeFile(full, JSON.stringify({ ...before, ...more }));
}

const ownServer = fileURLToPath(new URL("own-server.ts", import.meta.url));

for (const way of ways.filter(({ kind }) => chosenAgents().includes(kind))) {
  const { kind, agent } = way;
  const how = `${agent["driver"]}/${agent["transport"]}`;
  test(`${kind}, ${how}: its model asks for the task and reports by tools`, {
    timeout: 300_000,
  }, async () => {
    await using server = await openModelServer();
    await using scratch = await openScratch();
    await using launch = await openLaunch(kind, { url: server.url, trusted: [scratch.folder] });
    const marks = path.join(scratch.folder, "marks.txt");
    await way.addOwn(launch, [process.execPath, ownServer, marks]);
    const { command, env } = launch;
    await scratch.write(
      "temoin.yaml",
      JSON.stringify({
        version: 1,
        agents: { [kind]: { ...agent, command, env } },
        gates: [{ name: "there", run: "test -f work/1.txt" }],
      }),
    );
    await scratch.git("commit", "--quiet", "--all", "--message", "an agent and a gate");
    const brief = path.join(scratch.folder, "brief.md");
    await writeFile(brief, briefOf(way));
    assert.equal((await scratch.temoin("add", "Use the tools", "-f", brief)).code, 0);
    const before = await ownConfiguration(launch);
    const ended = scratch.ended(scratch.startTemoin("run"));
    const called = server.log.until(({ says }) => says?.includes("report") === true, 250_000);
    const isCalled = await Promise.race([called.then(() => true), ended.then(() => false)]);
    const lines = isCalled ? await commandLines(scratch) : [];
    const { code, stdout, stderr } = await ended;
    const said = server.log.main.map(({ says }) => says).join("; ");
    const about = [stdout, stderr, said, await scratch.read(".temoin/LOG.md")].join("\n");
    assert.equal(code, 0, about);
    assert.deepEqual(await landings(scratch), ["T-1"], about);
    const { task } = await scratch.json("show", "T-1");
    const reports: readonly { readonly kind: string; readonly text: string }[] =
      task.attempts[0].reports;
    assert.deepEqual(
      reports.map((one) => [one.kind, one.text]),
      [
        ["note", "half of it"],
        ["done", "all of it"],
      ],
      about,
    );
    assert.match(said, /my_task/, about);
    assert.equal(await readFile(marks, "utf8"), "by its own\n", about);
    assert.deepEqual(await ownConfiguration(launch), before, "the person's own is as it was");
    const tokens: Record<string, string> = JSON.parse(await scratch.read(".temoin/tokens.json"));
    for (const token of Object.values(tokens)) {
      assert.ok(!lines.some((line) => line.includes(token)), "no token on a command line");
    }
  });
}

function briefOf({ own }: Way): string {
  const script = [
    "mcp=temoin.my_task text={{{}}}",
    'mcp=temoin.report text={{{"kind":"note","text":"half of it"}}}',
    `mcp=${own} text={{by its own}}`,
    "write=work/1.txt text={{good}}",
    'mcp=temoin.report text={{{"kind":"done","text":"all of it","files":["work/1.txt"]}}}',
    "say={{That is all.}}",
  ];
  return `Use the tools that you have.\n\n<fake>\n${script.join("\n")}\n</fake>\n`;
}

/** What the person has configured, where the CLI would write if it did. */
async function ownConfiguration({ home }: Launch): Promise<readonly (string | null)[]> {
  const files = [".claude/settings.json", ".codex/config.toml", ".gemini/settings.json"];
  const more = [".config/opencode/opencode.json"];
  return Promise.all(
    [...files, ...more].map((file) => readFile(path.join(home, file), "utf8").catch(() => null)),
  );
}

/** Command lines of the project's processes as they are now. */
async function commandLines(scratch: Scratch): Promise<readonly string[]> {
  const own = readProcessTable().filter((row) => scratch.owns(row.pid));
  return Promise.all(
    // One that has ended meanwhile has none.
    own.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
}
