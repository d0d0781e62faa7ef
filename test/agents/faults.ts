/**
 * What goes wrong with a model, met by a real CLI under its driver: each is told as what it is, the
 * session takes the next prompt, and nothing is left running.
 */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Limit } from "../../src/domain/agent.ts";
import { openAgentStage, type StageOptions } from "./stage.ts";

export interface Fault {
  /** Words for the model server. */
  readonly words: string;
  /** How its turn ends; `silent`: not by itself, until it is interrupted. */
  readonly ends: "completed" | "failed" | "silent";
  /** It is told as a limit of this kind. */
  readonly limit?: Limit["kind"];
  /** Its reset time is known. */
  readonly hasReset?: boolean;
  /** It is told that the request is repeated. */
  readonly isRetried?: boolean;
  /** In the reason of a failed turn. */
  readonly why?: RegExp;
  /** Such an agent is of no use until somebody does something. */
  readonly isBroken?: boolean;
}

export function testFaults(
  how: string,
  options: StageOptions,
  faults: Readonly<Record<string, Fault>>,
): void {
  describe(`${how}, when the model fails`, () => {
    for (const [name, fault] of Object.entries(faults)) {
      test(`${name}: ${sayFault(fault)}`, { timeout: 180_000 }, async () => {
        await using stage = await openAgentStage(options);
        const id = await stage.send(fault.words);
        if (fault.ends === "silent") {
          await stage.server.log.until((record) => record.end === "hung");
          assert(!stage.events.some((event) => event.type === "turn_ended"));
          await stage.session.interrupt();
        }
        const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
        const about = JSON.stringify(stage.events, null, 1);
        assert.equal(end.result, fault.ends === "silent" ? "interrupted" : fault.ends, about);
        const limits = stage.events.flatMap((event) => (event.type === "limit" ? event.limit : []));
        assert.deepEqual(
          limits.map((limit) => limit.kind),
          fault.limit === undefined ? [] : [fault.limit],
          about,
        );
        if (fault.hasReset !== undefined) {
          assert.equal(typeof limits[0]?.until === "number", fault.hasReset, about);
        }
        const isRetried = stage.events.some((event) => event.type === "retrying");
        if (fault.isRetried !== undefined) assert.equal(isRetried, fault.isRetried, about);
        if (end.result === "failed") {
          if (fault.why !== undefined) assert.match(end.why, fault.why);
          assert.equal(end.isBroken ?? false, fault.isBroken ?? false, about);
        }
        const next = await stage.turn("write=after.txt text=after");
        assert.deepEqual(next.end, { result: "completed" }, JSON.stringify(stage.events, null, 1));
      });
    }

    test("killed in the midst of a turn: it fails, and the next prompt starts it anew", async () => {
      await using stage = await openAgentStage(options);
      const id = await stage.send("sleep=60");
      await stage.server.log.until((record) => record.end === "whole" && record.kind === "main");
      await stage.event("activity");
      for (const pid of stage.processes()) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It went with the one before.
        }
      }
      const { end } = await stage.event("turn_ended", (event) => event.promptId === id);
      assert.equal(end.result, "failed");
      const next = await stage.turn("write=after.txt text=after");
      assert.deepEqual(next.end, { result: "completed" }, JSON.stringify(stage.events, null, 1));
    });
  });
}

function sayFault({ ends, limit, isRetried, isBroken }: Fault): string {
  const parts = [
    ...(isRetried === true ? ["told as retried"] : []),
    ...(limit === undefined ? [] : [`a limit (${limit})`]),
    ends === "silent" ? "ended by an interrupt" : `the turn is ${ends}`,
    ...(isBroken === true ? ["and the agent broken"] : []),
  ];
  return parts.join(", ");
}
