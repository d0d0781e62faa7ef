/**
 * A queue of six tasks with a gate, from `temoin add` to the landings, done by a real CLI under the
 * real `bin/temoin run`. The third task is done wrong at first: the gate goes red, and the feedback
 * has to reach the same conversation for it to be mended.
 */

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { landings, openScratch, type Scratch } from "../e2e/scratch-project.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { type LaunchOptions, openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

export interface QueueOptions {
  readonly kind: AgentKind;
  /** Of temoin.yaml: `driver`, `transport`, `profile`, `args` and so on. */
  readonly agent: Readonly<Record<string, unknown>>;
  /** Where the command is more than the CLI's program. */
  readonly command?: (program: string) => readonly string[];
  readonly launch?: Partial<LaunchOptions>;
  /** Default: enough for the slowest on a busy machine. */
  readonly timeoutMs?: number;
}

const tasks = [1, 2, 3, 4, 5, 6];
const wrongTask = 3;

/** Defines the test; its title names the CLI and `how` temoin speaks to it. */
export function testQueue(how: string, options: QueueOptions): void {
  const title = `${options.kind}, ${how}: six tasks land, a red gate is mended, each prompt arrives once`;
  test(title, { timeout: options.timeoutMs ?? 400_000 }, async () => {
    await using server = await openModelServer();
    await using scratch = await openScratch();
    const trusted = [scratch.folder];
    await using launch = await openLaunch(options.kind, {
      url: server.url,
      trusted,
      ...options.launch,
    });
    const { kind, agent, command = (program) => [program] } = options;
    const entry = { ...agent, command: command(launch.command[0]), env: launch.env };
    await configure(scratch, { [kind]: entry });
    await addTasks(scratch);

    const { code, stdout, stderr } = await scratch.temoin("run");
    const about = async () => [stdout, stderr, await story(scratch, server)].join("\n");
    assert.equal(code, 0, await about());
    const landed = await landings(scratch);
    assert.deepEqual(
      [...landed].sort(),
      tasks.map((n) => `T-${n}`),
      await about(),
    );
    for (const n of tasks) assert.equal(await scratch.read(fileOf(n)), `good ${n}\n`);
    assert.deepEqual(
      await outcomes(scratch),
      tasks.map(() => "verified"),
      await about(),
    );
    assert.deepEqual(byText(server.log.prompts), byText(await promptsGiven(scratch)));
    assert.equal(server.log.prompts.length, tasks.length + 1, "one round of feedback");
  });
}

async function configure(scratch: Scratch, agents: Readonly<Record<string, unknown>>) {
  const gates = [{ name: "good", run: "! grep -rn bad work" }];
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents, gates }));
  await scratch.git("commit", "--quiet", "--all", "--message", "agents and a gate");
}

async function addTasks(scratch: Scratch): Promise<void> {
  for (const n of tasks) {
    const brief = path.join(scratch.folder, `brief-${n}.md`);
    await scratch.run("sh", ["-c", 'printf "%s" "$1" > "$2"', "sh", briefOf(n), brief]);
    const added = await scratch.temoin("add", `Write the file of number ${n}`, "-f", brief);
    assert.equal(added.code, 0, added.stderr);
  }
}

function briefOf(n: number): string {
  const file = fileOf(n);
  const script =
    n === wrongTask
      ? `run={{mkdir -p work && echo bad > ${file}}} next run={{echo good ${n} > ${file}}}`
      : `write=${file} text={{good ${n}}}`;
  return `The file \`${file}\` is to hold one line.\n\n<fake>\n${script}\n</fake>\n`;
}

function fileOf(n: number): string {
  return `work/${n}.txt`;
}

async function outcomes(scratch: Scratch): Promise<readonly string[]> {
  const outcome = async (n: number): Promise<string> => {
    const { task } = await scratch.json("show", `T-${n}`);
    const { attempts }: { readonly attempts: readonly { readonly outcome: string }[] } = task;
    return attempts.map((attempt) => attempt.outcome).join(" ");
  };
  return Promise.all(tasks.map(outcome));
}

/** As temoin has kept what it gave. */
async function promptsGiven(scratch: Scratch): Promise<readonly string[]> {
  const folder = path.join(".temoin", "prompts");
  const files = await readdir(path.join(scratch.dir, folder), { recursive: true });
  const prompts = files.filter((file) => file.endsWith(".md"));
  return Promise.all(prompts.map((file) => scratch.read(path.join(folder, file))));
}

/** Without what a composer cuts off at the ends. */
function byText(prompts: readonly string[]): readonly string[] {
  return prompts.map((text) => text.trim()).sort();
}

/** What a person needs to see why it went wrong. */
async function story(scratch: Scratch, server: ModelServer): Promise<string> {
  const log = await scratch.read(".temoin/LOG.md").catch(() => "no log");
  const requests = server.log.all.map((one) => {
    const prompt = JSON.stringify(one.prompt.slice(0, 80));
    return `${one.kind} ${one.round}/${one.step} attempt ${one.attempt}: ${one.says}, ${one.end} ${prompt}`;
  });
  return [log, ...requests].join("\n");
}
