/**
 * A session of a driver with a real CLI, and who reads its events: the model server, a home of the
 * CLI's own, a repository as its workspace. Leaving it checks that no process is left.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { AgentEvent, Prompt, Session } from "../../src/agents/driver.ts";
import { openDrivers } from "../../src/app/drivers.ts";
import type { AgentSpec, Autonomy, DriverName, Transport } from "../../src/domain/agent.ts";
import type { AgentName, SlotId } from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { shapesOnly } from "../../src/lib/mask.ts";
import { Notifier, waitFor } from "../../src/lib/notifier.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { type LaunchOptions, openLaunch } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

export interface StageOptions {
  readonly kind: AgentKind;
  readonly driver: DriverName;
  readonly transport: Transport;
  readonly profile?: string;
  readonly autonomy?: Autonomy;
  readonly args?: readonly string[];
  readonly launch?: Partial<LaunchOptions>;
}

type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { readonly type: Type }>;

/** More than any CLI needs on a busy machine; what takes longer has failed. */
const longestMs = 60_000;

export class AgentStage implements AsyncDisposable {
  readonly server: ModelServer;
  readonly session: Session;
  readonly workspace: string;
  readonly slot: SlotId;
  readonly events: AgentEvent[] = [];
  readonly #stack: AsyncDisposableStack;
  readonly #directory: string;
  readonly #news = new Notifier();
  #prompts = 0;

  constructor(
    parts: Pick<AgentStage, "server" | "session" | "workspace" | "slot">,
    directory: string,
    stack: AsyncDisposableStack,
  ) {
    this.server = parts.server;
    this.session = parts.session;
    this.workspace = parts.workspace;
    this.slot = parts.slot;
    this.#directory = directory;
    this.#stack = stack;
    const reading = this.#read();
    stack.defer(() => reading);
    stack.use(parts.session);
  }

  /** Sends the words, with a number that makes each prompt another one; it must be accepted. */
  async send(words: string, kind: Prompt["kind"] = "task"): Promise<string> {
    this.#prompts += 1;
    const id = `prompt-${this.#prompts}`;
    const file = path.join(this.#directory, `${id}.md`);
    const text = `This is prompt ${this.#prompts}.\n\n<fake>${words}</fake>\n`;
    await writeFile(file, text);
    const receipt = await this.session.send({ id, kind, text, file, env: {} });
    assert(receipt.accepted, JSON.stringify([receipt, this.events], null, 1));
    return id;
  }

  /** The turn of these words, to its end. */
  async turn(words: string, kind: Prompt["kind"] = "task"): Promise<EventOf<"turn_ended">> {
    const id = await this.send(words, kind);
    return await this.event("turn_ended", (event) => event.promptId === id);
  }

  /** The first event of this type that `isIt`, also one that has come already. */
  async event<Type extends AgentEvent["type"]>(
    type: Type,
    isIt: (event: EventOf<Type>) => boolean = () => true,
  ): Promise<EventOf<Type>> {
    const { signal } = new AbortController();
    const until = systemClock.now() + longestMs;
    for (;;) {
      const news = this.#news.next();
      // The type was compared: there is no other way to tell the compiler.
      const found = this.events.find(
        (event) => event.type === type && isIt(event as EventOf<Type>),
      ) as EventOf<Type> | undefined;
      if (found !== undefined) return found;
      const isOver = this.events.at(-1)?.type === "ended" || systemClock.now() >= until;
      assert(!isOver, `no ${type} came: ${JSON.stringify(this.events, null, 1)}`);
      await waitFor({ clock: systemClock, signal, until }, news);
    }
  }

  /** Its processes as they are now. */
  processes(): readonly number[] {
    return findByEnvironment("TEMOIN_SLOT", this.slot).map((row) => row.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #read(): Promise<void> {
    for await (const event of this.session.events) {
      this.events.push(event);
      this.#news.notify();
    }
    this.#news.notify();
  }
}

export async function openAgentStage(options: StageOptions): Promise<AgentStage> {
  await using stack = new AsyncDisposableStack();
  const directory = await realpath(await mkdtemp(path.join(os.tmpdir(), "agent-")));
  const slot = `${path.basename(directory)}/${randomUUID().slice(0, 8)}` as SlotId;
  stack.defer(async () => {
    const left = findByEnvironment("TEMOIN_SLOT", slot);
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    assert.deepEqual(
      left.map((row) => row.name),
      [],
      "no process is left",
    );
  });
  const workspace = path.join(directory, "workspace");
  await mkdir(workspace);
  await promisify(execFile)("git", ["init", "--quiet"], { cwd: workspace });
  const server = stack.use(await openModelServer());
  const { kind, launch: more } = options;
  const trusted = [directory];
  const launch = stack.use(await openLaunch(kind, { url: server.url, trusted, ...more }));
  const agent = agentOf(options, launch);
  const stateDir = path.join(directory, ".temoin");
  const env = { ...process.env, XDG_RUNTIME_DIR: directory };
  const place = { id: slot.replace("/", "-"), root: directory, stateDir, isBare: false };
  const parts = { clock: systemClock, env, place, agents: [agent], isForRun: true };
  const drivers = stack.use(await openDrivers({ ...parts, mask: shapesOnly }));
  const request = {
    slot,
    agent,
    cwd: workspace,
    env: { TEMOIN_SLOT: slot },
    logFile: path.join(directory, "agent.log"),
    privateDir: path.join(stateDir, "agents", "one"),
  };
  const session = await drivers.of(agent).start(request, new AbortController().signal);
  return new AgentStage({ server, session, workspace, slot }, directory, stack.move());
}

function agentOf(
  { kind, driver, transport, profile, autonomy, args = [] }: StageOptions,
  launch: Pick<AgentSpec, "env"> & { readonly command: readonly [string] },
): AgentSpec {
  return {
    name: kind as string as AgentName,
    driver,
    transport,
    command: [...launch.command, ...args],
    env: launch.env,
    roles: [],
    slots: 1,
    autonomy: autonomy ?? "full",
    profile: profile ?? null,
  };
}
