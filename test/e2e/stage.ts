/**
 * A scratch project with temoin in this process: tasks are added, runs are started and watched by
 * their events. What a test waits for is an event, and a run that ends without it fails the test.
 */

import assert from "node:assert/strict";
import { on } from "node:events";
import { watch } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type RunParts, startRun } from "../../src/app/start-run.ts";
import { openApp } from "../../src/app.ts";
import { briefText, emptyBrief } from "../../src/domain/brief.ts";
import type { Event, EventType } from "../../src/domain/event.ts";
import type { State } from "../../src/domain/state.ts";
import type { Task, TaskSpec } from "../../src/domain/task.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Notifier } from "../../src/lib/notifier.ts";
import type { Context, RunHandle } from "../../src/operations/context.ts";
import { id, spec } from "../task-spec.ts";
import { openScratch, type Scratch, type ScratchOptions } from "./scratch-project.ts";

const reporter = fileURLToPath(new URL("report.ts", import.meta.url));

export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;

export class Stage implements AsyncDisposable {
  readonly scratch: Scratch;
  readonly app: Context;
  #runs: Run[] = [];

  constructor(scratch: Scratch) {
    this.scratch = scratch;
    this.app = openApp({ dir: scratch.dir, env: scratch.env });
  }

  /** Adds a task for each id; `parts` are theirs. */
  async add(ids: string, parts: Partial<TaskSpec> = {}): Promise<void> {
    const [brief] = await this.app.keep([briefText(emptyBrief)]);
    assert(brief !== undefined);
    const tasks = ids.split(" ").map((name) => {
      const wanted = spec(name, { brief, briefLines: 0, ...parts });
      return { start: "open", spec: wanted } as const;
    });
    await this.app.ask({ type: "add", tasks });
  }

  async start(
    decorations: Partial<Pick<RunParts, "clock" | "decorate" | "decorateStore" | "readDisks">> = {},
  ): Promise<Run> {
    const run = new Run();
    run.handle = await startRun({
      clock: systemClock,
      env: this.scratch.env,
      place: await this.app.place(),
      loaded: await this.app.config(),
      options: {
        command: "run",
        onEvents: (_seq, events, state) => run.take(events, state),
        onProblem: (says) => run.hear(says),
      },
      ...decorations,
    });
    this.#runs.push(run);
    run.watch();
    return run;
  }

  /** A whole run, from its start to its end. */
  async run(): Promise<Run> {
    const run = await this.start();
    await run.over;
    return run;
  }

  async task(name: string): Promise<Task> {
    const task = (await this.app.state()).tasks.get(id(name));
    assert(task !== undefined, name);
    return task;
  }

  /** How each attempt of the task ended: `gate_failed ada`. */
  async attempts(name: string): Promise<readonly string[]> {
    const { attempts } = await this.task(name);
    return attempts.map((one) =>
      one.phase === "ended" ? `${one.outcome} ${one.agent}` : `${one.phase} ${one.agent}`,
    );
  }

  prompt(task: string, attempt: number, turn: number): Promise<string> {
    return this.scratch.read(`.temoin/prompts/${task}/${attempt}/${turn}.md`);
  }

  /** Lets agents go on that wait at `wait(name)`. */
  async open(name: string): Promise<void> {
    await writeFile(path.join(this.scratch.folder, name), "");
  }

  /** Resolves when an agent has made the file beside the project. */
  async appears(name: string): Promise<void> {
    const { folder } = this.scratch;
    await untilChanged(folder, async () => (await readdir(folder)).includes(name));
  }

  /** Resolves when it is so; looked at whenever a file beside the project has changed. */
  changed(isSo: () => Promise<boolean>): Promise<void> {
    return untilChanged(this.scratch.folder, isSo);
  }

  /** Resolves when a row of the log has all these words. */
  async rows(...words: readonly string[]): Promise<void> {
    const dir = path.join(this.scratch.dir, ".temoin");
    const has = async () => {
      const log = await this.scratch.read(".temoin/LOG.md").catch(() => "");
      return log.split("\n").some((line) => words.every((word) => line.includes(word)));
    };
    await untilChanged(dir, has);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) await run.end();
    await this.scratch[Symbol.asyncDispose]();
  }
}

/** What has happened in one run so far. */
export class Run {
  readonly events: Event[] = [];
  readonly problems: string[] = [];
  readonly #changes = new Notifier();
  /** Called at the moment of each event. */
  onEvent: (event: Event, state: State) => void = () => undefined;
  #handle: RunHandle | null = null;
  #isOver = false;

  set handle(handle: RunHandle) {
    this.#handle = handle;
  }

  get handle(): RunHandle {
    assert(this.#handle !== null, "the run has begun");
    return this.#handle;
  }

  get over(): RunHandle["over"] {
    return this.handle.over;
  }

  take(events: readonly Event[], state: State): void {
    this.events.push(...events);
    for (const event of events) this.onEvent(event, state);
    this.#changes.notify();
  }

  hear(says: string): void {
    this.problems.push(says);
    this.#changes.notify();
  }

  watch(): void {
    const ended = (): void => {
      this.#isOver = true;
      this.#changes.notify();
    };
    this.over.then(ended, ended);
  }

  of<T extends EventType>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** The first event of that type that fits, when it is there. */
  async until<T extends EventType>(
    type: T,
    fits: (event: EventOf<T>) => boolean = () => true,
  ): Promise<EventOf<T>> {
    for (;;) {
      const change = this.#changes.next();
      const found = this.of(type).find(fits);
      if (found !== undefined) return found;
      assert(!this.#isOver, `the run ended without ${type}: ${describe(this.events)}`);
      await change;
    }
  }

  /** The first problem that was told with these words in it. */
  async untilTold(words: RegExp): Promise<string> {
    for (;;) {
      const change = this.#changes.next();
      const found = this.problems.find((says) => words.test(says));
      if (found !== undefined) return found;
      assert(!this.#isOver, `the run ended without ${words}: ${this.problems.join(" ")}`);
      await change;
    }
  }

  /** The agent of the task has its prompt. */
  async untilWorking(task: string, attempt = 1): Promise<void> {
    const here = { task, attempt, phase: "working" };
    await this.until("attempt_moved", ({ task, attempt, phase }) => {
      return task === here.task && attempt === here.attempt && phase === here.phase;
    });
  }

  /** Ends it when the test has not. */
  async end(): Promise<void> {
    if (!this.#isOver) this.handle.interrupt({ exitCode: 130, why: "the test is over" });
    // Its failure is the test's to look at.
    await this.over.catch(() => undefined);
  }
}

export async function openStage(options: ScratchOptions = {}): Promise<Stage> {
  return new Stage(await openScratch(options));
}

export function write(file: string, text: string): unknown {
  return { write: { path: file, text } };
}

export function sh(script: string): unknown {
  return { run: ["sh", "-c", script] };
}

/**
 * The agent waits until the test opens the name, by a shell that looks again and again: a tool is at
 * work.
 */
export function wait(name: string): unknown {
  return sh(`until [ -e "$HOME/${name}" ]; do sleep 0.03; done`);
}

/** The same, and nothing of it is seen: no tool is at work. */
export function waitSilently(name: string): unknown {
  return { appears: name };
}

/** What `temoin report` does, as an agent that was started by temoin. */
export function report(kind: "done" | "blocked" | "note", text: string): unknown {
  return { run: [process.execPath, reporter, kind, text] };
}

function describe(events: readonly Event[]): string {
  return events.map((event) => JSON.stringify(event).slice(0, 300)).join("\n");
}

/** Looks again whenever something in the folder has changed. */
async function untilChanged(folder: string, isSo: () => Promise<boolean>): Promise<void> {
  const watcher = watch(folder);
  try {
    const changes = on(watcher, "change");
    while (!(await isSo())) await changes.next();
  } finally {
    watcher.close();
  }
}
