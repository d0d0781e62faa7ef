/**
 * A session of a driver whose agent is a real CLI in a window of a real tmux, and a model server
 * that does what the prompts say.
 */

import assert from "node:assert/strict";
import type { Driver } from "../../src/agents/driver.ts";
import type { TerminalDriver } from "../../src/agents/terminal/terminal-driver.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { agentName, openStage, type Stage } from "../contract/driver-stage.ts";
import { openTerminalDriver } from "../contract/driver-terminal.ts";
import { rootOf, TerminalStage } from "../contract/driver-terminal-stage.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { type Launch, type LaunchOptions, openLaunch } from "./launch.ts";

export interface RealStageOptions {
  readonly kind: "claude" | "gemini";
  readonly driverOf: (terminal: TerminalDriver) => Driver;
  readonly autonomy?: AgentSpec["autonomy"];
  readonly args?: readonly string[];
  readonly launch?: Partial<LaunchOptions>;
}

export class RealStage implements AsyncDisposable {
  readonly stage: Stage;
  readonly server: ModelServer;
  readonly launch: Launch;
  readonly driver: Driver;
  readonly agent: AgentSpec;
  readonly #stack: AsyncDisposableStack;
  #at: TerminalStage | null = null;
  #prompts = 0;

  private constructor(parts: {
    readonly stage: Stage;
    readonly server: ModelServer;
    readonly launch: Launch;
    readonly driver: Driver;
    readonly agent: AgentSpec;
    readonly stack: AsyncDisposableStack;
  }) {
    this.stage = parts.stage;
    this.server = parts.server;
    this.launch = parts.launch;
    this.driver = parts.driver;
    this.agent = parts.agent;
    this.#stack = parts.stack;
  }

  /** Nothing is started yet. */
  static async open(options: RealStageOptions): Promise<RealStage> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await openModelServer());
    const stage = await openStage();
    const launch = stack.use(
      await openLaunch(options.kind, {
        url: server.url,
        trusted: [stage.workspace],
        ...options.launch,
      }),
    );
    stack.use(stage);
    const terminal = stage.use(await openTerminalDriver(rootOf(stage), { graceMs: 2_000 }));
    const { autonomy = "full", args = [] } = options;
    const agent: AgentSpec = {
      name: agentName,
      driver: options.kind,
      transport: "tmux",
      command: [...launch.command, ...args],
      env: launch.env,
      roles: [],
      slots: 1,
      autonomy,
      profile: null,
    };
    const driver = options.driverOf(terminal);
    return new RealStage({ stage, server, launch, driver, agent, stack: stack.move() });
  }

  async start(): Promise<TerminalStage> {
    const { stage, driver, agent } = this;
    const session = await stage.start(driver, agent);
    this.#at = new TerminalStage({ stage, driver, session });
    return this.#at;
  }

  get at(): TerminalStage {
    assert(this.#at !== null, "it was not started");
    return this.#at;
  }

  /** Sends a prompt that the agent has to accept; its number among all. */
  async send(text: string, kind: "task" | "feedback" = "feedback"): Promise<number> {
    this.#prompts += 1;
    const n = this.#prompts;
    const base = await this.stage.prompt(n);
    const receipt = await this.at.session.send({ ...base, kind, text });
    assert(receipt.accepted, JSON.stringify([receipt, this.at.events], null, 1));
    return n;
  }

  /** A prompt and the end of its turn. */
  async turn(text: string, kind: "task" | "feedback" = "feedback") {
    return this.at.turn(await this.send(text, kind));
  }

  get window(): string {
    return this.at.session.attach?.window ?? "";
  }

  /** Kills the CLI, and only it. */
  kill(): void {
    const rows = findByEnvironment("TEMOIN_SLOT", this.stage.slot);
    // Node names its process by its thread.
    const names: readonly string[] = [this.agent.driver, "node", "MainThread"];
    const own = rows.filter(({ name }) => names.includes(name));
    assert(own.length > 0, `its program is none of ${rows.map(({ name }) => name).join(", ")}`);
    for (const { pid } of own) process.kill(pid, "SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#at?.session[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
  }
}
