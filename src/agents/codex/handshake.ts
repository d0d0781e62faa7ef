/** The first words with an app-server: who it is, and whether somebody is logged in. */

import { z } from "zod";
import type { AgentSpec } from "../../domain/agent.ts";
import { findVersion, judgeVersion, knownClis } from "../../domain/known-cli.ts";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { waitFor } from "../../lib/notifier.ts";
import type { Peer, Reply } from "./peer.ts";

/** As `NAME/0.169.0 (system) …`. */
const greeting = z.object({ userAgent: z.string() });
const account = z.object({ account: z.unknown().optional(), requiresOpenaiAuth: z.boolean() });

/** It takes 0.4 s (measured); after so long it does not come any more (chosen). */
const answerMs = 60_000;

export interface HandshakeParts {
  readonly agent: AgentSpec;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Resolves with one sentence about the version of codex. Rejects with an AppError, and with the
 * signal's reason.
 */
export async function shakeHands(peer: Peer, parts: HandshakeParts): Promise<string> {
  const { agent } = parts;
  const clientInfo = { name: "temoin", title: null, version: "0" };
  const capabilities = { experimentalApi: true };
  const hello = await inTime(peer.call("initialize", { clientInfo, capabilities }), parts);
  const told = hello.ok ? greeting.safeParse(hello.result).data?.userAgent : undefined;
  if (!hello.ok || told === undefined) {
    const why = hello.ok ? "its answer is not that of codex" : hello.why;
    throw isNoCodex(agent, why);
  }
  const version = findVersion(told);
  const sense = version === null ? "unproven" : judgeVersion(version, knownClis.codex);
  if (sense === "too_old") throw cannotStart(agent, `codex ${version} is too old`, update);
  peer.notify("initialized");
  const read = await inTime(peer.call("account/read", {}), parts);
  const { data } = account.safeParse(read.ok ? read.result : null);
  if (data?.requiresOpenaiAuth === true && !data.account) {
    const next = "Run `codex login`, or give codex another model provider.";
    throw cannotStart(agent, "nobody is logged in to codex", next);
  }
  const name = `codex ${version ?? "of an unknown version"}`;
  return sense === "proved" ? name : `${name}, where ${knownClis.codex.proved} was proved`;
}

const update = `Update codex, to ${knownClis.codex.proved} for one.`;

/** It was started, and is not as codex is, or is not any more. */
export function isNoCodex(agent: AgentSpec, why: string): AppError {
  const says = `\`${agent.command[0]} app-server\` does not answer as codex does (${why})`;
  const next = "Try it in a terminal: its arguments or its configuration may not be valid.";
  return cannotStart(agent, says, `${next} ${update}`);
}

/** `next`: the step that a person takes, a sentence. */
export function cannotStart(agent: AgentSpec, why: string, next: string): AppError {
  return new AppError("failed", `Cannot start agent \`${agent.name}\`: ${why}. ${next}`);
}

async function inTime(reply: Promise<Reply>, { clock, signal }: HandshakeParts): Promise<Reply> {
  let answered: Reply = { ok: false, why: `no word for ${answerMs / 1000} s` };
  const heard = reply.then((told) => {
    answered = told;
  });
  await waitFor({ clock, signal, until: clock.now() + answerMs }, heard);
  return answered;
}
