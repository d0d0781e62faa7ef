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
import type { BlobHash } from "../domain/id.ts";
import { leftLines } from "../domain/view-left.ts";
import { openJournal } from "../journal/markdown-journal.ts";
import { type Clock, steadyBeside } from "../lib/clock.ts";
import { serveJson } from "../lib/json-socket.ts";
import type { Environment, ProjectPlace, RunHandle, RunOptions } from "../operations/context.ts";
import { throughJson } from "../runner/control-port.ts";
import type { Hands } from "../runner/hands.ts";
import { Runner } from "../runner/runner.ts";
import type { Archive } from "../store/archive.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { createGit } from "../workspaces/git.ts";
import { findCommonDir } from "../workspaces/repository.ts";
import { clearUp } from "./clear-up.ts";
import { datedPort } from "./dated-port.ts";
import { watchedPort } from "./git-settings.ts";
import { hold } from "./hold.ts";
import { journalFiles } from "./journal-files.ts";
import { findLeftTarget } from "./left-target.ts";
import { maskedPort } from "./masked-port.ts";
import { openHands } from "./open-hands.ts";
import { pathsOf, reportSocketPath, socketPath } from "./places.ts";
import { endLeftPlanner } from "./plan-seat.ts";
import { answerQuestion, answerReport } from "./questions.ts";
import { openMask } from "./run-mask.ts";
import { openStateFolder } from "./state-folder.ts";
import { Tokens } from "./tokens.ts";
import { disksOf, type ReadDisks, watchDisk } from "./watch-disk.ts";
import { writeSummary } from "./write-summary.ts";

export interface RunParts {
  /** The time of day: of events, limits and deadlines. */
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly loaded: LoadedConfig;
  readonly options: RunOptions;
  /** Puts something around the hands: a test that stops the process at a chosen step, for one. */
  readonly decorate?: (hands: Hands) => Hands;
  /** The same for the store. */
  readonly decorateStore?: (store: Store & Archive) => Store & Archive;
  /** How much room there is; default: what the system tells. */
  readonly readDisks?: ReadDisks;
}

export async function startRun(parts: RunParts): Promise<RunHandle> {
  await using stack = new AsyncDisposableStack();
  const { clock, env, place, loaded } = parts;
  const steady = steadyBeside(clock);
  const paths = pathsOf(place);
  const git = createGit({ clock: steady, env });
  await openStateFolder(git, place);
  stack.use(await hold(paths, parts.options.command, clock));
  const opened = stack.use(await openSqliteStore({ path: paths.store, clock }));
  const store = parts.decorateStore?.(opened) ?? opened;
  const ledger = await Ledger.open({ store, archive: store, clock });
  const slotIds = slotsOf(loaded.config).map((slot) => slot.id);
  const tokens = await Tokens.open(paths.tokens, slotIds, ledger.state.conductor.term + 1);
  const mask = openMask({ env, agents: loaded.config.agents, tokens: tokens.all });
  const onProblem = (says: string): void => parts.options.onProblem(mask.text(says));
  const options = { ...parts.options, onProblem };
  const socket = socketPath(env, place);
  const hands = stack.use(
    await openHands({ ...parts, clock: steady, options, tokens, socket, mask }),
  );
  const moved = await findLeftTarget({
    git,
    root: place.root,
    before: ledger.state.run?.target ?? null,
    branch: hands.forRunner.target.branch,
    isNamed: loaded.config.target !== null,
  });
  if (moved !== null) onProblem(moved);
  const slots = usableSlots(loaded, hands.missing);
  const before = ledger.state.seq;
  const { agents } = loaded.config;
  for (const { pid } of await endLeftPlanner({ clock: steady, env, place, agents, mask })) {
    onProblem(`Process ${pid} of an earlier plan could not be ended: kill -9 ${pid}`);
  }
  await clearUp({ clock, steady, place, store, ledger, hands, slots, onProblem });

  const files = await journalFiles({ git, place, log: loaded.config.log, onProblem });
  const events = ledger.state.seq;
  const journal = stack.use(await openJournal({ ...files, clock: steady, events, onProblem }));
  const missing = await store.load(projectStream, journal.position);
  journal.record(journal.position + 1, missing, ledger.state);
  ledger.onCommit((seq, events, state) => {
    journal.record(seq, events, state);
    options.onEvents(seq, events, state);
  });

  const control = stack.use(
    new Control({ ledger, store, archive: store, clock, steady, onProblem }),
  );
  const runnerName = `${hostname()}/${process.pid}/${clock.now()}`;
  const { commonDir } = await findCommonDir(place.root, git);
  const dated = datedPort(maskedPort(throughJson(control), mask), steady);
  const port = await watchedPort(dated, { commonDir, onProblem });
  const joined: Hands = { ...hands.forRunner, port, runner: runnerName };
  const runner = stack.use(new Runner(parts.decorate?.(joined) ?? joined, slots));

  const cut = Promise.withResolvers<RunEnd>();
  const stop = async (how: "drain" | "now"): Promise<void> => {
    const exitCode = runExit.asked;
    if (how === "now") cut.resolve({ why: "temoin was stopped", exitCode });
    else await control.tell({ type: "stop", why: "stopped", exitCode });
  };
  // Listening first: where nobody could ask, no task is handed out. Answers wait for the begin.
  const begun = Promise.withResolvers<void>();
  const answerer = { control, tokens, stop, mask, text: (hash: BlobHash) => store.get(hash) };
  const answer = async (question: unknown): Promise<unknown> => {
    await begun.promise;
    return answerQuestion(answerer, question);
  };
  stack.use(await serveJson(socket, answer));
  if (loaded.config.agents.some((agent) => agent.sandbox !== undefined)) {
    const hear = async (question: unknown): Promise<unknown> => {
      await begun.promise;
      return answerReport(answerer, question);
    };
    stack.use(await serveJson(reportSocketPath(env, place), hear));
  }
  // Known before the first task is handed out.
  const { freeBytes: leastBytes } = loaded.config.disk;
  const read = parts.readDisks ?? disksOf(place, env);
  await control.tell({ type: "disk_read", spaces: await read(), leastBytes });
  const { sha } = await hands.forRunner.target.read();
  // What is left is told before what begins.
  await tellLeft({ store, since: before, onLeft: options.onLeft });
  const since = ledger.state.seq;
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
  await tellLeft({ store, since, onLeft: options.onLeft });
  const watching = new AbortController();
  const watched = watchDisk({
    clock: steady,
    leastBytes,
    read,
    isLow: () => control.state.lowDisk !== null,
    tell: (reading) => control.tell({ type: "disk_read", ...reading }),
    signal: watching.signal,
  });
  stack.defer(() => {
    watching.abort();
    return watched;
  });
  // Whoever found nobody to ask until now has written into the store.
  await control.refresh();
  // A run that is killed would never write what was compiled for it, and start slowly each time.
  flushCompileCache();
  const onEnd = (): Promise<void> => writeSummary({ clock, place, store, onProblem });
  return {
    over: finish({ control, runner, watched, cut: cut.promise, onEnd }, stack.move()),
    drain: (end) => control.tell({ type: "stop", ...end }),
    interrupt: (end) => cut.resolve(end),
  };
}

interface Left {
  readonly store: Pick<Store, "load">;
  readonly since: number;
  readonly onLeft: RunParts["options"]["onLeft"];
}

async function tellLeft({ store, since, onLeft }: Left): Promise<void> {
  const left = leftLines(await store.load(projectStream, since));
  if (left.length > 0) onLeft?.(left);
}

interface Finishing {
  readonly control: Control;
  readonly runner: Runner;
  /** The look at the disks, to its end. */
  readonly watched: Promise<void>;
  /** Why all is to end at once. */
  readonly cut: Promise<RunEnd>;
  /** The log is complete, and all is still open. */
  readonly onEnd: () => Promise<void>;
}

/** Everything of the run is closed before its end is told. */
async function finish(
  { control, runner, watched, cut, onEnd }: Finishing,
  open: AsyncDisposableStack,
): Promise<RunEnd> {
  await using _open = open;
  const never = Promise.withResolvers<never>().promise;
  // These loops end only by a bug, which ends the run, or when they are interrupted.
  const bug = Promise.race([runner.run(), watched]).then(() => never);
  const interrupted = cut.then(async (end) => {
    control.hurry();
    await control.tell({ type: "stop", ...end });
    await runner.interrupt(end.why);
    // A landing that was cut short is taken up by the next run.
    await control.tell({ type: "run_ended", ...end });
    return control.over;
  });
  const end = await Promise.race([control.over, bug, interrupted]);
  await onEnd();
  return end;
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
