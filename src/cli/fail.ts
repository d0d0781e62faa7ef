/** How a failure is told: one sentence and the next step, never a stack of calls. */

import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AppError, exitCodes } from "../lib/app-error.ts";
import { harmless } from "../lib/terminal-text.ts";
import type { Context, Environment } from "../operations/context.ts";
import type { Terminal } from "./terminal.ts";

export interface FailedCall {
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly isJson: boolean;
  readonly what: string;
  readonly context: Context | null;
}

/** Resolves with the exit code. */
export async function tellFailure(error: unknown, call: FailedCall): Promise<number> {
  const mask = await maskOf(call.env);
  const known =
    error instanceof AppError ? error : (diskError(error) ?? (await unexpected(error, call, mask)));
  const { code } = known;
  const message = mask(known.message);
  const hint = known.hint === null ? null : mask(known.hint);
  if (call.isJson) {
    call.terminal.tell(`${JSON.stringify({ schema: 1, error: { code, message, hint } })}\n`);
  } else {
    call.terminal.tell(harmless(`temoin: ${message}\n${hint === null ? "" : `${hint}\n`}`));
  }
  return exitCodes[code];
}

const diskTroubles: ReadonlyMap<string, string> = new Map([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "your share of the disk is used up"],
  ["EFBIG", "the file would become too large"],
  ["EROFS", "the disk can only be read"],
  ["EACCES", "you may not"],
  ["EPERM", "you may not"],
  ["EEXIST", "a file is in its place"],
  ["ENOTDIR", "a file is in the place of a folder"],
  ["EIO", "the disk reports an error"],
]);

/** What the system says of a file or folder: a person can repair that. */
function diskError(error: unknown): AppError | null {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return null;
  if (error.syscall === "uv_cwd") {
    const hint = "Go to one that is there, or name it: temoin -C DIR …";
    return new AppError("usage", "The working directory is gone.", { cause: error, hint });
  }
  const why = diskTroubles.get(String(error.code));
  if (why === undefined) return null;
  const at = "path" in error ? ` \`${error.path}\`` : "";
  return new AppError("disk", `Cannot ${error.syscall}${at}: ${why} (${error.code}).`, {
    cause: error,
    hint: "Make room there, or make it writable for you; what was acknowledged is kept.",
  });
}

/** What went wrong may have been told by a program that prints its environment. */
async function maskOf(env: Environment): Promise<(text: string) => string> {
  const { createMask } = await import("../lib/mask.ts");
  const { secretsOf } = await import("../lib/secret-variables.ts");
  const mask = createMask(secretsOf(env));
  return (text) => mask.text(text);
}

/** A bug, or something of the machine that nobody foresaw: its details go to a file. */
async function unexpected(
  error: unknown,
  { env, what, context }: FailedCall,
  mask: (text: string) => string,
): Promise<AppError> {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const says = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  const message = `\`temoin ${what}\` failed unexpectedly: ${says.slice(0, 300)}`;
  if ((env["TEMOIN_DEBUG"] ?? "") !== "") {
    return new AppError("internal", `${message}\n${details}`, { cause: error });
  }
  const file = await writeDetails(mask(`${what}\n${details}\n`), context);
  const where = file === null ? "TEMOIN_DEBUG=1 shows the details." : `The details are in ${file}.`;
  return new AppError("internal", message, { cause: error, hint: `Nothing is lost. ${where}` });
}

async function writeDetails(text: string, context: Context | null): Promise<string | null> {
  for (const find of [() => placeOf(context), () => tmpdir()]) {
    try {
      const file = path.join(await find(), `temoin-crash-${randomUUID().slice(0, 8)}.log`);
      await writeFile(file, text);
      return file;
    } catch {
      // Not writable, or not there: the next place is tried, and in the end none is named.
    }
  }
  return null;
}

async function placeOf(context: Context | null): Promise<string> {
  if (context === null) throw new Error("no project");
  return (await context.place()).stateDir;
}
