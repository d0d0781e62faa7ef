/**
 * Gates as commands: `sh -c` in the workspace, without a keyboard or a terminal, under a timeout.
 * Whatever the command has started is ended with it, before the verdict is given. It gets the
 * environment without its secrets, and what it prints is kept without them.
 */

import { mkdir, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { dirname } from "node:path";
import { oneLine } from "../domain/view-text.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";
import { isDiskFull } from "../lib/disk-full.ts";
import { type Mask, shapesOnly } from "../lib/mask.ts";
import { type Exit, type RunningProcess, type Start, startProcess } from "../lib/process.ts";
import { newMarker } from "../lib/process-tree.ts";
import { secretNames, withoutSecrets } from "../lib/secret-variables.ts";
import type { GateRequest, Gates, Verdict } from "./gate.ts";
import { judgeOutput, seconds } from "./judge-output.ts";
import { readJunitFile, stampOf } from "./junit-file.ts";
import { KeptOutput } from "./kept-output.ts";
import { readOutput } from "./parse/read-output.ts";
import type { Parser } from "./parse/reading.ts";
import { keptText, proofText, tailText } from "./proof.ts";

export interface GateOptions {
  readonly clock: Clock;
  /** From SIGTERM to SIGKILL at a timeout or an abort. */
  readonly graceMs?: number;
  /**
   * What the command's environment starts from; default: this process's own. Of its secrets a gate
   * gets those that it names.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes secrets out of what is kept; default: only what can be told by its looks. */
  readonly mask?: Mask;
  /** Of outputs, besides those that are built in. */
  readonly parsers?: readonly Parser[];
}

/** Chosen: a build tool needs a moment to end its own children. */
const defaultGraceMs = 5_000;
/** Chosen: enough of a command to know it by. */
const mostCommand = 80;
const nothingFound = { failures: [], tests: null, note: null } as const;

export function createGates(options: GateOptions): Gates {
  return {
    async check(request, signal) {
      if (signal.aborted) {
        const why = `Gate \`${request.gate.name}\` was not run: it was called off before.`;
        return {
          ...nothingFound,
          verdict: "skipped",
          exitCode: null,
          durationMs: 0,
          why,
          tail: "",
        };
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
  const { clock, env = process.env, mask = shapesOnly, parsers = [] } = options;
  const { name, junit } = request.gate;
  const report = junit === undefined ? null : { cwd: request.cwd, file: junit };
  const before = report === null ? null : await stampOf(report);
  const startedAt = clock.now();
  const writtenSince = timeOfDay(clock);
  const printed = new KeptOutput(mask);
  const take = (chunk: Uint8Array): void => printed.push(chunk);
  const start = await startShell(request, take, { ...options, env });
  const end = start.started
    ? await awaitEnd(start.process, { clock, signal, timeoutMs: request.gate.timeoutMs })
    : start;
  const output = printed.end();
  const durationMs = Math.max(0, clock.now() - startedAt);
  const byExit = judge(end, request.gate, oneLine(mask.text(request.gate.run), mostCommand));
  const isCut = output.cutBytes > 0;
  const read =
    report === null ? null : await readJunitFile({ ...report, before, writtenSince, mask });
  const reading = readOutput({
    text: keptText(output),
    isCut,
    cwd: request.cwd,
    parsers,
    report: read !== null && "reading" in read ? read.reading : null,
  });
  const judged = judgeOutput({
    ...request,
    ...byExit,
    name,
    durationMs,
    reading,
    isCut,
    reportProblem: read !== null && "problem" in read ? read.problem : null,
  });
  const tail = tailText(output);
  const verdict: Verdict = {
    ...judged,
    exitCode: byExit.exitCode,
    why: `${judged.why}${withheldNote(judged, { ...request, env, tail })}`,
    durationMs,
    tail,
    ...reading,
  };
  const proof = proofText({ run: mask.text(request.gate.run), verdict, output });
  return keepProof(verdict, request, proof);
}

/** Without it nobody would know why a command misses what it gets from a person's own shell. */
function withheldNote(
  { verdict }: Pick<Judged, "verdict">,
  {
    gate,
    env,
    tail,
  }: {
    readonly gate: GateRequest["gate"];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly tail: string;
  },
): string {
  if (verdict === "passed" || verdict === "skipped") return "";
  // What was masked has its name there, and was not missed.
  const said = `${gate.run}\n${tail.replace(/\[masked [^\]]*\]/g, "")}`;
  const spoken = new Set(said.match(/\w+/g));
  const withheld = secretNames(env).filter(
    (name) => spoken.has(name) && gate.env?.includes(name) !== true,
  );
  if (withheld.length === 0) return "";
  const names = withheld.slice(0, 5).join(", ");
  return ` It was run without ${names}, as secrets are only given to gates that name them: \`env: [${names}]\`.`;
}

function startShell(
  { gate, cwd, env }: GateRequest,
  onOutput: (chunk: Uint8Array) => void,
  { clock, graceMs = defaultGraceMs, env: own = process.env }: GateOptions,
): Promise<Start> {
  return startProcess({
    command: ["sh", "-c", gate.run],
    cwd,
    // CI: without it some tools ask, or watch for changes and never end. TERM: no screen to draw on.
    env: { CI: "1", ...withoutSecrets(own, gate.env), TERM: "dumb", ...env },
    stdin: null,
    marker: newMarker(),
    onOutput,
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

/** `run`: its command, for a person or an agent to know which one it was. */
function judge(end: End, gate: GateRequest["gate"], run: string): Judged {
  const subject = `Gate \`${gate.name}\` (${run})`;
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
  { proofFile }: GateRequest,
  proof: Buffer,
): Promise<Verdict> {
  try {
    await mkdir(dirname(proofFile), { recursive: true });
    await writeFile(proofFile, proof);
    return verdict;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const why = `${verdict.why} Its proof could not be kept (${detail}).`;
    const kind = verdict.verdict === "passed" ? "errored" : verdict.verdict;
    return { ...verdict, verdict: kind, why, ...(isDiskFull(error) ? { noRoom: true } : {}) };
  }
}
