/** What the events of a run make of the state: its slots, its goal, what waits for a person. */

import type { SlotSpec } from "./agent.ts";
import { goesOn } from "./budget.ts";
import type { Event } from "./event.ts";
import { setSlot } from "./fold-attempt.ts";
import { forgetFailures } from "./fold-conductor.ts";
import type { Instant, SlotId, TaskId } from "./id.ts";
import { patience } from "./policy.ts";
import { foldSetBack } from "./set-clock.ts";
import { newSlot, retryAt, type Slot, sleepOf } from "./slot.ts";
import { type State, taskOf } from "./state.ts";
import { withCheck } from "./target-check.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

/** What goes on from an earlier run, as its session has outlived it. */
function runningOn(state: State, slot: SlotId): TaskId | null {
  for (const id of state.running.keys()) {
    const task = taskOf(state, id);
    if (task.state === "running" && task.slot === slot) return id;
  }
  return null;
}

/** As a run begins: a limit that is not over goes on, and what was broken is tried at once. */
function begun(spec: SlotSpec, at: Instant, before: Slot | undefined): Slot {
  const slot = newSlot(spec, at);
  const asleep = before?.asleep ?? null;
  const isAsleep = asleep !== null && asleep.until > at;
  const limits = before?.limits ?? 0;
  const kept = { ...slot, limits, asleep: isAsleep ? asleep : null };
  if (spec.broken === undefined) return kept;
  // What is not there is as sure as the last try: nobody waits for it.
  const failures = patience.never;
  return { ...kept, failures, broken: { why: spec.broken, retryAt: retryAt(failures, at) } };
}

export const runFolds = {
  run_started: (state: State, event: Of<"run_started">) => {
    // Another configuration may mean another account.
    const isSame = state.run?.configHash === event.configHash;
    const before = new Map(isSame ? state.slots.entries() : []);
    for (const id of [...state.slots.keys()]) state.slots.delete(id);
    for (const spec of event.slots) {
      const task = runningOn(state, spec.id);
      state.slots.set(spec.id, { ...begun(spec, event.at, before.get(spec.id)), task });
    }
    // What other gates found says nothing, and what a person has pushed is looked at anew.
    if (!isSame) state.checks = [];
    if (!isSame || state.redTarget?.sha !== event.targetSha) state.redTarget = null;
    state.goalCheck = null;
    state.goalKnown = null;
    state.testedSha = null;
    state.goalSince ??= event.targetSha;
    state.conductor = { ...state.conductor, callsOfRun: 0, lastCallAt: null };
    forgetFailures(state);
    const account = goesOn(state.run) ? state.run : null;
    state.run = {
      runner: event.runner,
      startedAt: event.at,
      since: account?.since ?? event.at,
      spent: account?.spent ?? null,
      isWarned: account?.isWarned ?? false,
      configHash: event.configHash,
      target: event.target,
      policy: event.policy,
      stopping: null,
      stopExitCode: 0,
      ended: null,
    };
  },

  target_checked: (state: State, event: Of<"target_checked">) => {
    const { sha, results } = event;
    state.checks = withCheck(state.checks, { sha, results });
  },

  target_red: (state: State, event: Of<"target_red">) => {
    const { sha, fingerprint, fix, since = event.at } = event;
    state.redTarget = { sha, fingerprint, fix, since };
  },

  target_green: (state: State, _event: Of<"target_green">) => {
    state.redTarget = null;
  },

  disk_low: (state: State, event: Of<"disk_low">) => {
    const { dir, freeBytes, leastBytes, at } = event;
    state.lowDisk = { dir, freeBytes, leastBytes, since: at };
  },

  disk_enough: (state: State, _event: Of<"disk_enough">) => {
    state.lowDisk = null;
  },

  clock_set_back: foldSetBack,

  run_stopping: (state: State, event: Of<"run_stopping">) => {
    if (state.run !== null) {
      state.run = { ...state.run, stopping: event.why, stopExitCode: event.exitCode };
    }
  },

  run_ended: (state: State, event: Of<"run_ended">) => {
    const { exitCode, why, aliveAt: at = event.at } = event;
    if (state.run !== null) state.run = { ...state.run, ended: { at, exitCode, why } };
    // The goal was met: what comes next is measured from where it starts.
    if (exitCode === 0) state.goalSince = null;
  },

  slot_broken: (state: State, event: Of<"slot_broken">) => {
    const { slot, why, retryAt, at } = event;
    const failures = (state.slots.get(slot)?.failures ?? 0) + 1;
    setSlot(state, slot, { broken: { why, retryAt }, failures, since: at });
  },

  slot_retried: (state: State, event: Of<"slot_retried">) =>
    setSlot(state, event.slot, { broken: null, since: event.at }),

  slot_limited: (state: State, event: Of<"slot_limited">) => {
    const { slot, met } = event;
    const limits = (state.slots.get(slot)?.limits ?? 0) + (slot === met ? 1 : 0);
    setSlot(state, slot, { asleep: sleepOf(event), limits, since: event.at });
  },

  slot_awake: (state: State, event: Of<"slot_awake">) =>
    setSlot(state, event.slot, { asleep: null, since: event.at }),

  project_paused: (state: State, _event: Of<"project_paused">) => {
    state.paused = true;
  },

  project_resumed: (state: State, _event: Of<"project_resumed">) => {
    state.paused = false;
  },

  goal_asked: (state: State, event: Of<"goal_asked">) => {
    const isPartial = event.partial === true;
    state.goalCheck = { check: event.check, isPartial, results: null };
    state.goalChecks = event.check;
  },

  goal_checked: (state: State, event: Of<"goal_checked">) => {
    if (state.goalCheck !== null) {
      state.goalCheck = { ...state.goalCheck, results: event.results };
    }
    if (event.sha !== undefined) state.goalKnown = { sha: event.sha, results: event.results };
  },

  inbox_added: (state: State, event: Of<"inbox_added">) => {
    state.inbox.set(event.item.key, { ...event.item, at: event.at });
    if (event.item.key === "budget:near" && state.run !== null) {
      state.run = { ...state.run, isWarned: true };
    }
  },

  inbox_cleared: (state: State, event: Of<"inbox_cleared">) => state.inbox.delete(event.key),
};
