/** Carries out the steps of `dialogs.ts` and `dialog-text.ts` at a window. */

import type { Instant } from "../../domain/id.ts";
import type { ShownDialog } from "../profile/profile.ts";
import { cleanPrompt } from "./clean-prompt.ts";
import { personQuietMs } from "./delivery.ts";
import { advanceWriting, beginWriting } from "./dialog-text.ts";
import { advanceAnswer, beginAnswer, type DialogStep } from "./dialogs.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Look } from "./screen-history.ts";

export type Answered = { readonly taken: true } | { readonly taken: false; readonly why: string };

/** A key is drawn in more than one go: what is seen sooner may be half of it (chosen). */
const drawMs = 60;
/** A dialog that is not seen for so long is gone, though the screen goes on moving (chosen). */
const sureMs = 500;

/** Rejects with the signal's reason, and with an AppError when the pane is gone. */
export function chooseInDialog(
  keyboard: Keyboard,
  { dialog, label }: { readonly dialog: ShownDialog; readonly label: string },
  signal: AbortSignal,
): Promise<Answered> {
  let answering = beginAnswer(dialog, label, keyboard.parts.clock.now());
  return pressKeys(keyboard, signal, ({ reading }, now) => {
    const { step, answering: next } = advanceAnswer(answering, reading.dialog, now);
    answering = next;
    return step;
  });
}

/** As `chooseInDialog`, with words of one's own. */
export function writeInDialog(
  keyboard: Keyboard,
  { dialog, text }: { readonly dialog: ShownDialog; readonly text: string },
  signal: AbortSignal,
): Promise<Answered> {
  let writing = beginWriting(dialog, cleanPrompt(text), keyboard.parts.clock.now());
  return pressKeys(keyboard, signal, ({ reading, screen }, now) => {
    const sight = { now, shown: reading.dialog, screen: screen.lines.join("") };
    const { step, writing: next } = advanceWriting(writing, sight);
    writing = next;
    return step;
  });
}

function pressKeys(
  keyboard: Keyboard,
  signal: AbortSignal,
  decide: (look: Look, now: Instant) => DialogStep,
): Promise<Answered> {
  const { window, clock } = keyboard.parts;
  let drawnAt = clock.now();
  let sureAt = drawnAt;
  return keyboard.work<Answered>(signal, async (look) => {
    const now = clock.now();
    if (now < drawnAt) return { wait: drawnAt };
    const personAt = await keyboard.personAt();
    if (personAt !== null && now < personAt + personQuietMs) {
      return { result: { taken: false, why: "a person is typing at it" } };
    }
    const step = decide(look, now);
    switch (step.do) {
      case "taken":
        return look.isCalm || now >= sureAt ? { result: { taken: true } } : { wait: sureAt };
      case "give_up":
        return { result: { taken: false, why: step.why } };
      case "wait":
        return { wait: step.until };
      case "press": {
        const { pane } = window;
        const input = await (step.isText ? pane.type(step.key) : pane.keys(step.key));
        if (!input.done) return { result: { taken: false, why: input.why } };
        drawnAt = clock.now() + drawMs;
        sureAt = clock.now() + sureMs;
        return { wait: drawnAt };
      }
    }
  });
}
