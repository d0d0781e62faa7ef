/**
 * Runs one program in a process group and session of its own, and ends it with all that it has
 * started: when it has exited, nothing of it is left, also no daemon.
 *
 * node:child_process and not execa, which the rest of the code uses: the streams are given as files
 * (`process-pipes.ts` says why), the end is that of a family of processes and not of one, and what
 * a program prints is never kept here.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import type { Clock } from "./clock.ts";
import { findProgram } from "./process-path.ts";
import { openStandardStreams, type StandardStreams } from "./process-pipes.ts";
import { identify } from "./process-table.ts";
import { plainLine } from "./process-text.ts";
import { endFamily, type Family, findFamily, type Marker } from "./process-tree.ts";

export interface ProcessRequest {
  /** Program and arguments; a program without a slash is looked for on the PATH of `env`. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment; the marker is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the program reads; `null`: nothing (/dev/null). */
  readonly stdin: string | null;
  /** Its value is this start's own: every process whose environment holds it is ended. */
  readonly marker: Marker;
  /**
   * Standard output and errors in the order in which they were written, some kilobytes a call. The
   * program waits while a promise is pending. When it rejects, the rest of the output is dropped.
   */
  readonly onOutput: (chunk: Uint8Array) => void | Promise<void>;
  /** Standard errors apart from the output, in the same way. Absent: they are in the output. */
  readonly onErrors?: (chunk: Uint8Array) => void | Promise<void>;
  /** Its standard input stays open, and is written to by `input`; `stdin` counts for nothing. */
  readonly isSpokenTo?: boolean;
  readonly clock: Clock;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

export interface Exit {
  /** `null` when a signal has ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** `end` was called while the program still ran. */
  readonly isEndAsked: boolean;
  /** Names of the processes that the program had left running at its own end. They are ended. */
  readonly leftBehind: readonly string[];
}

export interface RunningProcess {
  readonly pid: number;
  /** Its standard input, where it `isSpokenTo`. Errors of it are heard and mean its end. */
  readonly input: Writable | null;
  /**
   * Resolves when the program and all that it has started are gone and what they printed has been
   * handed over. Never rejects. A program that is stuck in the kernel is waited for.
   */
  readonly exited: Promise<Exit>;
  /** Resolves when nobody can print any more: it is gone, or has closed its output. */
  readonly silent: Promise<void>;
  /** SIGTERM, the grace, SIGKILL; resolves with `exited`. Safe to repeat, also after the end. */
  end(): Promise<void>;
}

/** `no_interpreter`: the program is there, and what its first line (`#!`) names is not. */
export type StartFailure =
  | "not_found"
  | "not_executable"
  | "no_interpreter"
  | "no_directory"
  | "system";

export type Start =
  | { readonly started: true; readonly process: RunningProcess }
  /** `detail` is the system's own word, one short line. */
  | { readonly started: false; readonly because: StartFailure; readonly detail: string };

/**
 * For how long output is awaited from processes that outlive the program, and then again when they
 * have been ended (chosen): a pipe that somebody holds open never ends by itself.
 */
const drainMs = 250;

/** Never rejects. */
export async function startProcess(request: ProcessRequest): Promise<Start> {
  let streams: StandardStreams;
  try {
    streams = await openStandardStreams({
      stdin: request.stdin,
      isSpokenTo: request.isSpokenTo ?? false,
      hasErrors: request.onErrors !== undefined,
    });
  } catch (error) {
    return { started: false, because: "system", detail: messageOf(error) };
  }
  using _ends = streams;
  const started = await spawnWith(request, streams);
  if (started instanceof Error) {
    streams.output.destroy();
    streams.errors?.destroy();
    return { started: false, ...(await explain(started, request)) };
  }
  return { started: true, process: supervise(started, streams, request) };
}

type OwnExit = Pick<Exit, "exitCode" | "signal">;

interface Spawned {
  readonly child: ChildProcess;
  readonly family: Family;
  readonly exit: Promise<OwnExit>;
}

async function spawnWith(
  { command: [program, ...args], cwd, env, marker }: ProcessRequest,
  { stdio }: StandardStreams,
): Promise<Spawned | Error> {
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      cwd,
      env: { ...env, [marker.name]: marker.value },
      stdio: [...stdio],
      detached: true,
    });
  } catch (error) {
    // Some causes are thrown and others emitted: arguments too long, or with a NUL among them.
    return error instanceof Error ? error : new Error(String(error));
  }
  const exit = new Promise<OwnExit>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  // Read before anything is awaited: until node has reaped it, the pid is certainly its own.
  const leader = child.pid === undefined ? null : identify(child.pid);
  const failure = await new Promise<Error | null>((resolve) => {
    child.once("spawn", () => resolve(null));
    child.on("error", resolve);
  });
  if (failure !== null) return failure;
  return { child, family: { leader, marker }, exit };
}

function supervise(
  spawned: Spawned,
  { output, errors, pipes }: StandardStreams,
  request: ProcessRequest,
): RunningProcess {
  const asked = Promise.withResolvers<"asked">();
  const sockets = errors === null ? [output] : [output, errors];
  const { onOutput, onErrors = onOutput } = request;
  const silent = readAll(output, onOutput);
  const reading = Promise.all([silent, errors === null ? null : readAll(errors, onErrors)]);
  const supervised = { ...spawned, sockets, pipes, reading, asked: asked.promise };
  const exited = untilGone(supervised, request);
  const { child } = spawned;
  // Whoever writes after its end is told by its end.
  child.stdin?.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    input: child.stdin,
    exited,
    silent,
    async end() {
      asked.resolve("asked");
      await exited;
    },
  };
}

interface Supervised extends Spawned {
  readonly sockets: readonly Socket[];
  readonly pipes: readonly string[];
  /** Resolves at the end of the output. */
  readonly reading: Promise<unknown>;
  readonly asked: Promise<"asked">;
}

async function untilGone(
  { child, family: known, exit, sockets, pipes, reading, asked }: Supervised,
  { clock, graceMs }: ProcessRequest,
): Promise<Exit> {
  const isEndAsked = (await Promise.race([exit, asked])) === "asked";
  if (isEndAsked) {
    await endFamily(known, { clock, graceMs });
    // Where the system's processes cannot be listed, the program itself is ended all the same.
    child.kill("SIGKILL");
  }
  const { exitCode, signal } = await exit;
  const isRead = await atMost(drainMs, reading, clock);
  // Nobody else is looked for in the files that all processes have open: that costs milliseconds.
  const family = isRead ? known : { ...known, pipes };
  const leftBehind = findFamily(family);
  if (leftBehind.length > 0) {
    await endFamily(family, { clock, graceMs });
    await atMost(drainMs, reading, clock);
  }
  for (const socket of sockets) socket.destroy();
  await reading;
  return { exitCode, signal, isEndAsked, leftBehind: leftBehind.map((row) => row.name) };
}

/** Reads to the end in any case: a program whose output nobody reads would wait forever. */
async function readAll(output: Socket, onOutput: ProcessRequest["onOutput"]): Promise<void> {
  let isTaken = true;
  try {
    for await (const chunk of output) {
      if (!isTaken) continue;
      try {
        await onOutput(chunk);
      } catch {
        // As `onOutput` says: the rest is dropped, and the program goes on.
        isTaken = false;
      }
    }
  } catch {
    // Cut off by `output.destroy()`: what was printed until then has been handed over.
  }
}

/** Resolves with `work`, or after `ms` without it: was it done? */
async function atMost(ms: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const settled = new AbortController();
  const timeout = clock.until(clock.now() + ms, settled.signal).catch(() => {
    // The work was done first.
  });
  const isDone = await Promise.race([work.then(() => true), timeout.then(() => false)]);
  settled.abort();
  await timeout;
  return isDone;
}

async function explain(
  error: Error,
  { command: [program], cwd, env }: ProcessRequest,
): Promise<{ because: StartFailure; detail: string }> {
  const detail = messageOf(error);
  if (!(await isDirectory(cwd))) return { because: "no_directory", detail };
  const code = "code" in error ? error.code : null;
  if (code === "ENOENT") {
    const { PATH: path = "" } = env;
    const located = await findProgram(program, { path, cwd });
    return { because: located.found ? "no_interpreter" : located.because, detail };
  }
  return { because: code === "EACCES" ? "not_executable" : "system", detail };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever the reason, nothing can be started there.
    return false;
  }
}

function messageOf(error: unknown): string {
  return plainLine(error instanceof Error ? error.message : String(error));
}
