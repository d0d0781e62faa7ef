/**
 * What has reached the agent, one JSON line each, in the file that FAKE_AGENT_RECORD names: the
 * proof for tests that a prompt came once, whole and no second time.
 */

import { createHash } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import type { Place } from "../step.ts";

export type RecordLine = { readonly at: number } & (
  | { readonly type: "started"; readonly pid: number; readonly args: readonly string[] }
  /** Submitted with Enter; `text` is exactly what the composer held. */
  | {
      readonly type: "prompt";
      readonly text: string;
      readonly sha256: string;
      readonly bytes: number;
      /** A turn was running. */
      readonly isQueued: boolean;
    }
  /** The turn of a prompt begins, with the steps of this place. */
  | { readonly type: "turn"; readonly place: Place }
  | {
      readonly type: "turn_ended";
      readonly place: Place;
      readonly end: "completed" | "failed" | "limited" | "interrupted";
    }
  /** `choice` is `null` for Esc. */
  | {
      readonly type: "answer";
      readonly kind: "permission" | "question" | "dialog";
      readonly name: string;
      readonly choice: string | null;
      readonly text: string | null;
      /** A hook has given it, and no key. */
      readonly isByHook?: true;
    }
  /** Its tools are there, where somebody waits for them. */
  | { readonly type: "equipped" }
  /** Its conversation is full, and it waits to be interrupted. */
  | { readonly type: "full" }
  /** A slash command. */
  | { readonly type: "command"; readonly text: string }
  /** An Enter that did not submit, or keys that did nothing in a dialog. */
  | { readonly type: "lost"; readonly text: string; readonly why: string }
  | { readonly type: "exited"; readonly exitCode: number }
);

export function promptLine(at: number, text: string, isQueued: boolean): RecordLine {
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { at, type: "prompt", text, sha256, bytes: Buffer.byteLength(text), isQueued };
}

export function appendRecord(path: string | undefined, line: RecordLine): void {
  if (path !== undefined) appendFileSync(path, `${JSON.stringify(line)}\n`);
}

/** Oldest first; nothing where there is no record yet. */
export function readRecord(path: string | undefined): readonly RecordLine[] {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // The first process of a session begins the record.
    return [];
  }
  // Written by `appendRecord` alone.
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as RecordLine);
}
