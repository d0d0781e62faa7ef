/** A temoin that is killed in the midst of a session which outlives it. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Prompt } from "../../src/agents/driver.ts";
import type { AgentSpec } from "../../src/domain/agent.ts";
import type { Stage } from "./driver-stage.ts";
import { rootOf } from "./driver-terminal-stage.ts";
import type { LeftRequest } from "./left-session.ts";

const program = join(import.meta.dirname, "left-session.ts");

/** A temoin of its own that has sent this prompt, up to the line `says`, and was then killed. */
export async function killAfter(
  says: string,
  {
    stage,
    agent,
    prompt,
  }: { readonly stage: Stage; readonly agent: AgentSpec; readonly prompt: Prompt },
  until: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const request: LeftRequest = { root: rootOf(stage), request: stage.request(agent), prompt };
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  assert(child.stdout !== null);
  for await (const line of createInterface(child.stdout)) if (line === says) break;
  await until();
  child.kill("SIGKILL");
  await exited;
}
