/** The program of an agent: which file it is, whether it is there, and how long it has to end. */

import { resolve } from "node:path";
import type { AgentSpec } from "../domain/agent.ts";
import { findProgram } from "../lib/process-path.ts";
import { type EnvironmentParts, environmentOf } from "./environment.ts";
import { missingProgram } from "./start-failure.ts";

/** From SIGTERM to SIGKILL, where nothing else is said (chosen: enough to save what it holds). */
export const defaultGraceMs = 5_000;

/** The person's own program, from the person's checkout: not the workspace's copy of it. */
export function ownProgram(program: string, root: string): string {
  return program.includes("/") ? resolve(root, program) : program;
}

export interface ProgramParts extends EnvironmentParts {
  /** The repository's root: a command with a slash is relative to it. */
  readonly root: string;
}

/** `null`: it is there; else one sentence with the next step. Runs nothing. */
export async function missingAgent(agent: AgentSpec, parts: ProgramParts): Promise<string | null> {
  const located = await findProgram(agent.command[0], placesOf(agent, parts));
  return located.found ? null : missingProgram(agent, located.because);
}

/** Where the programs of an agent are looked for. */
export function placesOf(agent: AgentSpec, parts: ProgramParts) {
  const { PATH: path = "" } = environmentOf(agent, {}, parts);
  return { path, cwd: parts.root };
}
