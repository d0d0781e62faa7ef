/**
 * A temoin that starts a session, sends its first prompt and waits to be killed: a process of its
 * own, for a kill lets nothing be put in order.
 *
 *   node left-session.ts REQUEST     (JSON: `LeftRequest`)
 */

import type { Prompt, SessionRequest } from "../../src/agents/driver.ts";
import { claudeDriver } from "./driver-claude-tmux.ts";
import { openTerminalDriver } from "./driver-terminal.ts";

export interface LeftRequest {
  readonly root: string;
  readonly request: SessionRequest;
  readonly prompt: Prompt;
}

// Written by the test beside it.
const { root, request, prompt } = JSON.parse(process.argv[2] ?? "") as LeftRequest;
const driver = await openTerminalDriver(root);
const starts = request.agent.driver === "claude" ? claudeDriver(driver) : driver;
const session = await starts.start(request, new AbortController().signal);
console.log("started");
const receipt = await session.send(prompt);
console.log(receipt.accepted ? "accepted" : receipt.why);
for await (const { type } of session.events) console.log(type);
