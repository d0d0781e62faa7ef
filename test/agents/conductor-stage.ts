/**
 * A project with real CLIs in the role of the conductor and a fake agent at the tasks. The model has
 * its words from the test, by the term of the prompt: what temoin writes holds no script.
 */

import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { openScratch, type Scratch } from "../e2e/scratch-project.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

/** How one of them is spoken to; the driver has the name of the kind. */
export interface Sitter {
  readonly kind: AgentKind;
  readonly transport: "headless" | "tmux" | "acp";
  /** More of its entry in temoin.yaml. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface ConductorStageOptions {
  readonly order: readonly Sitter[];
  /** Of the model, for each prompt of a term; `null`: it has nothing to do. */
  readonly words: (term: number, call: number) => string | null;
}

/** The task can be done by whoever is told of two lines. */
const worker = {
  run: ["sh", "-c", 'grep -q "two lines" "$TEMOIN_PROMPT_FILE" && echo done > t1.txt'],
};
const fakeAgent = fileURLToPath(new URL("../fake-agent/fake-agent.ts", import.meta.url));

export class ConductorStage implements AsyncDisposable {
  readonly server: ModelServer;
  readonly scratch: Scratch;
  readonly #stack: AsyncDisposableStack;

  constructor(parts: Pick<ConductorStage, "server" | "scratch">, stack: AsyncDisposableStack) {
    this.server = parts.server;
    this.scratch = parts.scratch;
    this.#stack = stack;
  }

  /** Those of one type, as `temoin events` prints them. */
  async events(type: string): Promise<readonly ReturnType<typeof JSON.parse>[]> {
    const { stdout } = await this.scratch.temoin("events", "--json");
    const all = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
    return all.filter((event) => event.type === type);
  }

  /** What a person needs to see why it went wrong. */
  async story(...more: readonly string[]): Promise<string> {
    const log = await this.scratch.read(".temoin/LOG.md").catch(() => "no log");
    const { stdout } = await this.scratch.temoin("logs", "conductor");
    const said = this.server.log.all.map(
      ({ kind, step, says, end }) => `${kind} ${step}: ${says}, ${end}`,
    );
    return [...more, log, ...said, stdout].join("\n");
  }

  /** Files in the checkout in which the conductor sits. */
  async seat(): Promise<readonly string[]> {
    const list = await this.scratch.git("worktree", "list", "--porcelain");
    const dir = /^worktree (.*\/seat)$/m.exec(list)?.[1];
    assert(dir !== undefined, list);
    const status = await this.scratch.git("-C", dir, "status", "--porcelain", "--ignored");
    return status.split("\n").filter((line) => line !== "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** With one task, T-1, at which each attempt fails until its brief says enough. */
export async function openConductorStage(options: ConductorStageOptions): Promise<ConductorStage> {
  await using stack = new AsyncDisposableStack();
  const { order, words } = options;
  const wordsFor = (prompt: string): string | null => {
    const [, term, call] = /^# Conductor, term (\d+), call (\d+)$/m.exec(prompt) ?? [];
    return term === undefined ? null : words(Number(term), Number(call));
  };
  const server = stack.use(await openModelServer({ wordsFor }));
  const scratch = stack.use(await openScratch({ script: { "T-1": [worker] } }));
  const script = path.join(scratch.folder, "script.json");
  const agents: Record<string, unknown> = {
    ada: { driver: "command", command: [process.execPath, fakeAgent, script] },
  };
  for (const { kind, transport, more } of order) {
    const trusted = [scratch.folder];
    const { command, env } = stack.use(await openLaunch(kind, { url: server.url, trusted }));
    agents[kind] = { driver: kind, transport, command, env, ...more };
  }
  const names = order.map(({ kind }) => kind);
  const conductor = { order: names, works: false, coolDown: "100ms" };
  const config = { version: 1, agents, conductor, attempts: { perTask: 1 } };
  await scratch.write("temoin.yaml", JSON.stringify(config));
  await scratch.git("commit", "--quiet", "--all", "--message", "a worker and its conductors");
  const added = await scratch.temoin("add", "Write the file");
  assert.equal(added.code, 0, added.stderr);
  return new ConductorStage({ server, scratch }, stack.move());
}
