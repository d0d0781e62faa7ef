/** Which tmux is there, and may it be used? */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppError } from "../../lib/app-error.ts";

const run = promisify(execFile);

export interface TmuxVersion {
  /** As tmux writes it: `3.3a`, `next-3.7`. */
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/** `tmux 3.3a`, `tmux next-3.7`, `tmux openbsd-7.5`; `null`: it has no number that can be compared. */
export function parseVersion(output: string): TmuxVersion | null {
  const text = /^tmux (\S+)/.exec(output.trim())?.[1];
  const numbers = /^(?:next-)?(\d+)\.(\d+)/.exec(text ?? "");
  if (text === undefined || numbers === null) return null;
  return { text, major: Number(numbers[1]), minor: Number(numbers[2]) };
}

export type VersionJudgement =
  | { readonly kind: "good" }
  /** It can be used, with the weakness that is told. */
  | { readonly kind: "weak"; readonly says: string }
  | { readonly kind: "refused"; readonly says: string };

/** Control mode with pauses came with 3.2; a paste to a dead pane takes the server down below 3.4. */
export function judgeVersion({ text, major, minor }: TmuxVersion): VersionJudgement {
  const number = major * 100 + minor;
  if (number < 302) return { kind: "refused", says: `tmux ${text} is older than 3.2` };
  if (number < 304) {
    const says = `tmux ${text} can lose its server to a paste into a dead window, which temoin guards against; 3.4 cannot`;
    return { kind: "weak", says };
  }
  return { kind: "good" };
}

/** Rejects with an AppError when there is no tmux, or one that is too old. */
export async function findVersion(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<TmuxVersion> {
  const version = parseVersion(await askVersion(program, env));
  // A build without a number (OpenBSD's own) is taken to be of its day; doctor tries what it does.
  if (version === null) return { text: "unknown", major: 99, minor: 0 };
  const judged = judgeVersion(version);
  if (judged.kind !== "refused") return version;
  throw new AppError("failed", `Agents in a terminal need a newer tmux: ${judged.says}.`, {
    hint: "Install tmux 3.2 or newer (3.4 is better), or use `driver: command`.",
  });
}

async function askVersion(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  try {
    const { stdout } = await run(program, ["-V"], { env: { ...env }, timeout: 10_000 });
    return stdout;
  } catch (cause) {
    throw new AppError("failed", `Agents in a terminal need tmux: \`${program}\` cannot be run.`, {
      cause,
      hint: "Install tmux 3.2 or newer, for one by `apt install tmux` or `brew install tmux`.",
    });
  }
}
