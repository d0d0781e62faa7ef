/**
 * A run, put together: the project is taken, what a dead temoin left is cleared up, control and
 * runner are joined, and at the end all is closed in the reverse order.
 */

import { flushCompileCache } from "node:module";
import { hostname } from "node:os";
import { policyOf, slotsOf } from "../config/config.ts";
import type { LoadedConfig } from "../config/load.ts";
import { Control } from "../control/control.ts";
import { Ledger, projectStream } from "../control/ledger.ts";
import type { SlotSpec } from "../domain/agent.ts";
import { type RunEnd, runExit } from "../domain/goal.ts";
import { openJournal } from "../journal/markdown-journal.ts";
import type { Clock } from "../lib/clock.ts";
import { serveJson } from "../lib/json-socket.ts";
import type { Environment, ProjectPlace, RunHandle, RunOptions } from "../operations/context.ts";
import { throughJson } from "../runner/control-port.ts";
import type { Hands } from "../runner/hands.ts";
import { Runner } from "../runner/runner.ts";
import type { Archive } from "../store/archive.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { createGit } from "../workspaces/git.ts";
import { clearUp } from "./clear-up.ts";
import { hold } from "./hold.ts";
import { journalFiles } from "./journal-files.ts";
import { findLeftTarget } from "./left-target.ts";
import { openHands } from "./open-hands.ts";
import { pathsOf, socketPath } from "./places.ts";
import { answerQuestion } from "./questions.ts";
import { Tokens } from "./tokens.ts";

export interface RunParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly loaded: LoadedConfig;
  readonly options: RunOptions;
  /** Puts something around the hands: a test that stops the process at a chosen step, for one. */
  readonly decorate?: (hands: Hands) => Hands;
  /** The same for the store. */
  readonly decorateStore?: (store: Store & Archive) => Store & Archive;
}

export async function startRun(parts: RunParts): Promise<RunHandle> {
  await using stack = new AsyncDisposableStack();
  const { clock, env, place, loaded, options } = parts;
  const paths = pathsOf(place);
  stack.use(await hold(paths, options.command, clock));
  const opened = stack.use(await openSqliteStore({ path: paths.store, clock }));
  const store = parts.decorateStore?.(opened) ?? opened;
  const ledger = await Ledger.open({ store, archive: store, clock });
  const slotIds = slotsOf(loaded.config).map((slot) => slot.id);
  const tokens = await Tokens.open(paths.tokens, slotIds);
  const socket = socketPath(env, place);
  const hands = stack.use(await openHands({ ...parts, tokens, socket }));
  const { onProblem } = options;
  const git = createGit({ clock, env });
  const left = await findLeftTarget({
    git,
    root: place.root,
    before: ledger.state.run?.target ?? null,
    branch: hands.forRunner.target.branch,
    isNamed: loaded.config.target !== null,
  });
  if (left !== null) onProblem(left);
  const slots = usableSlots(loaded, hands.missing);
  await clearUp({ clock, place, store, ledger, hands, slots, onProblem });

  const files = await journalFiles({ git, place, log: loaded.config.log, onProblem });
  const events = ledger.state.seq;
  const journal = stack.use(await openJournal({ ...files, clock, events, onProblem }));
  const missing = await store.load(projectStream, journal.position);
  journal.record(journal.position + 1, missing, ledger.state);
  ledger.onCommit((seq, events, state) => {
    journal.record(seq, events, state);
    options.onEvents(seq, events, state);
  });

  const control = stack.use(new Control({ ledger, store, archive: store, clock, onProblem }));
  const runnerName = `${hostname()}/${process.pid}/${clock.now()}`;
  const joined: Hands = { ...hands.forRunner, port: throughJson(control), runner: runnerName };
  const runner = stack.use(new Runner(parts.decorate?.(joined) ?? joined, slots));

  const cut = Promise.withResolvers<RunEnd>();
  const stop = async (how: "drain" | "now"): Promise<void> => {
    const exitCode = runExit.asked;
    if (how === "now") cut.resolve({ why: "temoin was stopped", exitCode });
    else await control.tell({ type: "stop", why: "stopped", exitCode });
  };
  // Listening first: where nobody could ask, no task is handed out. Answers wait for the begin.
  const begun = Promise.withResolvers<void>();
  const answer = async (question: unknown): Promise<unknown> => {
    await begun.promise;
    return answerQuestion({ control, tokens, stop }, question);
  };
  stack.use(await serveJson(socket, answer));
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
  begun.resolve();
  // Whoever found nobody to ask until now has written into the store.
  await control.refresh();
  // A run that is killed would never write what was compiled for it, and start slowly each time.
  flushCompileCache();
  return {
    over: finish({ control, runner, cut: cut.promise }, stack.move()),
    drain: (end) => control.tell({ type: "stop", ...end }),
    interrupt: (end) => cut.resolve(end),
  };
}

interface Finishing {
  readonly control: Control;
  readonly runner: Runner;
  /** Why all is to end at once. */
  readonly cut: Promise<RunEnd>;
}

/** Everything of the run is closed before its end is told. */
async function finish(
  { control, runner, cut }: Finishing,
  open: AsyncDisposableStack,
): Promise<RunEnd> {
  await using _open = open;
  const never = Promise.withResolvers<never>().promise;
  // The runner's loops end only by a bug, which ends the run, or when they are interrupted.
  const bug = runner.run().then(() => never);
  const interrupted = cut.then(async (end) => {
    control.hurry();
    await control.tell({ type: "stop", ...end });
    await runner.interrupt(end.why);
    // A landing that was cut short is taken up by the next run.
    await control.tell({ type: "run_ended", ...end });
    return control.over;
  });
  return await Promise.race([control.over, bug, interrupted]);
}

function usableSlots(
  loaded: LoadedConfig,
  missing: ReadonlyMap<string, string>,
): readonly SlotSpec[] {
  return slotsOf(loaded.config).map((slot) => {
    const broken = missing.get(slot.agent);
    return broken === undefined ? slot : { ...slot, broken };
  });
}
