/**
 * A temoin of its own, as a program: starts a session of the real codex in tmux, gives it a prompt
 * and tells what happens, a line each, until it is killed.
 */

import type { Prompt, SessionRequest } from "../../src/agents/driver.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { makeTmuxCodex } from "./codex-stage.ts";

export interface LeftRequest {
  readonly root: string;
  readonly binDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly request: SessionRequest;
  readonly prompt: Prompt;
}

if (process.argv[1] === import.meta.filename) {
  // Written by the test beside it.
  const { request, prompt, ...base } = JSON.parse(process.argv[2] ?? "") as LeftRequest;
  const driver = makeTmuxCodex({ ...base, clock: systemClock, graceMs: 1_000 });
  const session = await driver.start(request, new AbortController().signal);
  const receipt = await session.send(prompt);
  console.log(receipt.accepted ? "given" : receipt.why);
  for await (const event of session.events) {
    console.log(event.type === "ask" ? `ask ${event.ask.id}` : event.type);
  }
}
