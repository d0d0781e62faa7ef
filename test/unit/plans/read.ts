/** Plans of the tests: read from text, and shortened to what a test is about. */

import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plan, PlannedTask } from "../../../src/plans/plan.ts";
import { createPlanReader } from "../../../src/plans/read-plan.ts";

const reader = createPlanReader();

export function read(text: string, file = "plan.md"): Promise<Plan> {
  return reader.read(file, Buffer.from(text));
}

const fixtures = path.join(import.meta.dirname, "../../fixtures/plans");

export function readFixture(name: string): Promise<Plan> {
  return reader.read(name, readFileSync(path.join(fixtures, name)));
}

/** The facts of a task on one line, those of no value left out. */
export function factsOf(task: PlannedTask): Record<string, unknown> {
  const { brief: _brief, source: _source, titleKey: _key, ...facts } = task;
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== null && !isEmptyList(value)),
  );
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

export function idsOf(plan: Plan): readonly string[] {
  return plan.tasks.map((task) => task.id);
}

export function saysOf(plan: Plan): readonly string[] {
  return plan.warnings.map(({ line, says }) => `${line}: ${says}`);
}
