/** A project's store as verbs use it: looked at as it is on disk, changed through who holds it. */

import type { Decided, Ledger } from "../control/ledger.ts";
import { fold } from "../domain/apply.ts";
import type { Event } from "../domain/event.ts";
import type { PersonInput } from "../domain/input.ts";
import { type Role, refuseWish } from "../domain/rights.ts";
import { emptyState, isRunning } from "../domain/state.ts";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import type { Caller, Context, Environment, ProjectPlace } from "../operations/context.ts";
import { refused } from "../operations/refused.ts";
import { openSqliteStoreReadOnly, type StoreReader } from "../store/sqlite.ts";
import { pathsOf, socketPath } from "./places.ts";

type Looking = Pick<Context, "state" | "events" | "changes" | "text">;

/**
 * Reads need nobody's leave and make nothing: a project without a store is an empty one, but where a
 * sandbox hides it.
 */
export function readProject(
  storePath: () => Promise<string>,
  { env = {} }: { readonly env?: Environment } = {},
): Looking {
  const look = async <T>(read: (store: StoreReader) => Promise<T>, empty: T): Promise<T> => {
    const store = await openSqliteStoreReadOnly({ path: await storePath() });
    if (store === null && env["TEMOIN_SANDBOX"] !== undefined) throw hidden();
    if (store === null) return empty;
    await using open = store;
    return await read(open);
  };
  return {
    async state() {
      return look(async (store) => {
        const { readSnapshot } = await import("../control/ledger.ts");
        const from = await readSnapshot(store);
        return fold(await store.load("project", from.seq), from);
      }, emptyState());
    },
    events: (after) => look((store) => store.load("project", after), [] as readonly Event[]),
    text: (hash) => look((store) => store.get(hash), null),
    async *changes(signal) {
      const { fileChanges } = await import("../lib/file-changes.ts");
      const store = await storePath();
      yield* fileChanges([store, `${store}-wal`], signal);
    },
  };
}

function hidden(): AppError {
  return new AppError("refused", "From within its sandbox an agent does not see the queue.", {
    hint: "Your task is in your prompt, and is told by the tool `my_task`; `temoin report` is heard.",
  });
}

interface Base {
  readonly clock: Clock;
  readonly env: Environment;
  readonly caller: Caller;
  readonly place: () => Promise<ProjectPlace>;
}

type Changing = Pick<
  Context,
  "ask" | "keep" | "role" | "report" | "question" | "ownTask" | "handIn" | "holder" | "stopHolder"
>;

export function writeProject(base: Base): Changing {
  const { clock, env, caller, place } = base;
  const socket = async (): Promise<string> =>
    env["TEMOIN_SOCKET"] ?? socketPath(env, await place());
  const token = caller.kind === "agent" ? caller.token : null;
  /** What only an agent may ask, of its own affairs. */
  const askOwn = async <T>(question: object): Promise<T> => {
    if (token === null) {
      const says = "Only an agent at work has a task to speak of: TEMOIN_TOKEN is not set.";
      const hint = "temoin sets it for the agents that it starts.";
      throw new AppError("refused", says, { hint });
    }
    const { askJson } = await import("../lib/json-socket.ts");
    const answer = await askJson(await socket(), { ...question, token });
    if (answer === null) throw nobodyAtWork();
    // The holder is the same program.
    return answer.result as T;
  };
  return {
    async keep(texts) {
      const { openSqliteStore } = await import("../store/sqlite.ts");
      const { ensureStateDir } = await import("./on-host.ts");
      const here = await place();
      await ensureStateDir({ clock, env, place: here });
      await using store = await openSqliteStore({ path: pathsOf(here).store, clock });
      return await store.put(texts);
    },
    async ask(input) {
      const { askJson } = await import("../lib/json-socket.ts");
      const there = await socket();
      const answer = await askJson(there, { verb: "ask", token, input });
      // The holder is the same program; its answer is a Decision.
      if (answer !== null) return answer.result as Awaited<ReturnType<Context["ask"]>>;
      // Whoever has a token speaks in its role, and nobody is there who knows it.
      if (token !== null) throw nobodyAtWork();
      const refusal = refuseWish("person", input);
      if (refusal !== null) throw refused(refusal);
      // What only a conductor may want was refused.
      const wish = input as PersonInput;
      const decided = await decideHere({ clock, env, place: await place() }, wish);
      // One may have begun in the meantime: it has not seen what was just decided.
      await askJson(there, { verb: "refresh" });
      if (decided.kind === "refused") throw refused(decided.refusal);
      if (decided.kind === "stale") throw new Error("a person's wish has no lease to lose");
      return decided.decision;
    },
    role: async () => (token === null ? "person" : askOwn<Role>({ verb: "role" })),
    async report(report) {
      await askOwn({ verb: "report", report });
    },
    question: (asked) => askOwn({ verb: "question", ...asked }),
    ownTask: () => askOwn({ verb: "own_task" }),
    handIn: (text) => askOwn({ verb: "draft", text }),
    async holder() {
      const { findHolder } = await import("./hold.ts");
      return findHolder(pathsOf(await place()));
    },
    async stopHolder(how) {
      const { stopHolder } = await import("./daemon.ts");
      await stopHolder({ clock, env, place: await place(), token, how });
    },
  };
}

function nobodyAtWork(): AppError {
  return new AppError("failed", "No temoin is at work that could hear this agent.", {
    hint: "Where a sandbox keeps your shell from it, use temoin's tools. Else a person starts temoin again. With a task go on with it: what is in the files counts; as its conductor or planner end your turn: you are asked anew.",
  });
}

/** Nobody holds the project: decided in this process, under the store's own care for order. */
async function decideHere(
  here: { readonly clock: Clock; readonly env: Environment; readonly place: ProjectPlace },
  input: PersonInput,
): Promise<Decided> {
  const { clock, place } = here;
  const { openSqliteStore } = await import("../store/sqlite.ts");
  const { Ledger } = await import("../control/ledger.ts");
  const { ensureStateDir } = await import("./on-host.ts");
  await ensureStateDir(here);
  await using store = await openSqliteStore({ path: pathsOf(place).store, clock });
  const ledger = await Ledger.open({ store, archive: store, clock });
  if (isRunning(ledger.state)) await closeDeadRun(place, ledger);
  return await ledger.decide({ from: "person", input });
}

/** The run of a temoin that was killed hands out nothing more; one that lives keeps its lock. */
async function closeDeadRun(place: ProjectPlace, ledger: Ledger): Promise<void> {
  const { tryLock } = await import("../lib/file-lock.ts");
  using lock = tryLock(pathsOf(place).lock);
  if (lock === null) return;
  const why = "temoin was killed";
  await ledger.decide({ from: "control", input: { type: "run_ended", exitCode: 137, why } });
}
