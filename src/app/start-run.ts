/**
 * A run, put together: the project is taken, what a dead temoin left is cleared up, control and
 * runner are joined, and at the end all is closed in the reverse order.
 */

import { hostname } from "node:os";
import { policyOf, slotsOf } from "../config/config.ts";
import type { LoadedConfig } from "../config/load.ts";
import { Control } from "../control/control.ts";
import { Ledger, projectStream } from "../control/ledger.ts";
import type { SlotSpec } from "../domain/agent.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { Clock } from "../lib/clock.ts";
import { serveJson } from "../lib/json-socket.ts";
import type { Environment, ProjectPlace, RunHandle, RunOptions } from "../operations/context.ts";
import { throughJson } from "../runner/control-port.ts";
import { Runner } from "../runner/runner.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { createGit } from "../workspaces/git.ts";
import { clearUp } from "./clear-up.ts";
import { hold } from "./hold.ts";
import { journalFiles } from "./journal-files.ts";
import { openHands } from "./open-hands.ts";
import { pathsOf, socketPath } from "./places.ts";
import { answerQuestion, Tokens } from "./questions.ts";

export interface RunParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly loaded: LoadedConfig;
  readonly options: RunOptions;
}

export async function startRun(parts: RunParts): Promise<RunHandle> {
  await using stack = new AsyncDisposableStack();
  const { clock, env, place, loaded, options } = parts;
  const paths = pathsOf(place);
  stack.use(await hold(paths, options.command, clock));
  const store = stack.use(await openSqliteStore({ path: paths.store, clock }));
  const ledger = await Ledger.open({ store, archive: store, clock });
  const tokens = new Tokens();
  const socket = socketPath(env, place);
  const hands = stack.use(await openHands({ ...parts, tokens, socket }));
  await clearUp({ clock, place, store, ledger, hands, onProblem: options.onProblem });

  const { onProblem } = options;
  const git = createGit({ clock, env });
  const files = await journalFiles({ git, place, log: loaded.config.log, onProblem });
  const events = ledger.state.seq;
  const journal = stack.use(await openJournal({ ...files, clock, events, onProblem }));
  const missing = await store.load(projectStream, journal.position);
  journal.record(journal.position + 1, missing, ledger.state, clock.now());
  ledger.onCommit((seq, events, state) => {
    journal.record(seq, events, state, clock.now());
    options.onEvents(seq, events, state);
  });

  const control = new Control({
    ledger,
    store,
    archive: store,
    clock,
    onProblem: options.onProblem,
  });
  const runnerName = `${hostname()}/${process.pid}/${clock.now()}`;
  const slots = await usableSlots(loaded, hands.missing);
  const runner = new Runner(
    { ...hands.forRunner, port: throughJson(control), runner: runnerName },
    slots,
  );

  const stop = async (how: "drain" | "now"): Promise<void> => {
    await control.tell({ type: "stop", why: how === "now" ? "stopped at once" : "stopped" });
    if (how === "now") runner.interrupt("temoin was stopped");
  };
  const server = await serveJson(socket, (question) =>
    answerQuestion({ control, tokens, stop }, question),
  );
  stack.use(server);

  const crashed = runner.run();
  const { sha } = await hands.forRunner.target.read();
  await control.begin({
    type: "run_started",
    runner: runnerName,
    slots,
    policy: policyOf(loaded.config, clock.now()),
    configHash: loaded.hash,
    target: hands.forRunner.target.branch,
    targetSha: sha,
  });
  const rest = stack.move();
  const over = finish({ control, runner, crashed, rest });
  return {
    over,
    drain: (why) => control.tell({ type: "stop", why }),
    interrupt: (why) => runner.interrupt(why),
  };
}

async function finish(parts: {
  readonly control: Control;
  readonly runner: Runner;
  readonly crashed: Promise<void>;
  readonly rest: AsyncDisposableStack;
}): Promise<{ readonly exitCode: number; readonly why: string }> {
  const { control, runner, crashed, rest } = parts;
  await using _rest = rest;
  try {
    // The runner's loops end only by a bug, which ends the run; the log is intact.
    const bug = crashed.then(() => new Promise<never>(() => undefined));
    return await Promise.race([control.over, bug]);
  } finally {
    await runner[Symbol.asyncDispose]();
    await control[Symbol.asyncDispose]();
  }
}

async function usableSlots(
  loaded: LoadedConfig,
  missing: ReadonlyMap<string, string>,
): Promise<readonly SlotSpec[]> {
  return slotsOf(loaded.config).map((slot) => {
    const broken = missing.get(slot.agent);
    return broken === undefined ? slot : { ...slot, broken };
  });
}
