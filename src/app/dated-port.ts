/**
 * The way from a runner, which counts time as it passes, to control, which keeps the time of day: what
 * a runner has seen is told as of the time of day at which that was.
 */

import { type Clock, toTimeOfDay } from "../lib/clock.ts";
import type { ControlPort } from "../runner/control-port.ts";

/** `clock`: the runner's. */
export function datedPort(port: ControlPort, clock: Clock): ControlPort {
  return {
    claim: (queue, runner, signal) => port.claim(queue, runner, signal),
    claimNow: (queue, runner) => port.claimNow(queue, runner),
    beat: (request, signal) => port.beat(request, signal),
    submit: (input, lease) => port.submit(dated(input, clock), lease),
  };
}

/** Of the same shape: each `at` is an instant of the runner, whatever it stands in. */
function dated<T>(value: T, clock: Clock): T {
  if (Array.isArray(value)) return value.map((item) => dated(item, clock)) as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => {
    const isInstant = key === "at" && typeof part === "number";
    return [key, isInstant ? toTimeOfDay(clock, part) : dated(part, clock)];
  });
  return Object.fromEntries(entries) as T;
}
