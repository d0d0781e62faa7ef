/** A prompt on its way to a terminal: given what is seen, the next step. Pure. */

import type { Instant } from "../../domain/id.ts";
import type { Composer } from "../profile/profile.ts";
import { type Delivery, type Manners, personQuietMs, type Sight, type Step } from "./delivery.ts";
import { echoOf, isSameText } from "./echo.ts";
import { isAtWork } from "./observe.ts";

/** From an agent's first sign to the echo of a text (chosen; measured: 60 kB in 24 ms). */
const echoMs = 3_000;
/** From Enter to a sign that it was taken (borrowed: facts, tmux §2: 1 s). */
const verifyMs = 1_000;
/** The same, where the agent says it by itself (chosen; measured: 13 to 70 ms). */
const wordMs = 5_000;
/** How long a composer may be hidden, or a state unknown, before the prompt is given back (chosen). */
const patienceMs = 10_000;
/** How long the agent may be at work on something that is not ours (chosen). */
const busyMs = 120_000;
/** A key that clears acts at once, or not at all (chosen). */
const clearMs = 500;
/** A key clears one line; a text with more lines is folded, or given by its file (chosen). */
const mostClears = 200;

export function nextStep(delivery: Delivery, sight: Sight, manners: Manners): Step {
  if (delivery.phase === "submitted") return verify(delivery, sight);
  const { now, reading, personAt, hasEnded } = sight;
  if (hasEnded) return refuse("it has ended");
  if (reading.dialog !== null) return wait(`it asks: ${reading.dialog.says}`, null);
  if (personAt !== null && now < personAt + personQuietMs) {
    return hold("a person is typing", personAt + personQuietMs);
  }
  if (reading.composer === null) {
    const why = `no place to write is seen (${reading.says})`;
    return patient(now, delivery.actedAt + patienceMs, why);
  }
  return delivery.phase === "before"
    ? write(delivery, sight, manners)
    : submit(delivery, sight, manners);
}

function write(delivery: Delivery, sight: Sight, { showsWork }: Manners): Step {
  const { begunAt, isResumed } = delivery;
  const { now, reading, state, possible } = sight;
  const composer = reading.composer ?? { text: "", isFolded: false };
  if (echoOf(composer, delivery.text) !== "empty") {
    if (isOurs(delivery, composer)) return clear(delivery, sight);
    const why = `its composer holds words that temoin has not written (${quote(composer.text)})`;
    // Whoever has written them comes back; a prompt that waits costs nobody their words.
    return hold(why, null);
  }
  if (isAtWork(state)) {
    // Where the text is gone and a turn runs, somebody has submitted it.
    if (isResumed)
      return { do: "accept", says: "the prompt has left the composer, and a turn runs" };
    return patient(now, begunAt + busyMs, "it is at work on something else");
  }
  const isReady =
    state === "unknown" ? !showsWork && possible.includes("idle") : state !== "asking";
  if (isReady) return { do: "write" };
  return patient(now, delivery.actedAt + patienceMs, `its state is ${state} (${reading.says})`);
}

function submit(delivery: Delivery, sight: Sight, { promptDelayMs }: Manners): Step {
  const { actedAt, reactedAt, echoAt, wasEchoed, writes, shown } = delivery;
  const { now, reading, screen, state, told } = sight;
  if (told?.taken.some((words) => isSameText(words, delivery.text)) === true) {
    return { do: "accept", says: "it says that it has the prompt" };
  }
  if (echoAt !== null) {
    const dueAt = Math.max(echoAt, actedAt) + promptDelayMs;
    return now < dueAt ? wait("it has to see the end of the text first", dueAt) : { do: "submit" };
  }
  const text = reading.composer?.text ?? "";
  const isEmpty = text.trim() === "";
  // What was never seen there has not left it: the work may be on a command of a moment ago.
  if (isEmpty && isAtWork(state) && wasEchoed && told === null) {
    return { do: "accept", says: "the prompt has left the composer, and a turn runs" };
  }
  if (reactedAt === null) {
    return patient(now, actedAt + patienceMs, "it has not reacted to the prompt");
  }
  if (now < reactedAt + echoMs) {
    return wait("the prompt is not in its composer yet", reactedAt + echoMs);
  }
  if (!isEmpty) return refuse(`its composer shows ${quote(text)} instead of the prompt`);
  if (writes < 2 && screen === shown) return { do: "write" };
  return refuse("the prompt does not appear in its composer");
}

function verify(delivery: Delivery, sight: Sight): Step {
  const { text, actedAt, submits } = delivery;
  const { now, reading, state, personAt, hasEnded } = sight;
  if (hasEnded) return { do: "accept", says: "it has ended since it had the prompt" };
  const own = verifyTold(delivery, sight);
  if (own !== null) return own;
  if (isAtWork(state)) return { do: "accept", says: "a turn runs" };
  if (reading.dialog !== null) return { do: "accept", says: `it asks: ${reading.dialog.says}` };
  const echo = reading.composer === null ? "none" : echoOf(reading.composer, text);
  if (echo === "empty") return { do: "accept", says: "the prompt has left the composer" };
  const isStillThere = echo === "whole" || echo === "folded";
  if (now < actedAt + verifyMs) return wait("it has not taken the prompt yet", actedAt + verifyMs);
  if (!isStillThere) return { do: "accept", says: "the composer no longer holds the prompt" };
  if (submits >= 2) return refuse("its composer still holds the prompt after a second Enter");
  if (personAt !== null && now < personAt + personQuietMs) {
    return hold("a person is typing", personAt + personQuietMs);
  }
  return { do: "submit" };
}

/** By its own words; `null`: it has none, and the screen has to do. */
function verifyTold(delivery: Delivery, { now, told, reading, state }: Sight): Step | null {
  if (told === null) return null;
  const { text, actedAt, begunAt, submittedAt } = delivery;
  const { taken } = told;
  if (taken.some((words) => isSameText(words, text))) {
    return { do: "accept", says: "it says that it has the prompt" };
  }
  // What it has said to an earlier temoin it says no second time.
  if (submittedAt === null || submittedAt < begunAt) return null;
  const holds = reading.composer !== null && echoOf(reading.composer, text) !== "empty";
  const other = taken.at(-1);
  if (other !== undefined && !holds) {
    return refuse(`it says that it has taken other words (${quote(other)})`);
  }
  // A composer at rest that still holds the prompt may need another Enter.
  if (holds && !isAtWork(state) && reading.dialog === null) return null;
  // They come in a moment, and say more than a screen can.
  const until = actedAt + wordMs;
  return now < until ? wait("it has not said yet that it has the prompt", until) : null;
}

function isOurs({ text, own, isAfterInterrupt, clears, held }: Delivery, composer: Composer) {
  // What is left of what was ours a moment ago still is.
  if (clears > 0 && held.startsWith(composer.text)) return true;
  return [text, ...own].some((one) => {
    const echo = echoOf(composer, one);
    return echo === "whole" || echo === "part" || (echo === "folded" && isAfterInterrupt);
  });
}

/** For words that are ours. */
function clear(delivery: Delivery, sight: Sight): Step {
  const { clears, actedAt, shown } = delivery;
  if (clears >= mostClears) return refuse("its composer cannot be emptied");
  if (clears > 0 && sight.screen === shown) {
    return patient(sight.now, actedAt + clearMs, "its composer cannot be emptied");
  }
  return { do: "clear" };
}

function wait(why: string, until: Instant | null): Step {
  return { do: "wait", until, byPerson: false, why };
}

function hold(why: string, until: Instant | null): Step {
  return { do: "wait", until, byPerson: true, why };
}

function patient(now: Instant, until: Instant, why: string): Step {
  return now < until ? wait(why, until) : refuse(why);
}

function refuse(why: string): Step {
  return { do: "refuse", why };
}

function quote(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return `"${line.length > 60 ? `${line.slice(0, 60)}…` : line}"`;
}
