/** Whether an agent in a terminal can be given words, and what is told where it cannot. Pure. */

import type { SeenState } from "../../domain/evidence.ts";
import { AppError } from "../../lib/app-error.ts";
import type { Profile } from "../profile/profile.ts";
import { signalName } from "../tmux/signal-name.ts";
import type { Look } from "./screen-history.ts";

/** Its screen takes keys, and nothing covers it. */
export function isFree(
  { reading, isCalm }: Look,
  state: SeenState | "unknown",
  { showsWork }: Pick<Profile, "showsWork">,
): boolean {
  // Words of somebody else in the composer are the delivery's concern.
  if (!isCalm || reading.composer === null || reading.dialog !== null) return false;
  if (state === "idle") return true;
  // An agent that does not show its work shows no rest either: a place to write has to do.
  const isOpen = state === "starting" || state === "unknown";
  return isOpen && !showsWork && reading.possible.includes("idle");
}

/** At work, or waiting for an answer to go on with it. */
export function isBusy(state: SeenState | "unknown"): boolean {
  return state === "working" || state === "retrying" || state === "asking";
}

/** A shell gives 128 and more to a program that a signal has ended. */
export function exitText(exitCode: number): string {
  const name = exitCode > 128 ? signalName(exitCode - 128) : null;
  return name === null ? `it exited with ${exitCode}` : `it was ended by ${name}`;
}

/** `rows`: the words of its screen. `hint`: what is known of that agent; `null`: nothing. */
export function notReady(
  sentence: string,
  rows: readonly string[],
  { hint, program }: { readonly hint: string | null; readonly program: string | undefined },
): AppError {
  const shown = rows.filter((row) => /\p{L}/u.test(row)).slice(-5);
  const screen = shown.length === 0 ? "Its screen is empty." : `Its screen: ${shown.join(" / ")}`;
  return new AppError("failed", `${sentence}. ${screen}`, {
    hint: hint ?? `Start \`${program}\` by hand to see what it needs.`,
  });
}
