import type { GateResult, VerdictKind } from "../../src/domain/attempt.ts";

/** Of the one gate that there is. */
export function gateResult(verdict: VerdictKind, parts: Partial<GateResult>): GateResult {
  return {
    name: "test",
    verdict,
    exitCode: verdict === "passed" ? 0 : 1,
    durationMs: 1,
    proof: null,
    why: `it is ${verdict}`,
    where: "workspace",
    round: 0,
    ...parts,
  };
}
