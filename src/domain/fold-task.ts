/** What the events of a task make of the state: its coming in, its changes, where it stands. */

import type { Event } from "./event.ts";
import type { Instant } from "./id.ts";
import { putTask, setFacts, setStatus } from "./put-task.ts";
import { type State, taskOf } from "./state.ts";
import type { TaskSpec, TaskStatus } from "./task.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

export const taskFolds = {
  task_added: (state: State, event: Of<"task_added">) => {
    const { spec, status } = event;
    state.goalCheck = null;
    registerNames(state, spec);
    registerDependant(state, spec);
    putTask(state, {
      spec,
      addedAt: event.at,
      order: state.seq,
      attempts: [],
      lifeStart: 0,
      workStart: 0,
      tells: [],
      paused: false,
      ...startStatus(status, event.at),
    });
  },

  task_edited: (state: State, event: Of<"task_edited">) => {
    const { spec } = event;
    const before = taskOf(state, spec.id).spec;
    for (const dep of before.deps) {
      const others = (state.dependants.get(dep) ?? []).filter((id) => id !== spec.id);
      state.dependants.set(dep, others);
    }
    for (const alias of before.aliases) {
      if (state.names.get(alias) === spec.id) state.names.delete(alias);
    }
    registerNames(state, spec);
    registerDependant(state, spec);
    setFacts(state, spec.id, { spec });
  },

  plan_imported: (state: State, event: Of<"plan_imported">) => {
    const filed = event.phases.map((phase) => ({ ...phase, file: event.file }));
    state.phases.set(event.file, filed);
  },

  task_paused: (state: State, event: Of<"task_paused">) =>
    setFacts(state, event.task, { paused: true }),

  task_resumed: (state: State, event: Of<"task_resumed">) =>
    setFacts(state, event.task, { paused: false }),

  told: (state: State, event: Of<"told">) => {
    const of = event.ask === undefined ? {} : { ask: event.ask };
    const tell = { id: event.id, at: event.at, text: event.text, delivered: false, ...of };
    setFacts(state, event.task, { tells: [...taskOf(state, event.task).tells, tell] });
  },

  tell_delivered: (state: State, event: Of<"tell_delivered">) => {
    const tells = taskOf(state, event.task).tells.map((tell) =>
      tell.id === event.id ? { ...tell, delivered: true } : tell,
    );
    setFacts(state, event.task, { tells });
  },

  task_waiting: (state: State, event: Of<"task_waiting">) =>
    setStatus(state, event.task, { state: "waiting", on: event.on }),

  task_queued: (state: State, event: Of<"task_queued">) =>
    setStatus(state, event.task, { state: "queued", since: event.at, after: event.after }),

  task_reopened: (state: State, event: Of<"task_reopened">) => {
    const attempts = taskOf(state, event.task).attempts.length;
    state.goalCheck = null;
    setFacts(state, event.task, {
      lifeStart: attempts,
      ...(event.keepWork ? {} : { workStart: attempts }),
    });
    setStatus(state, event.task, { state: "waiting", on: [] });
  },

  task_done: (state: State, event: Of<"task_done">) =>
    setStatus(state, event.task, {
      state: "done",
      at: event.at,
      how: event.how,
      proven: event.proven,
      sha: event.sha ?? null,
    }),

  task_needs_human: (state: State, event: Of<"task_needs_human">) =>
    setStatus(state, event.task, {
      state: "needs_human",
      at: event.at,
      why: event.why,
      ...(event.review === undefined ? {} : { review: event.review }),
      ...(event.parked === undefined ? {} : { parked: event.parked }),
    }),

  task_failed: (state: State, event: Of<"task_failed">) =>
    setStatus(state, event.task, { state: "failed", at: event.at, why: event.why }),

  task_cancelled: (state: State, event: Of<"task_cancelled">) => {
    state.goalCheck = null;
    setStatus(state, event.task, { state: "cancelled", at: event.at });
  },

  task_skipped: (state: State, event: Of<"task_skipped">) => {
    state.goalCheck = null;
    setStatus(state, event.task, { state: "skipped", at: event.at });
  },

  ending_asked: (state: State, event: Of<"ending_asked">) => {
    const task = taskOf(state, event.task);
    if (task.state !== "running" && task.state !== "landing") {
      throw new Error(`${event.task} is ${task.state}: nothing to end`);
    }
    putTask(state, { ...task, ending: event.ending });
  },
};

function startStatus(status: Of<"task_added">["status"], at: Instant): TaskStatus {
  switch (status.state) {
    case "queued":
      return { state: "queued", since: at, after: null };
    case "waiting":
      return { state: "waiting", on: status.on };
    case "needs_human":
      return { state: "needs_human", at, why: status.why };
    case "done":
      return { state: "done", at, how: "imported", proven: false, sha: null };
  }
}

/** An alias never hides an id or an older alias. */
function registerNames(state: State, spec: TaskSpec): void {
  state.names.set(spec.id, spec.id);
  for (const alias of spec.aliases) {
    if (!state.names.has(alias)) state.names.set(alias, spec.id);
  }
}

function registerDependant(state: State, spec: TaskSpec): void {
  for (const dep of spec.deps) {
    state.dependants.set(dep, [...(state.dependants.get(dep) ?? []), spec.id]);
  }
}
