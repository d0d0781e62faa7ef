/**
 * Gives a prompt to a living agent: as its text or by its file, from where an earlier try came to,
 * into an empty context where it is the first of a task.
 */

import type { Clock } from "../../lib/clock.ts";
import type { Prompt } from "../driver.ts";
import type { Profile } from "../profile/profile.ts";
import type { SessionLog } from "../session-log.ts";
import { textOf } from "./clean-prompt.ts";
import { type DeliverHow, deliver } from "./deliver.ts";
import { beginDelivery } from "./delivery.ts";
import type { LiveAgent } from "./live-agent.ts";
import { isSeenAtRest } from "./turn.ts";

export interface GiveParts {
  readonly profile: Profile;
  readonly clock: Clock;
  readonly log: SessionLog;
  /** Texts of earlier prompts. */
  readonly own: readonly string[];
  readonly isAfterInterrupt: boolean;
  readonly onWait: DeliverHow["onWait"];
  readonly signal: AbortSignal;
}

export type Given =
  /** `text` is what was written. */
  | { readonly accepted: true; readonly text: string }
  | { readonly accepted: false; readonly why: string };

/** Rejects with the signal's reason, and with an AppError when the pane is gone. */
export async function givePrompt(
  live: LiveAgent,
  prompt: Prompt,
  { profile, clock, log, own, isAfterInterrupt, onWait, signal }: GiveParts,
): Promise<Given> {
  const { keyboard, window } = live;
  const { text } = textOf(prompt, {
    takesPaste: window.pane.takesPaste,
    longestBytes: profile.longestPasteBytes,
  });
  if (text === "") return { accepted: false, why: "it has no words" };
  const kept = window.mark?.id === prompt.id ? window.mark : null;
  // Its turn was over before whoever sends it again could know.
  if (kept?.phase === "over") return { accepted: true, text };
  const phase = kept === null ? null : kept.phase === "submitted" ? "submitted" : "written";
  // The clock may have been set back since an earlier temoin kept it.
  const submittedAt = kept?.phase === "submitted" ? Math.min(kept.at, clock.now()) : null;
  const keep = (next: "pasting" | "submitted") =>
    window.keep({ id: prompt.id, at: clock.now(), phase: next });
  const delivered = await deliver(
    keyboard,
    beginDelivery(text, { phase, submittedAt, own, isAfterInterrupt, now: clock.now() }),
    {
      onPhase: keep,
      onWait,
      isTyped: false,
      toldSince: (since) => live.beside?.toldPrompts(since) ?? null,
      signal,
    },
  );
  if (!delivered.accepted) return delivered;
  await log.note(`accepted: ${delivered.says}`);
  // Where somebody else has submitted it, this is all that is known.
  if (window.mark?.id !== prompt.id || window.mark.phase !== "submitted") await keep("submitted");
  return { accepted: true, text };
}

/** An agent that tells when its context is empty does so sooner (chosen; measured: 150 ms). */
const emptiedMs = 3_000;

/** Empties the agent's context by its own command; `false`: it has to be started anew. */
export async function emptyContext(
  live: LiveAgent,
  { profile, clock, log, own, isAfterInterrupt, onWait, signal }: GiveParts,
): Promise<boolean> {
  if (profile.fresh === null) return false;
  const { keyboard, watch } = live;
  const since = clock.now();
  const delivery = beginDelivery(profile.fresh, {
    phase: null,
    submittedAt: null,
    own,
    isAfterInterrupt,
    now: since,
  });
  // It is no prompt: nobody has to know how far it came, and repeating it does no harm.
  const onPhase = async (): Promise<void> => undefined;
  const delivered = await deliver(keyboard, delivery, {
    onPhase,
    onWait,
    isTyped: true,
    // A command is no prompt: nothing is told of it.
    toldSince: () => null,
    signal,
  });
  const says = delivered.accepted
    ? `context emptied by ${profile.fresh}`
    : `context not emptied: ${delivered.why}`;
  await log.note(says);
  if (!delivered.accepted) return false;
  const until = clock.now() + emptiedMs;
  await keyboard.work(signal, async ({ isCalm }) => {
    const told = live.beside?.tells === true ? live.beside : null;
    if (told === null) return isCalm || watch.hasEnded ? { result: null } : { wait: null };
    // What is written before it has come to rest is lost (met with Claude Code 2.1.197).
    const isEmptied = told.wasEmptied(since) && isSeenAtRest(watch.fusion);
    const isOver = isEmptied || clock.now() >= until || watch.hasEnded;
    return isOver ? { result: null } : { wait: until };
  });
  return true;
}
