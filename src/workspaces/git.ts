/**
 * Running `git`: argument vectors only, the same answers whatever the person's environment holds,
 * and nobody's hooks. Another git that holds a lock is waited for, a bounded number of times.
 *
 * node:child_process and not execa, which the rest of the code uses: a task takes some thirty calls,
 * and execa took 2 ms of processor for each where git itself takes 1.6 (400 times `git rev-parse HEAD`).
 */

import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { saysDiskFull } from "../lib/disk-full.ts";

export interface GitOptions {
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Over the environment of all calls. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes besides 0 that are an answer and no failure. */
  readonly answers?: readonly number[];
  /** How often a held lock is tried again; default 8 times, about five seconds in all (chosen). */
  readonly lockRetries?: number;
}

export interface GitAnswer {
  readonly exitCode: number;
  readonly bytes: Buffer;
  readonly stderr: string;
  /** As UTF-8, without the last line's end. */
  readonly text: string;
}

/**
 * Runs `git args` in `dir`. Throws a GitError with git's last line for an exit code that is no
 * answer, another AppError `repository` when git cannot be run there, and the signal's reason when
 * it is aborted.
 */
export type Git = (
  dir: string,
  args: readonly string[],
  options?: GitOptions,
) => Promise<GitAnswer>;

export interface GitParts {
  readonly clock: Clock;
  readonly env?: NodeJS.ProcessEnv;
}

/** A git that failed, `disk` for want of space, else `repository`. Callers that know a kind of failure read it by its words (LC_ALL=C). */
export class GitError extends AppError {
  readonly exitCode: number | null;
  readonly stderr: string;

  constructor(message: string, failure: { exitCode: number | null; stderr: string }, hint: string) {
    super(saysDiskFull(failure.stderr) ? "disk" : "repository", message, { hint });
    this.exitCode = failure.exitCode;
    this.stderr = failure.stderr;
  }
}

/** Set for every call; each would otherwise let a person's setting change what temoin does. */
const settings = [
  "core.hooksPath=/dev/null",
  "gc.auto=0",
  "maintenance.auto=false",
  "core.quotePath=false",
  "core.safecrlf=false",
  "core.fsmonitor=false",
  "advice.addEmbeddedRepo=false",
  "submodule.recurse=false",
  "i18n.commitEncoding=utf-8",
  "color.ui=false",
].flatMap((setting) => ["-c", setting]);

/**
 * What ties a git to one place (`git rev-parse --local-env-vars`, without those that carry
 * settings), or changes how it reads its arguments. They are there when temoin is started from a
 * hook or an alias.
 */
const inherited = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_DIR",
  "GIT_EXTERNAL_DIFF",
  "GIT_DIFF_OPTS",
  "GIT_GLOB_PATHSPECS",
  "GIT_GRAFT_FILE",
  "GIT_ICASE_PATHSPECS",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_LITERAL_PATHSPECS",
  "GIT_NAMESPACE",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_QUARANTINE_PATH",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
];

const defaultLockRetries = 8;
const firstPauseMs = 20;

export function createGit({ clock, env = process.env }: GitParts): Git {
  const own: NodeJS.ProcessEnv = { ...env };
  for (const name of inherited) delete own[name];
  const base = { ...own, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_EDITOR: "true" };

  return async (dir, args, options = {}) => {
    const retries = options.lockRetries ?? defaultLockRetries;
    for (let tries = 0; ; tries += 1) {
      const answer = await runOnce(dir, args, { ...options, env: { ...base, ...options.env } });
      if (answer.exitCode === 0 || options.answers?.includes(answer.exitCode)) return answer;
      if (tries >= retries || !isLockHeld(answer.stderr)) throw failure(dir, args, answer);
      await clock.until(clock.now() + firstPauseMs * 2 ** tries, options.signal);
    }
  };
}

/** Does the failure say that another git holds the index, a ref or the configuration? */
export function isLockHeld(stderr: string): boolean {
  return /Unable to create '[^\n]*\.lock': File exists|could not lock config file/.test(stderr);
}

/** The last line that says something, without git's own `fatal:`. */
export function lastLine(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const last = lines.findLast((line) => line !== "" && !line.startsWith("hint:"));
  return (last ?? "").replace(/^(?:fatal|error): /, "");
}

async function runOnce(
  dir: string,
  args: readonly string[],
  options: GitOptions & { readonly env: NodeJS.ProcessEnv },
): Promise<GitAnswer> {
  options.signal?.throwIfAborted();
  const ended = await runToEnd(dir, args, options);
  options.signal?.throwIfAborted();
  if ("cannot" in ended) throw await explainNoStart(dir, ended.cannot);
  const { exitCode, bytes, stderr } = ended;
  return {
    exitCode,
    bytes,
    stderr,
    get text() {
      return bytes.toString().replace(/\n$/, "");
    },
  };
}

/** `cannot`: it was not started, or was ended by a signal. */
type Ended =
  | { readonly exitCode: number; readonly bytes: Buffer; readonly stderr: string }
  | { readonly cannot: string };

/** Never rejects. */
function runToEnd(
  dir: string,
  args: readonly string[],
  { env, input, signal }: GitOptions & { readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  try {
    // In a session of its own: a Ctrl-C at our terminal, which lets what is at work end, must not
    // reach it.
    const child = spawn("git", [...settings, ...args], {
      cwd: dir,
      env,
      detached: true,
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      ...(signal === undefined ? {} : { signal }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    // One that was started, and is ended because it was called off, is waited for.
    child.on("error", (error) => child.pid === undefined && resolve({ cannot: error.message }));
    child.once("close", (exitCode, by) => {
      if (exitCode === null) resolve({ cannot: `it was ended by ${by}` });
      else resolve({ exitCode, bytes: Buffer.concat(out), stderr: Buffer.concat(err).toString() });
    });
    // A git that ends without reading all of its input tells why by itself.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  } catch (error) {
    // Some causes are thrown and not emitted: arguments too long, or with a NUL among them.
    resolve({ cannot: error instanceof Error ? error.message : String(error) });
  }
  return promise;
}

function failure(dir: string, args: readonly string[], answer: GitAnswer): GitError {
  const { exitCode, stderr } = answer;
  const verb = args.find((arg) => !arg.startsWith("-")) ?? "";
  const says = lastLine(stderr) || `it ended with ${exitCode}`;
  const message = `\`git ${verb}\` failed in \`${dir}\`: ${says.replace(/\.?$/, ".")}`;
  const lock = /Unable to create '([^\n]*\.lock)': File exists/.exec(stderr)?.[1];
  const hint =
    lock === undefined
      ? `\`git -C "${dir}" status\` shows what is there.`
      : `If no git is running there, delete \`${lock}\`.`;
  return new GitError(message, { exitCode, stderr }, hint);
}

async function explainNoStart(dir: string, detail: string): Promise<AppError> {
  const isThere = await stat(dir).then(
    (found) => found.isDirectory(),
    // Whatever hides it, git cannot work there.
    () => false,
  );
  if (!isThere) {
    return new AppError("repository", `Cannot run git in \`${dir}\`: there is no such directory.`, {
      hint: "Name a directory that exists.",
    });
  }
  if (detail.includes("ENOENT")) {
    return new AppError("repository", "Cannot run `git`: it was not found on PATH.", {
      hint: "Install git 2.38 or newer.",
    });
  }
  return new AppError("repository", `git could not be run to its end in \`${dir}\`: ${detail}.`, {
    hint: "Try again; if it stays so, run `git fsck` there.",
  });
}
