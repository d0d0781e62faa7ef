/** What the events of a run make of the state: its slots, its goal, what waits for a person. */

import type { Event } from "./event.ts";
import { setSlot } from "./fold-attempt.ts";
import type { SlotId, TaskId } from "./id.ts";
import { type State, taskOf } from "./state.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

/** What goes on from an earlier run, as its session has outlived it. */
function runningOn(state: State, slot: SlotId): TaskId | null {
  for (const id of state.running.keys()) {
    const task = taskOf(state, id);
    if (task.state === "running" && task.slot === slot) return id;
  }
  return null;
}

export const runFolds = {
  run_started: (state: State, event: Of<"run_started">) => {
    for (const id of [...state.slots.keys()]) state.slots.delete(id);
    for (const spec of event.slots) {
      const task = runningOn(state, spec.id);
      state.slots.set(spec.id, { spec, task, since: event.at, broken: spec.broken ?? null });
    }
    state.goalCheck = null;
    state.goalSince ??= event.targetSha;
    state.run = {
      runner: event.runner,
      startedAt: event.at,
      configHash: event.configHash,
      target: event.target,
      policy: event.policy,
      stopping: null,
      stopExitCode: 0,
      ended: null,
    };
  },

  run_stopping: (state: State, event: Of<"run_stopping">) => {
    if (state.run !== null) {
      state.run = { ...state.run, stopping: event.why, stopExitCode: event.exitCode };
    }
  },

  run_ended: (state: State, event: Of<"run_ended">) => {
    const { at, exitCode, why } = event;
    if (state.run !== null) state.run = { ...state.run, ended: { at, exitCode, why } };
    // The goal was met: what comes next is measured from where it starts.
    if (exitCode === 0) state.goalSince = null;
  },

  slot_broken: (state: State, event: Of<"slot_broken">) =>
    setSlot(state, event.slot, { broken: event.why, since: event.at }),

  project_paused: (state: State, _event: Of<"project_paused">) => {
    state.paused = true;
  },

  project_resumed: (state: State, _event: Of<"project_resumed">) => {
    state.paused = false;
  },

  goal_asked: (state: State, event: Of<"goal_asked">) => {
    state.goalCheck = { check: event.check, results: null };
    state.goalChecks = event.check;
  },

  goal_checked: (state: State, event: Of<"goal_checked">) => {
    if (state.goalCheck !== null) {
      state.goalCheck = { check: state.goalCheck.check, results: event.results };
    }
  },

  inbox_added: (state: State, event: Of<"inbox_added">) =>
    state.inbox.set(event.item.key, { ...event.item, at: event.at }),

  inbox_cleared: (state: State, event: Of<"inbox_cleared">) => state.inbox.delete(event.key),
};
