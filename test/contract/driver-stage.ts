/**
 * What a test of a driver stands on: a repository's root, a workspace, prompts and a log in a
 * temporary directory, and a slot that marks every process. Leaving it checks that none is left.
 */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  AgentEvent,
  Driver,
  Prompt,
  Session,
  SessionRequest,
} from "../../src/agents/driver.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import type { AgentName, SlotId } from "../../src/domain/id.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";

/** Steps of the fake agent, as its README tells them. */
export type Steps = readonly (string | Readonly<Record<string, unknown>>)[];

export interface DriverUnderTest extends AsyncDisposable {
  readonly driver: Driver;
  /** A turn is one process: it ends with it, and all that it has started too. */
  readonly isProcessPerTurn: boolean;
  /** The characters of a long line, and how many of them are told. */
  readonly longLine: { readonly written: number; readonly told: number };
  /** The agent that carries out the n-th list at the n-th prompt of a session. */
  agent(turns: readonly Steps[]): Promise<AgentSpec>;
}

/** `root` is an empty directory. */
export type MakeDriver = (root: string) => Promise<DriverUnderTest>;

export class Stage implements AsyncDisposable {
  readonly directory: string;
  readonly workspace: string;
  readonly logFile: string;
  /** A fresh name for each test, so that processes of other tests are not counted. */
  readonly slot = randomUUID() as string as SlotId;
  readonly #stack = new AsyncDisposableStack();
  /** What its sessions are given besides. */
  readonly #env: Readonly<Record<string, string>>;

  constructor(directory: string, env: Readonly<Record<string, string>>) {
    this.directory = directory;
    this.#env = env;
    this.workspace = join(directory, "workspace");
    this.logFile = join(directory, "logs", "agent.log");
  }

  /** Disposed of with the stage, after the sessions that are started later. */
  use<T extends AsyncDisposable>(resource: T): T {
    return this.#stack.use(resource);
  }

  async start(driver: Driver, agent: AgentSpec): Promise<Session> {
    const never = new AbortController().signal;
    return this.#stack.use(await driver.start(this.request(agent), never));
  }

  request(agent: AgentSpec): SessionRequest {
    return {
      slot: this.slot,
      agent,
      cwd: this.workspace,
      env: { TEMOIN_SLOT: this.slot, ...this.#env },
      logFile: this.logFile,
      privateDir: join(this.directory, "private"),
    };
  }

  /** The n-th prompt of an attempt, from 1. */
  async prompt(n: number): Promise<Prompt> {
    const text = `Prompt ${n}\n\nDo what the script says.\n`;
    const file = join(this.directory, `prompt-${n}.md`);
    await writeFile(file, text);
    return {
      id: `prompt-${n}`,
      kind: n === 1 ? "task" : "feedback",
      text,
      file,
      env: {
        TEMOIN_TASK: "T-1",
        TEMOIN_ATTEMPT: "1",
        TEMOIN_TURN: String(n),
        TEMOIN_PROMPT_FILE: file,
      },
    };
  }

  /** Of the slot, as they are now. */
  processes(): readonly number[] {
    return findByEnvironment("TEMOIN_SLOT", this.slot).map((row) => row.pid);
  }

  readFile(name: string): Promise<string> {
    return readFile(join(this.workspace, name), "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    const left = findByEnvironment("TEMOIN_SLOT", this.slot);
    await rm(this.directory, { recursive: true });
    assert.deepEqual(left, [], "no process is left");
  }
}

export async function openStage(env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const stage = new Stage(await mkdtemp(join(tmpdir(), "driver-")), env);
  await mkdir(stage.workspace);
  await mkdir(join(stage.directory, "root"));
  return stage;
}

/** Reads events up to the first of this type, that one included. */
export async function readUntil(
  session: Session,
  isLast: (event: AgentEvent) => boolean,
): Promise<AgentEvent[]> {
  const events: AgentEvent[] = [];
  for await (const event of session.events) {
    events.push(event);
    if (isLast(event)) return events;
  }
  return assert.fail(`the stream ended after ${events.map((event) => event.type).join(", ")}`);
}

/** Reads up to the end of the turn. */
export function readTurn(session: Session): Promise<AgentEvent[]> {
  return readUntil(session, (event) => event.type === "turn_ended");
}

export async function readAll(session: Session): Promise<AgentEvent[]> {
  const events: AgentEvent[] = [];
  for await (const event of session.events) events.push(event);
  return events;
}

/** The end of the turn whose events these are. */
export function endOf(events: readonly AgentEvent[]) {
  const last = events.at(-1);
  assert(last?.type === "turn_ended");
  return last;
}

/** A test double of an id: nothing here checks names. */
export const agentName = "fake" as AgentName;
