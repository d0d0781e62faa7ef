/**
 * A project with real CLIs in the role of the conductor and a fake agent at the tasks. The model has
 * its words from the test, by the term of the prompt: what temoin writes holds no script.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readProcessTable } from "../../src/lib/process-table.ts";
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
  /** Of the model, for the prompts of a call; `null`: it has nothing to do. */
  readonly words: (term: number, call: number) => string | null;
  /** What the worker does in its turn, by a shell. */
  readonly work: string;
}

/** How a prompt of temoin's to a conductor begins. */
const heading = /^# Conductor, term (\d+), call (\d+)$/m;
const fakeAgent = fileURLToPath(new URL("../fake-agent/fake-agent.ts", import.meta.url));

export class ConductorStage implements AsyncDisposable {
  readonly server: ModelServer;
  readonly scratch: Scratch;
  readonly #tokens: ReadonlyMap<number, string>;
  readonly #stack: AsyncDisposableStack;

  constructor(
    parts: Pick<ConductorStage, "server" | "scratch"> & {
      readonly tokens: ReadonlyMap<number, string>;
      readonly stack: AsyncDisposableStack;
    },
  ) {
    this.server = parts.server;
    this.scratch = parts.scratch;
    this.#tokens = parts.tokens;
    this.#stack = parts.stack;
  }

  /** With it the term spoke, or speaks. */
  tokenOf(term: number): string {
    const token = this.#tokens.get(term);
    assert(token !== undefined, `no prompt of term ${term} has come`);
    return token;
  }

  /** Resolves when the model of the term is asked for this step. */
  async untilStep(term: number, step: number): Promise<void> {
    await this.server.log.until((record) => {
      return record.step === step && heading.exec(record.prompt)?.[1] === String(term);
    }, 120_000);
  }

  /** The first prompt of the term, as it has reached the model; `null`: none has. */
  prompt(term: number): string | null {
    const { prompts } = this.server.log;
    return prompts.find((prompt) => heading.exec(prompt)?.[1] === String(term)) ?? null;
  }

  /** Kills the CLI in the seat, which on a screen may be two, and nothing that it has started. */
  kill(): void {
    const sitting = readProcessTable().filter(
      ({ pid }) => isSitting(pid) && this.scratch.owns(pid),
    );
    const pids = new Set(sitting.map(({ pid }) => pid));
    const roots = sitting.filter(({ parent }) => !pids.has(parent));
    assert.ok(roots.length > 0, "nobody sits there");
    for (const { pid } of roots) process.kill(pid, "SIGKILL");
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

  /** What was changed in the checkout in which the conductor sits. */
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

/** With one task, T-1, which the worker has one attempt at. */
export async function openConductorStage(options: ConductorStageOptions): Promise<ConductorStage> {
  await using stack = new AsyncDisposableStack();
  const { order, words, work } = options;
  const scratch = stack.use(
    await openScratch({ script: { "T-1": [{ run: ["sh", "-c", work] }] } }),
  );
  const tokens = new Map<number, string>();
  const wordsFor = (prompt: string): string | null => {
    const [, term, call] = heading.exec(prompt) ?? [];
    if (term === undefined) return null;
    // Read while it is in office: its successor's takes the place of it.
    if (!tokens.has(Number(term))) tokens.set(Number(term), tokenIn(scratch));
    return words(Number(term), Number(call));
  };
  const server = stack.use(await openModelServer({ wordsFor }));
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
  return new ConductorStage({ server, scratch, tokens, stack: stack.move() });
}

function tokenIn({ dir }: Scratch): string {
  const folder = path.join(dir, ".temoin", "agents", "conductor");
  const [file, ...more] = readdirSync(folder).filter((name) => /^tools-\w+\.json$/.test(name));
  assert(file !== undefined && more.length === 0, `${folder}: ${file} ${more}`);
  return JSON.parse(readFileSync(path.join(folder, file), "utf8")).token;
}

function isSitting(pid: number): boolean {
  try {
    return /(?:^|\0)TEMOIN_SLOT=[^\0]*\/conductor\0/.test(
      readFileSync(`/proc/${pid}/environ`, "utf8"),
    );
  } catch {
    // It has ended, or is another user's.
    return false;
  }
}
