/** Carries out the steps of `delivery.ts` at a window. */

import type { Instant } from "../../domain/id.ts";
import { advance } from "./advance-delivery.ts";
import type { Delivery, Step, ToldPrompts } from "./delivery.ts";
import type { Keyboard } from "./keyboard.ts";
import type { PromptMark } from "./prompt-mark.ts";

export type Delivered =
  | { readonly accepted: true; readonly says: string }
  | { readonly accepted: false; readonly why: string };

export interface DeliverHow {
  /** Called before the text is written, and before it is submitted. */
  readonly onPhase: (phase: Exclude<PromptMark["phase"], "over">) => Promise<void>;
  /** What it waits for; `null`: for nothing any more. */
  readonly onWait: (step: Extract<Step, { do: "wait" }> | null) => void;
  /** A slash command is typed: many agents take it for words when it is pasted. */
  readonly isTyped: boolean;
  /** What the agent itself tells of prompts since then; `null`: it tells nothing. */
  readonly toldSince: (since: Instant) => ToldPrompts | null;
  readonly signal: AbortSignal;
}

/** Rejects with the signal's reason, and with an AppError when the pane is gone. */
export async function deliver(
  keyboard: Keyboard,
  first: Delivery,
  { onPhase, onWait, isTyped, toldSince, signal }: DeliverHow,
): Promise<Delivered> {
  const { window, watch, profile, clock } = keyboard.parts;
  let delivery = first;
  let drawnAt: Instant | null = null;
  using _ = window.pane.listen((event) => {
    if (event.type === "output") drawnAt = event.at;
  });
  return await keyboard.work<Delivered>(signal, async ({ reading, screen }) => {
    const { state, possible } = watch.fusion;
    const sight = {
      now: clock.now(),
      reading,
      screen: screen.lines.join("\n"),
      state,
      possible,
      drawnAt,
      personAt: await keyboard.personAt(),
      hasEnded: watch.hasEnded,
      told: toldSince(delivery.submittedAt ?? delivery.begunAt),
    };
    const { step, delivery: next } = advance(delivery, sight, profile);
    onWait(step.do === "wait" ? step : null);
    switch (step.do) {
      case "wait":
        delivery = next;
        return { wait: step.until };
      case "accept":
        return { result: { accepted: true, says: step.says } };
      case "refuse":
        return { result: { accepted: false, why: step.why } };
      case "write":
        await onPhase("pasting");
        break;
      case "submit":
        await onPhase("submitted");
        break;
      case "clear":
        break;
    }
    const input = await press(step.do);
    if (!input.done) return { result: { accepted: false, why: input.why } };
    delivery = next;
    return { wait: clock.now() };
  });

  function press(what: Exclude<Step["do"], "wait" | "accept" | "refuse">) {
    const { pane } = window;
    switch (what) {
      case "write":
        return isTyped ? pane.type(first.text) : pane.paste(first.text);
      case "submit":
        return pane.keys(...profile.keys.submit);
      case "clear":
        return pane.keys(...profile.keys.clearLine);
    }
  }
}
