/** Verdicts of gates in one line. What no gate has looked at is never called green. */

import type { GateResult } from "./attempt.ts";
import type { TestCount } from "./gate-output.ts";

/** `build ✓ test ✗ (exit 1)`; no gate at all proves nothing. */
export function gatesText(gates: readonly GateResult[]): string {
  if (gates.length === 0) return "none";
  return gates
    .map((gate) => {
      if (gate.verdict === "passed") return `${gate.name} ✓`;
      if (gate.verdict === "skipped") return `${gate.name} skipped`;
      const how = gate.exitCode === null ? gate.verdict : `exit ${gate.exitCode}`;
      return `${gate.name} ✗ (${how})`;
    })
    .join(" ");
}

/** `12 tests, 3 failed, 1 skipped`; `null`: its output does not tell. */
export function testsText(tests: TestCount | null): string | null {
  if (tests === null) return null;
  const { ran, failed, skipped } = tests;
  const parts = [
    `${ran} ${ran === 1 ? "test" : "tests"}`,
    failed === 0 ? null : `${failed} failed`,
    skipped === 0 ? null : `${skipped} skipped`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

export function areGreen(gates: readonly GateResult[]): boolean {
  return gates.length > 0 && gates.every((gate) => gate.verdict === "passed");
}
