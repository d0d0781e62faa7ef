/**
 * What `npm run test:agents` hands to the test files: which agents, and how much of it. A file that
 * is run by hand without it fails, rather than prove nothing.
 */

import assert from "node:assert/strict";
import { type AgentKind, agentKinds } from "./pins.ts";

export const chosenVariable = "TEMOIN_TEST_AGENTS";
/** Set with `--full`. */
export const fullVariable = "TEMOIN_TEST_FULL";
/** The folder of this run for homes of CLIs. */
export const homesVariable = "TEMOIN_TEST_HOMES";

export function isAgentKind(name: string): name is AgentKind {
  return agentKinds.some((kind) => kind === name);
}

/** Is what takes long, or is proved better elsewhere, to be run too? */
export function isFull(): boolean {
  return process.env[fullVariable] === "1";
}

export function chosenAgents(): readonly AgentKind[] {
  const given = process.env[chosenVariable];
  assert(
    given,
    "run these by `npm run test:agents`: it installs the CLIs and starts what they need",
  );
  const names = given.split(",");
  assert(names.every(isAgentKind), `${chosenVariable} names an agent that is not in pins.json`);
  return names;
}
