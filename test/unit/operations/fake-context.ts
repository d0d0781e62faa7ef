/**
 * A context in memory: the real state by `decide` and `apply`, texts in a map, the real
 * configuration from a scratch directory. Nothing of it runs an agent.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttachHint } from "../../../src/agents/driver.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { Report } from "../../../src/domain/agent.ts";
import { apply } from "../../../src/domain/apply.ts";
import type { Decision } from "../../../src/domain/decide.ts";
import { decide, isRefusal } from "../../../src/domain/decide.ts";
import type { Event } from "../../../src/domain/event.ts";
import type { BlobHash, SlotId } from "../../../src/domain/id.ts";
import type { Input, PersonInput } from "../../../src/domain/input.ts";
import type { Role } from "../../../src/domain/rights.ts";
import { emptyState, readState, writeState } from "../../../src/domain/state.ts";
import { AppError } from "../../../src/lib/app-error.ts";
import { type Clock, systemClock } from "../../../src/lib/clock.ts";
import { takeLock } from "../../../src/lib/file-lock.ts";
import type { Context, Holder, Planner } from "../../../src/operations/context.ts";
import { invoke } from "../../../src/operations/invoke.ts";
import type { Operation } from "../../../src/operations/operation.ts";
import { refused } from "../../../src/operations/refused.ts";
import { emptyPlan, type Plan } from "../../../src/plans/plan.ts";
import { createPlanReader } from "../../../src/plans/read-plan.ts";

export interface Stage extends AsyncDisposable {
  readonly context: Context;
  readonly root: string;
  readonly reports: Report[];
  /** What the holder was asked for. */
  readonly stops: string[];
  holder: Holder | null;
  planner: Planner | null;
  /** Where the windows of agents are. */
  hints: ReadonlyMap<SlotId, AttachHint>;
  /** Plans by file; a file that has none holds no task. */
  readonly plans: Map<string, Plan>;
  write(file: string, text: string): Promise<void>;
  /** Control's or a runner's part. */
  decide(input: Input): Decision;
  invoke<I, O>(operation: Operation<I, O>, input: unknown): Promise<O>;
}

export interface StageOptions {
  readonly config?: string;
  readonly token?: string;
  /** Whom the token speaks for; default: a worker. */
  readonly role?: Role;
}

export async function openStage({
  config,
  token,
  role = "worker",
}: StageOptions = {}): Promise<Stage> {
  const root = await mkdtemp(join(tmpdir(), "temoin-operations-"));
  const state = emptyState();
  const log: Event[] = [];
  const texts = new Map<BlobHash, string>();
  const plans = new Map<string, Plan>();
  const reports: Report[] = [];
  const stops: string[] = [];
  let now = Date.parse("2026-11-21T10:00:00Z");
  // Every look at the clock is a millisecond later, so that the order of events is told.
  const clock: Clock = { now: () => (now += 1), until: async () => {} };

  function decideAndApply(input: Input): Decision {
    const decided = decide(state, input, clock.now());
    if (isRefusal(decided)) throw refused(decided);
    for (const event of decided.events) {
      apply(state, event);
      log.push(event);
    }
    return decided;
  }

  const context: Context = {
    clock,
    env: { PATH: process.env["PATH"] },
    dir: root,
    caller: token === undefined ? { kind: "person" } : { kind: "agent", token },
    place: async () => ({ id: "p", root, stateDir: join(root, ".temoin"), isBare: false }),
    config: (flags) => loadConfig({ root, env: {}, userDir: null, ...(flags ? { flags } : {}) }),
    // A copy, as a reader of the store has one.
    state: async () => readState(writeState(state)),
    events: async (after) => log.slice(after),
    changes: async function* () {
      yield;
    },
    text: async (hash) => texts.get(hash) ?? null,
    keep: async (kept) =>
      kept.map((text) => {
        const hash = createHash("sha256").update(text).digest("hex") as BlobHash; // As the store.
        texts.set(hash, text);
        return hash;
      }),
    turn: async (of) =>
      (await takeLock(join(root, `${of}.lock`), systemClock, 30_000)) ?? assert.fail(of),
    ask: async (input) => decideAndApply({ from: "person", input: input as PersonInput }),
    role: async () => (token === undefined ? "person" : role),
    serveTools: () => assert.fail("no tools on this stage"),
    question: () => assert.fail("nobody works on this stage"),
    ownTask: () => assert.fail("nobody works on this stage"),
    handIn: () => assert.fail("nobody plans on this stage"),
    openPlanning: () => assert.fail("no agent on this stage"),
    commandTrouble: async () => null,
    report: async (report) => {
      if (token === undefined) throw new AppError("refused", "Only an agent at work can report.");
      reports.push(report);
    },
    plans: {
      read: async (file) => plans.get(file) ?? emptyPlan,
      brief: (text) => createPlanReader().brief(text),
    },
    diff: async (head) => `the change of ${head}`,
    holder: async () => stage.holder,
    planner: async () => stage.planner,
    stopHolder: async (how) => {
      stops.push(how);
    },
    startRun: () => assert.fail("no run on this stage"),
    startDaemon: () => assert.fail("no process on this stage"),
    checkGates: () => assert.fail("no gate on this stage"),
    missingAgents: async () => [],
    lookAtAgents: async () => [],
    lookAtTools: async (role) => ({ isThere: true, tools: [role, "report"], tookMs: 400 }),
    proveAgent: async () => assert.fail("no agent is run"),
    agentProof: async () => null,
    probeTmux: async (how) => [
      { name: "version", ok: how === "version", detail: `tmux by ${how}`, hint: null },
    ],
    clean: () => assert.fail("nothing is removed on this stage"),
    logFile: async (slot) => join(root, `${slot}.log`),
    attachHints: async () => stage.hints,
  };
  const stage: Stage = {
    context,
    root,
    reports,
    stops,
    holder: null,
    planner: null,
    hints: new Map(),
    plans,
    write: (file, text) => writeFile(join(root, file), text),
    decide: decideAndApply,
    invoke: (operation, input) =>
      invoke(operation, { context, input, signal: new AbortController().signal }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
  if (config !== undefined) await stage.write("temoin.yaml", config);
  return stage;
}

/** The error that a call ends with. */
export async function refusalOf(call: Promise<unknown>): Promise<AppError> {
  const error: unknown = await call.then(
    () => assert.fail("it was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, String(error));
  return error;
}
