/** An order that has everything: a template that can be rendered for it can be rendered for all. */

import {
  attemptBranch,
  type BlobHash,
  parseAgentName,
  parseSha,
  parseTaskId,
  slotId,
} from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { defaultPolicy } from "../domain/policy.ts";

export function sampleOrder(): AttemptOrder {
  const id = known(parseTaskId("TODO-POB-001"));
  const agent = known(parseAgentName("claude"));
  const sha = "0".repeat(40);
  return {
    kind: "attempt",
    task: {
      id,
      aliases: ["POB-001"],
      title: "Keep positions and trades across a crash",
      priority: "high",
      agent: null,
      role: "feature",
      deps: [],
      skills: ["agents_library/backend-architect.md"],
      phase: "Phase 1",
      estimate: "3 prompts",
      touches: ["src/**"],
      verify: ["cargo test --test persistence_test"],
      // Only its place matters here; the text that it stands for is the brief below.
      brief: sha as BlobHash,
      briefLines: 12,
      source: { file: "TODO.md", line: 12 },
    },
    brief: {
      context: "A trading bot in Rust.\nPositions live in memory only.",
      objective: "Write positions and trades to SQLite, and read them back after a crash.",
      files: ["src/position_manager.rs", "src/strategy.rs (reads positions)"],
      instructions: ["Add a module for storage.", "Call it where positions change:\nopen, close."],
      constraints: ["Use rusqlite.", "`Vec<Position>` stays the type in memory."],
      deliverables: ["src/persistence.rs", "tests/persistence_test.rs"],
      acceptance: ["cargo build --release passes", "No position is lost by `kill -9`"],
      tests: ["At least four unit tests."],
      raw: "## TODO-POB-001",
    },
    attempt: 3,
    slot: slotId(agent, 1),
    agent,
    branch: attemptBranch(id, 3),
    base: {
      from: "attempt",
      attempt: 2,
      commit: known(parseSha(sha)),
      because: "conflict",
    },
    because: "no role asked: any agent",
    earlier: [
      {
        n: 1,
        agent: known(parseAgentName("codex")),
        outcome: "gate_failed",
        why: "`test` failed after 3 rounds of feedback.",
        failedGates: [
          {
            name: "test",
            verdict: "failed",
            exitCode: 101,
            durationMs: 1200,
            proof: "proof/TODO-POB-001/1/test.log",
            why: "Exit code 101 after 1.2 s.",
            where: "workspace",
            round: 3,
          },
        ],
      },
      {
        n: 2,
        agent,
        outcome: "conflict",
        why: "It conflicts with what has landed in src/strategy.rs.",
        failedGates: [],
      },
    ],
    tells: [{ id: "1", at: 0, text: "Leave the public API as it is.", delivered: false }],
    rounds: 0,
    isResumed: false,
    used: null,
    policy: defaultPolicy,
  };
}

/** The names above are valid; a null here is a bug of this file. */
function known<T>(value: T | null): T {
  if (value === null) throw new Error("the sample order is broken");
  return value;
}
