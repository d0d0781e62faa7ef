/** From a connection to a thread in which prompts are taken, however the messages travel. */

import type { AgentSpec } from "../../domain/agent.ts";
import type { Ear } from "../protocol/line.ts";
import { cannotStart, type HandshakeParts, shakeHands } from "./handshake.ts";
import type { Peer } from "./peer.ts";
import type { ThreadLine } from "./thread-line.ts";

export interface OpenThreadParts extends HandshakeParts {
  readonly peer: Peer;
  readonly line: ThreadLine;
  readonly ear: Ear;
}

/** Rejects with an AppError, and with the signal's reason. */
export async function openThread(parts: OpenThreadParts): Promise<void> {
  await greet(parts);
  const why = await parts.line.begin();
  if (why === null) return;
  throw cannotStart(parts.agent, `codex has begun no conversation (${why})`, next(parts.agent));
}

/** Whoever goes on with a thread only greets. */
export async function greet({ peer, ear, ...parts }: OpenThreadParts): Promise<void> {
  const says = await shakeHands(peer, parts);
  ear.tell({ type: "output", text: `${says}\n` });
}

function next({ command }: AgentSpec): string {
  return `Try \`${command[0]}\` in a terminal: its configuration may not be valid.`;
}
