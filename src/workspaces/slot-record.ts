/**
 * What temoin knows of a slot's directory, beside it and out of the agent's way: which attempt it
 * was made for, and the commits that temoin itself has put there.
 */

import { readFile } from "node:fs/promises";
import { type CommitSha, parseSha, parseTaskId } from "../domain/id.ts";
import { writeText } from "../lib/text-file.ts";
import type { WorkOf } from "./workspace.ts";

export interface SlotRecord {
  /** The worktree's own git directory, in the repository. */
  readonly gitDir: string;
  readonly of: WorkOf;
  readonly branch: string;
  readonly base: CommitSha;
  /**
   * Commits that temoin has made on the branch, oldest first. At the last one, or at the base, a
   * clean directory holds nothing that is not on a ref.
   */
  readonly made: readonly CommitSha[];
}

export async function writeRecord(file: string, record: SlotRecord): Promise<void> {
  await writeText(file, JSON.stringify(record));
}

/** `null`: there is none, or none that can be read. */
export async function readRecord(file: string): Promise<SlotRecord | null> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readFile(file, "utf8"));
  } catch {
    // Not there, or cut off by a full disk: the directory is then treated as an unknown one.
    return null;
  }
  return parseRecord(raw);
}

function parseRecord(raw: unknown): SlotRecord | null {
  if (!isObject(raw) || !isObject(raw["of"]) || !Array.isArray(raw["made"])) return null;
  const { gitDir, branch } = raw;
  const task = parseTaskId(String(raw["of"]["task"]));
  const attempt = Number(raw["of"]["attempt"]);
  const base = parseSha(String(raw["base"]));
  const made = raw["made"].map((sha) => parseSha(String(sha))).filter((sha) => sha !== null);
  if (typeof gitDir !== "string" || typeof branch !== "string") return null;
  if (task === null || base === null || !Number.isInteger(attempt)) return null;
  return { gitDir, branch, of: { task, attempt }, base, made };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
