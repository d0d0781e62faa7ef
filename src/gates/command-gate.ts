/**
 * Gates as commands: `sh -c` in the workspace, without a keyboard or a terminal, under a timeout.
 * Whatever the command has started is ended with it, before the verdict is given.
 */

import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { dirname } from "node:path";
import { HeadAndTail } from "../lib/capped-file.ts";
import type { Clock } from "../lib/clock.ts";
import { type Exit, type RunningProcess, type Start, startProcess } from "../lib/process.ts";
import type { GateRequest, Gates, Verdict } from "./gate.ts";
import { proofText, tailText } from "./proof.ts";

export interface GateOptions {
  readonly clock: Clock;
  /** From SIGTERM to SIGKILL at a timeout or an abort. */
  readonly graceMs?: number;
  /** What the command's environment starts from; default: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Chosen: a build tool needs a moment to end its own children. */
const defaultGraceMs = 5_000;
/**
 * Chosen: the head holds what was run and its first errors, the tail the failures that test runners
 * list at the end. What lies between is counted, and cut.
 */
const kept = { headBytes: 256 * 1024, tailBytes: 1024 * 1024 };

export function createGates(options: GateOptions): Gates {
  return {
    async check(request, signal) {
      if (signal.aborted) {
        const why = `Gate \`${request.gate.name}\` was not run: it was called off before.`;
        return { verdict: "skipped", exitCode: null, durationMs: 0, why, tail: "" };
      }
      return check(request, signal, options);
    },
  };
}

async function check(
  request: GateRequest,
  signal: AbortSignal,
  options: GateOptions,
): Promise<Verdict> {
  const { clock } = options;
  const startedAt = clock.now();
  const output = new HeadAndTail(kept);
  const start = await startShell(request, output, options);
  const end = start.started
    ? await awaitEnd(start.process, { clock, signal, timeoutMs: request.gate.timeoutMs })
    : start;
  const judged = judge(end, request);
  const verdict: Verdict = {
    ...judged,
    durationMs: Math.max(0, clock.now() - startedAt),
    tail: tailText(output),
  };
  return keepProof(verdict, request, output);
}

function startShell(
  { gate, cwd, env }: GateRequest,
  output: HeadAndTail,
  { clock, graceMs = defaultGraceMs, env: own = process.env }: GateOptions,
): Promise<Start> {
  return startProcess({
    command: ["sh", "-c", gate.run],
    cwd,
    // CI: without it some tools ask, or watch for changes and never end. TERM: no screen to draw on.
    env: { CI: "1", ...own, TERM: "dumb", ...env },
    stdin: null,
    marker: { name: "TEMOIN_PROCESS", value: randomUUID() },
    onOutput: (chunk) => output.push(chunk),
    clock,
    graceMs,
  });
}

type NotStarted = Extract<Start, { readonly started: false }>;
type End =
  | NotStarted
  | { readonly started: true; readonly exit: Exit; readonly cut: "timeout" | "abort" | null };

/** Waits for the end; at the timeout or when called off, ends it. */
async function awaitEnd(
  running: RunningProcess,
  limits: { readonly clock: Clock; readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<End> {
  const { clock, signal, timeoutMs } = limits;
  const settled = new AbortController();
  const either = AbortSignal.any([signal, settled.signal]);
  const watch = clock.until(clock.now() + timeoutMs, either).then(
    () => running.end(),
    // Called off by the caller, or not needed any more.
    () => (signal.aborted ? running.end() : undefined),
  );
  const exit = await running.exited;
  settled.abort();
  await watch;
  if (!exit.isEndAsked) return { started: true, exit, cut: null };
  return { started: true, exit, cut: signal.aborted ? "abort" : "timeout" };
}

type Judged = Pick<Verdict, "verdict" | "exitCode" | "why">;

function judge(end: End, { gate }: GateRequest): Judged {
  const subject = `Gate \`${gate.name}\``;
  if (!end.started) {
    const why = `${subject} could not be started: ${notStarted(end)}.`;
    return { verdict: "errored", exitCode: null, why };
  }
  const { exit, cut } = end;
  if (cut === "abort") {
    const why = `${subject} was called off before it had ended.`;
    return { verdict: "skipped", exitCode: exit.exitCode, why };
  }
  if (cut === "timeout") {
    const why = `${subject} had not ended after ${seconds(gate.timeoutMs)} and was ended. Raise its \`timeout\` in temoin.yaml if it needs longer.`;
    return { verdict: "errored", exitCode: exit.exitCode, why };
  }
  const judged = judgeExit(exit, subject);
  return { ...judged, exitCode: exit.exitCode, why: `${judged.why}${noteOf(exit)}` };
}

/**
 * 126, 127 and 128 + n are the shell's words for a command that it could not run, did not find, or
 * that signal n has ended (POSIX, Shell Command Language, 2.8.2).
 */
function judgeExit({ exitCode, signal }: Exit, subject: string): Pick<Judged, "verdict" | "why"> {
  const killedBy = signal ?? signalOfExitCode(exitCode);
  if (exitCode === 0) return { verdict: "passed", why: `${subject} passed.` };
  if (killedBy !== null) {
    return {
      verdict: "errored",
      why: `${subject} was ended by ${killedBy}: it crashed, or something ended it.`,
    };
  }
  if (exitCode === 127) {
    const why = `${subject} calls a command that was not found (exit code 127). Install it, or correct \`run\` in temoin.yaml.`;
    return { verdict: "errored", why };
  }
  if (exitCode === 126) {
    const why = `${subject} calls a command that is not executable (exit code 126). Run \`chmod +x\` on it, or correct \`run\` in temoin.yaml.`;
    return { verdict: "errored", why };
  }
  return { verdict: "failed", why: `${subject} failed with exit code ${exitCode}.` };
}

function signalOfExitCode(exitCode: number | null): string | null {
  if (exitCode === null) return null;
  const signals = Object.entries(constants.signals);
  return signals.find(([, number]) => number === exitCode - 128)?.[0] ?? null;
}

/** No reason for another verdict, but for a look: a server left behind holds a port. */
function noteOf({ leftBehind }: Exit): string {
  if (leftBehind.length === 0) return "";
  const names = [...new Set(leftBehind)].slice(0, 5).join(", ");
  const processes = leftBehind.length === 1 ? "a process" : `${leftBehind.length} processes`;
  return ` It left ${processes} running (${names}), ended since.`;
}

function notStarted({ because, detail }: NotStarted): string {
  switch (because) {
    case "no_directory":
      return "its working directory is gone";
    case "not_found":
    case "not_executable":
    case "no_interpreter":
      return "there is no usable `sh` on PATH";
    case "system":
      return `the system refused (${detail})`;
  }
}

/** Nothing passes without its proof. */
async function keepProof(
  verdict: Verdict,
  { gate, proofFile }: GateRequest,
  output: HeadAndTail,
): Promise<Verdict> {
  try {
    await mkdir(dirname(proofFile), { recursive: true });
    await writeFile(proofFile, proofText({ run: gate.run, verdict, output }));
    return verdict;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const why = `${verdict.why} Its proof could not be kept (${detail}).`;
    return { ...verdict, verdict: verdict.verdict === "passed" ? "errored" : verdict.verdict, why };
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
