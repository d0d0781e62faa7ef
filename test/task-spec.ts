/** A task as tests ask for it: whatever a test does not care about stands here, once. */

import assert from "node:assert/strict";
import { type BlobHash, parseTaskId, type TaskId } from "../src/domain/id.ts";
import type { TaskSpec } from "../src/domain/task.ts";

export function id(text: string): TaskId {
  const parsed = parseTaskId(text);
  assert(parsed !== null, text);
  return parsed;
}

export function spec(name: string, parts: Partial<TaskSpec> = {}): TaskSpec {
  return {
    id: id(name),
    aliases: [],
    title: `the work of ${name}`,
    priority: "medium",
    agent: null,
    role: null,
    deps: [],
    skills: [],
    phase: null,
    estimate: null,
    touches: [],
    verify: [],
    // Any text stands for a hash where nothing reads the brief.
    brief: "0" as BlobHash,
    briefLines: 20,
    source: null,
    ...parts,
  };
}
