/**
 * What a runner asks of control, and all that the two say to each other. Every argument and
 * result survives a JSON round trip, so that a runner can live on another host.
 */

import type { Lease } from "../domain/commit.ts";
import type { Directive } from "../domain/directive.ts";
import type { RunnerInput } from "../domain/input.ts";
import type { Claimed } from "../domain/order.ts";

export interface BeatRequest {
  readonly runner: string;
  readonly leases: readonly Lease[];
  /** Ids of directives that the runner has already. */
  readonly seen: readonly string[];
  /** How long the answer may wait for something to say, in milliseconds. */
  readonly waitMs: number;
}

export interface BeatAnswer {
  /** In the order of the leases; `false`: it is no longer yours, stop. */
  readonly owned: readonly boolean[];
  /** New ones only. */
  readonly directives: readonly Directive[];
}

export interface ControlPort {
  /** Waits until the queue has something; rejects with the signal's reason. */
  claim(queue: string, runner: string, signal: AbortSignal): Promise<Claimed>;
  /** What the queue has now; `null`: nothing. */
  claimNow(queue: string, runner: string): Promise<Claimed | null>;
  beat(request: BeatRequest, signal: AbortSignal): Promise<BeatAnswer>;
  /** `stale`: the lease was lost; drop the result, keep the work. */
  submit(input: RunnerInput, lease: Lease): Promise<"accepted" | "stale">;
}

/** The same port, with everything sent through JSON: nothing sneaks through that could not travel. */
export function throughJson(port: ControlPort): ControlPort {
  return {
    claim: async (queue, runner, signal) => copy(await port.claim(queue, runner, signal)),
    claimNow: async (queue, runner) => copy(await port.claimNow(queue, runner)),
    beat: async (request, signal) => copy(await port.beat(copy(request), signal)),
    submit: (input, lease) => port.submit(copy(input), copy(lease)),
  };
}

function copy<T>(value: T): T {
  // JSON keeps the shape of plain values, which is all that the port carries.
  return JSON.parse(JSON.stringify(value)) as T;
}
