/** What an error of SQLite means to the person whose file it is. Other errors are bugs. */

import { statSync } from "node:fs";
import { AppError, type ErrorCode } from "./app-error.ts";

/** Primary result codes, from sqlite.org/rescode.html. */
const busy = 5;

interface Meaning {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
}

const freeSpace = "Free some space there and try again; what was acknowledged is kept.";
const makeWritable = "Make the file and its folder readable and writable for you, then try again.";
const putBack = "Move the file away and start anew, or put a good copy in its place.";

const meanings: ReadonlyMap<number, Meaning> = new Map([
  [
    busy,
    {
      code: "locked",
      why: "another process holds it",
      hint: "Wait for that process or end it, then try again.",
    },
  ],
  [8, { code: "disk", why: "it may not be written to", hint: makeWritable }],
  [
    10,
    {
      code: "disk",
      why: "the disk reports an error",
      hint: "Check that the disk is neither full nor failing, then try again.",
    },
  ],
  [11, { code: "disk", why: "the file is damaged", hint: putBack }],
  [13, { code: "disk", why: "the disk is full", hint: freeSpace }],
  [14, { code: "disk", why: "it cannot be opened", hint: makeWritable }],
  [26, { code: "disk", why: "the file is not a database", hint: putBack }],
]);

/** Codes of the file system that a person can repair, for folders that are made on the way. */
const fileMeanings: ReadonlyMap<string, Meaning> = new Map([
  ["ENOSPC", { code: "disk", why: "the disk is full", hint: freeSpace }],
  ["EACCES", { code: "disk", why: "its folder may not be written to", hint: makeWritable }],
  ["EPERM", { code: "disk", why: "its folder may not be written to", hint: makeWritable }],
  ["EROFS", { code: "disk", why: "its folder may not be written to", hint: makeWritable }],
  ["ENOENT", { code: "disk", why: "its folder cannot be made", hint: makeWritable }],
  ["ENOTDIR", { code: "disk", why: "a file is in the place of its folder", hint: putBack }],
  ["EEXIST", { code: "disk", why: "a file is in the place of its folder", hint: putBack }],
]);

/** Is it held by another process (or by another connection of this one)? */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === busy;
}

/**
 * Runs `act`; an error of SQLite or of the file system becomes an `AppError` that says
 * "Cannot `doing` `path`", why, and the next step. Any other error passes as it is.
 */
export function explainSqlite<T>(
  what: { readonly doing: string; readonly path: string },
  act: () => T,
): T {
  try {
    return act();
  } catch (error) {
    const meaning = meaningOf(error);
    if (meaning === null) throw error;
    const { code, why, hint } = isDirectory(what.path)
      ? { code: "disk" as const, why: "it is a directory", hint: "Move the directory away." }
      : meaning;
    const detail = error instanceof Error ? error.message : String(error);
    throw new AppError(code, `Cannot ${what.doing} \`${what.path}\`: ${why} (${detail}).`, {
      cause: error,
      hint,
    });
  }
}

function meaningOf(error: unknown): Meaning | null {
  const result = resultCode(error);
  if (result !== null) return meanings.get(result) ?? null;
  const isFileError = error instanceof Error && "syscall" in error && "code" in error;
  return isFileError ? (fileMeanings.get(String(error.code)) ?? null) : null;
}

/** The primary code is the low byte; the rest tells variants apart. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
