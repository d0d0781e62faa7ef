/**
 * A temoin of its own, as a program: starts a session of the real opencode in tmux, gives it a prompt
 * and tells what happens, a line each, until it is killed.
 */

import type { Prompt, SessionRequest } from "../../src/agents/driver.ts";
import { type DriverBase, makeDriver } from "./opencode-stage.ts";

export interface LeftRequest {
  readonly base: DriverBase;
  readonly request: SessionRequest;
  readonly prompt: Prompt;
}

if (process.argv[1] === import.meta.filename) {
  // Written by the test beside it.
  const { base, request, prompt } = JSON.parse(process.argv[2] ?? "") as LeftRequest;
  const session = await makeDriver(base).start(request, new AbortController().signal);
  const receipt = await session.send(prompt);
  console.log(receipt.accepted ? "given" : receipt.why);
  for await (const event of session.events) {
    console.log(event.type === "activity" ? `activity ${event.says}` : event.type);
  }
}
