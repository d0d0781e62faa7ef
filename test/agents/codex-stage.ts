/**
 * A session of the real codex, in a home of its own and on a model server. Leaving it checks that no
 * process is left, and that codex's configuration is as it was.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createHeadlessCodexDriver } from "../../src/agents/codex/headless.ts";
import { createTmuxCodexDriver } from "../../src/agents/codex/tmux-driver.ts";
import type { AgentEvent, Driver, Prompt, Session } from "../../src/agents/driver.ts";
import type { ProtocolDriverOptions } from "../../src/agents/protocol/protocol-driver.ts";
import { ProjectServer } from "../../src/agents/tmux/project-server.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import type { AgentName } from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { openStage, readTurn, readUntil, type Stage } from "../contract/driver-stage.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { environmentFor, type Launch, type LaunchOptions, openLaunch } from "./launch.ts";

export interface CodexOptions {
  readonly autonomy?: AgentSpec["autonomy"];
  readonly args?: readonly string[];
  readonly launch?: Partial<LaunchOptions>;
  /** Default: without a screen. */
  readonly makeDriver?: MakeCodex;
}

type MakeCodex = (options: ProtocolDriverOptions) => Promise<Driver & AsyncDisposable> | Driver;

export class CodexStage implements AsyncDisposable {
  readonly stage: Stage;
  readonly server: ModelServer;
  readonly launch: Launch;
  readonly agent: AgentSpec;
  readonly options: ProtocolDriverOptions;
  readonly driver: Driver;
  readonly #stack: AsyncDisposableStack;
  #session: Session | null = null;
  #prompts = 0;

  constructor(
    parts: Pick<CodexStage, "stage" | "server" | "launch" | "agent" | "options" | "driver">,
    stack: AsyncDisposableStack,
  ) {
    this.stage = parts.stage;
    this.server = parts.server;
    this.launch = parts.launch;
    this.agent = parts.agent;
    this.options = parts.options;
    this.driver = parts.driver;
    this.#stack = stack;
  }

  /** The one that was started last. */
  get session(): Session {
    assert(this.#session !== null);
    return this.#session;
  }

  async start(driver: Driver, agent = this.agent): Promise<Session> {
    this.#session = await this.stage.start(driver, agent);
    return this.#session;
  }

  /**
   * The next prompt; the first is a task, others are feedback unless it is said. Without a script it
   * is about what was said before.
   */
  async prompt(script: string, kind?: Prompt["kind"]): Promise<Prompt> {
    this.#prompts += 1;
    const prompt = await this.stage.prompt(this.#prompts);
    const text = script === "" ? "And now?" : `Do it.\n<fake>${script}</fake>`;
    return { ...prompt, id: `T-1/1/${this.#prompts}`, text, kind: kind ?? prompt.kind };
  }

  async give(script: string, kind?: Prompt["kind"]): Promise<Prompt> {
    const prompt = await this.prompt(script, kind);
    const receipt = await this.session.send(prompt);
    assert(receipt.accepted, receipt.accepted ? "" : receipt.why);
    return prompt;
  }

  /** Gives a prompt, and resolves with all that comes to the end of its turn. */
  async turn(script: string, kind?: Prompt["kind"]): Promise<readonly AgentEvent[]> {
    await this.give(script, kind);
    return await readTurn(this.session);
  }

  /** The next event of that type. */
  async event<Type extends AgentEvent["type"]>(
    type: Type,
  ): Promise<Extract<AgentEvent, { readonly type: Type }>> {
    const events = await readUntil(this.session, (event) => event.type === type);
    // The type has been compared just before.
    return events.at(-1) as Extract<AgentEvent, { readonly type: Type }>;
  }

  /** In the workspace; `null`: it is not there. */
  file(name: string): Promise<string | null> {
    return readFile(path.resolve(this.stage.workspace, name), "utf8").catch(() => null);
  }

  /** Of the slot, those whose command line holds these words: their pids. */
  processes(words: string): readonly number[] {
    const rows = findByEnvironment("TEMOIN_SLOT", this.stage.slot);
    return rows.map(({ pid }) => pid).filter((pid) => commandOf(pid).includes(words));
  }

  /** The program itself, and not what has started it. */
  kill(words: string): void {
    const pid = this.processes(words).findLast((each) => !commandOf(each).startsWith("sh "));
    assert(pid !== undefined, `${words} runs`);
    process.kill(pid, "SIGKILL");
  }

  log(): Promise<string> {
    return readFile(this.stage.logFile, "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

export async function openCodex(options: CodexOptions = {}): Promise<CodexStage> {
  const codex = await prepareCodex(options);
  try {
    await codex.start(codex.driver);
    return codex;
  } catch (error) {
    await codex[Symbol.asyncDispose]();
    throw error;
  }
}

/** With a tmux server of its own. */
export function makeTmuxCodex(options: ProtocolDriverOptions): Driver & AsyncDisposable {
  const { clock, root, graceMs = 1_000 } = options;
  const tmux = new ProjectServer({ clock, graceMs, socket: { path: path.join(root, "tmux") } });
  const driver = createTmuxCodexDriver({ ...options, tmux, project: "test", socketDir: root });
  return Object.assign(driver, { [Symbol.asyncDispose]: () => tmux[Symbol.asyncDispose]() });
}

/** Without a session. */
export async function prepareCodex(options: CodexOptions): Promise<CodexStage> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await openModelServer());
  const launch = stack.use(
    await openLaunch("codex", {
      url: server.url,
      trusted: [],
      model: "gpt-5.5",
      ...options.launch,
    }),
  );
  const config = path.join(launch.home, ".codex", "config.toml");
  const before = await readFile(config, "utf8");
  stack.defer(async () => {
    assert.equal(await readFile(config, "utf8"), before, "codex's configuration is as it was");
  });
  const stage = stack.use(await openStage());
  const root = path.join(stage.directory, "root");
  const binDir = path.join(root, "bin");
  await mkdir(binDir);
  const agent: AgentSpec = {
    name: "codex" as AgentName,
    driver: "codex",
    transport: "headless",
    command: [...launch.command, ...(options.args ?? [])],
    env: launch.env,
    roles: [],
    slots: 1,
    autonomy: options.autonomy ?? "full",
    profile: null,
  };
  const base = { clock: systemClock, root, binDir, env: environmentFor(launch), graceMs: 1_000 };
  const driver = await (options.makeDriver ?? createHeadlessCodexDriver)(base);
  if (Symbol.asyncDispose in driver) stage.use(driver);
  const parts = { stage, server, launch, agent, options: base, driver };
  return new CodexStage(parts, stack.move());
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It has ended.
    return "";
  }
}
