/**
 * A run that is killed at one boundary of a landing, as told by the arguments: directory, boundary,
 * and at which time it comes there; by default the first. A program of its own; see
 * boundaries.test.ts.
 */

import { startRun } from "../../src/app/start-run.ts";
import { openApp } from "../../src/app.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Hands } from "../../src/runner/hands.ts";

const [dir = ".", boundary = "none", times = "1"] = process.argv.slice(2);
let left = Number(times);

function dieAt(here: string): void {
  if (here !== boundary) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

/** Kills before and after what a landing says and does; nothing else is changed. */
function decorate(hands: Hands): Hands {
  const { port, target } = hands;
  return {
    ...hands,
    target: {
      branch: target.branch,
      read: () => target.read(),
      merge: (request) => target.merge(request),
      revert: (request) => target.revert(request),
      conflict: (request) => target.conflict(request),
      sides: (request) => target.sides(request),
      touches: (from, to, files) => target.touches(from, to, files),
      checkout: (sha) => target.checkout(sha),
      tidy: () => target.tidy(),
      scratch: target.scratch,
      seat: target.seat,
      overlay: (request) => target.overlay(request),
      commitsBetween: (from, to) => target.commitsBetween(from, to),
      contains: (sha) => target.contains(sha),
      mergeBase: (sha) => target.mergeBase(sha),
      changedSince: (sha) => target.changedSince(sha),
      async swap(expected, next) {
        dieAt("before swap");
        const swapped = await target.swap(expected, next);
        dieAt("after swap");
        return swapped;
      },
      async follow() {
        dieAt("before follow");
        const followed = await target.follow();
        dieAt("after follow");
        return followed;
      },
    },
    port: {
      claim: (queue, runner, signal) => port.claim(queue, runner, signal),
      claimNow: (queue, runner) => port.claimNow(queue, runner),
      beat: (request, signal) => port.beat(request, signal),
      async submit(input, lease) {
        dieAt(`before ${input.type}`);
        const answer = await port.submit(input, lease);
        dieAt(`after ${input.type}`);
        return answer;
      },
    },
  };
}

const app = openApp({ dir, env: process.env });
const handle = await startRun({
  clock: systemClock,
  env: process.env,
  place: await app.place(),
  loaded: await app.config(),
  options: {
    onEvents: () => undefined,
    onProblem: (says) => process.stderr.write(`${says}\n`),
    command: "run",
  },
  decorate,
});
const { exitCode, why } = await handle.over;
process.stdout.write(`${why}\n`);
process.exitCode = exitCode;
