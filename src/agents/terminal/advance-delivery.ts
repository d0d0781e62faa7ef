/** A delivery from one look to the next: what is seen changes it, and so does the step that follows. Pure. */

import type { Delivery, Manners, Sight, Step } from "./delivery.ts";
import { nextStep } from "./delivery-step.ts";
import { echoOf } from "./echo.ts";

/** The next step, and the delivery as it is once the step is done. */
export function advance(
  delivery: Delivery,
  sight: Sight,
  manners: Manners,
): { readonly step: Step; readonly delivery: Delivery } {
  const seen = withEcho(withReaction(delivery, sight), sight);
  const step = nextStep(seen, sight, manners);
  return { step, delivery: afterStep(seen, step, sight) };
}

function withReaction(delivery: Delivery, { drawnAt }: Sight): Delivery {
  const { actedAt, reactedAt } = delivery;
  if (reactedAt !== null || drawnAt === null || drawnAt < actedAt) return delivery;
  return { ...delivery, reactedAt: drawnAt };
}

function withEcho(delivery: Delivery, { now, reading }: Sight): Delivery {
  const { phase, text, isResumed, echoAt } = delivery;
  if (reading.composer === null || phase === "submitted") return delivery;
  // Before we have written anything, what is there is somebody else's, even if it reads the same.
  if (phase === "before" && !isResumed) return delivery;
  const echo = echoOf(reading.composer, text);
  if (echo !== "whole" && echo !== "folded") return { ...delivery, echoAt: null };
  return { ...delivery, phase: "written", echoAt: echoAt ?? now, wasEchoed: true };
}

function afterStep(delivery: Delivery, step: Step, sight: Sight): Delivery {
  const actedAt = sight.now;
  switch (step.do) {
    case "wait":
    case "accept":
    case "refuse":
      return delivery;
    case "clear": {
      const held = sight.reading.composer?.text ?? "";
      return { ...delivery, actedAt, shown: sight.screen, held, clears: delivery.clears + 1 };
    }
    case "write":
      return {
        ...delivery,
        actedAt,
        phase: "written",
        reactedAt: null,
        echoAt: null,
        wasEchoed: false,
        shown: sight.screen,
        writes: delivery.writes + 1,
      };
    case "submit":
      return {
        ...delivery,
        actedAt,
        phase: "submitted",
        submittedAt: delivery.submittedAt ?? actedAt,
        submits: delivery.submits + 1,
      };
  }
}
