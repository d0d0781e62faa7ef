/** What a person asks for, about tasks that exist: cancel, retry, skip, assign, pause, tell. */

import type { Answer } from "./ask.ts";
import { addTasks, editTask, importPlan } from "./decide-add.ts";
import { answerAsk, closeAsks } from "./decide-ask.ts";
import { moveRole } from "./decide-conductor.ts";
import { pauseProject, pauseTask, resumeProject, resumeTask } from "./decide-pause.ts";
import { callOffRevert, landHeld, rejectHeld, revert } from "./decide-release.ts";
import { splitTask, takeBack } from "./decide-split.ts";
import type { Draft } from "./draft.ts";
import type { AgentName, TaskId } from "./id.ts";
import type { PersonInput } from "./input.ts";
import { landingOfferId } from "./offers.ts";
import { afterAnswer, isParked, takeParked, tellAsker } from "./parked.ts";
import { close, moveDependants, open } from "./progress.ts";
import { nextOfStarted, type Refusal, refuse } from "./refusal.ts";
import { isRunning, taskOf } from "./state.ts";
import type { Ending, Task } from "./task.ts";
import { clearTaskInbox } from "./task-inbox.ts";
import { plainWord } from "./view-text.ts";

export function decidePerson(draft: Draft, input: PersonInput): Refusal | null {
  switch (input.type) {
    case "add":
      return addTasks(draft, input.tasks);
    case "import":
      return importPlan(draft, input);
    case "edit":
      return editTask(draft, input.id, input.changes);
    case "answer":
      return answer(draft, input.ask, input.answer);
    case "move_role":
      return moveRole(draft, input.to);
    case "clear_inbox":
      return clearInbox(draft, input.key);
    case "pause":
      return input.id === null
        ? pauseProject(draft)
        : withTask(draft, input.id, (task) => pauseTask(draft, task));
    case "resume":
      return input.id === null
        ? resumeProject(draft)
        : withTask(draft, input.id, (task) => resumeTask(draft, task));
    case "cancel":
      return withTask(draft, input.id, (task) => endTask(draft, task, "cancelled"));
    case "split":
      return withTask(draft, input.id, (task) => splitTask(draft, task, input.into));
    case "skip":
      return withTask(draft, input.id, (task) => endTask(draft, task, "skipped"));
    case "land":
      return withTask(draft, input.id, (task) => landHeld(draft, task));
    case "reject":
      return withTask(draft, input.id, (task) => rejectHeld(draft, task, input));
    case "revert":
      return withTask(draft, input.id, (task) => revert(draft, task, input.reason));
    case "retry":
      return withTask(draft, input.id, (task) => retry(draft, task));
    case "assign":
      return withTask(draft, input.id, (task) => assign(draft, task, input.agent));
    case "hand_off":
      return withTask(draft, input.id, (task) => handOff(draft, task, input.to));
    case "tell":
      return withTask(draft, input.id, (task) => tell(draft, task, input));
  }
}

/** Of a task that is parked, the last answer lets it go on. */
function answer(draft: Draft, ask: string, given: Answer): Refusal | null {
  const id = draft.state.asks.get(ask)?.task;
  const refusal = answerAsk(draft, ask, given);
  if (refusal !== null || id === undefined) return refusal;
  tellAsker(draft, id);
  if (!isParked(draft, id)) return null;
  if (takeParked(draft, id)) {
    open(draft, id, `${whoWants(draft)} answered ${ask}`, afterAnswer(taskOf(draft.state, id)));
  }
  return null;
}

function withTask(draft: Draft, id: TaskId, act: (task: Task) => Refusal | null): Refusal | null {
  const task = draft.state.tasks.get(id);
  return task === undefined
    ? refuse("not_found", `There is no task ${id}.`, "temoin ls lists them.")
    : act(task);
}

function endTask(draft: Draft, task: Task, to: "cancelled" | "skipped"): Refusal | null {
  const { id } = task.spec;
  switch (task.state) {
    case "done":
    case "cancelled":
    case "skipped":
      return refuse(
        "refused",
        `${id} is ${plainWord(task.state)} already.`,
        `temoin show ${id} tells how.`,
      );
    case "running":
      askEnding(draft, task, { to, ...endedBy(draft) });
      return null;
    case "landing": {
      if (task.reverting !== undefined) return callOffRevert(draft, task, to);
      // Once prepared the target may have moved: then the landing says what the task has become.
      if (task.prepared !== null) {
        askEnding(draft, task, { to, ...endedBy(draft) });
        return null;
      }
      draft.retract({ queue: "$landing", id: landingOfferId(task) });
      close(draft, id, to, draft.by);
      return null;
    }
    case "waiting":
    case "queued":
    case "needs_human":
    case "failed":
      close(draft, id, to, draft.by);
      return null;
  }
}

function endedBy({ by }: Draft): { readonly by?: AgentName } {
  return by === "person" || by === "temoin" ? {} : { by };
}

function askEnding(draft: Draft, task: Task, ending: Ending): void {
  draft.emit({ type: "ending_asked", task: task.spec.id, ending });
}

function retry(draft: Draft, task: Task): Refusal | null {
  const { id } = task.spec;
  switch (task.state) {
    case "cancelled": {
      const refusal = takeBack(draft, task);
      if (refusal !== null) return refusal;
      reopen(draft, task, `${whoWants(draft)} asked for it again`);
      return null;
    }
    case "failed":
    case "skipped":
    case "needs_human":
      reopen(draft, task, `${whoWants(draft)} asked for it again`);
      return null;
    case "done":
      return refuse(
        "refused",
        `${id} is done.`,
        `Add a new task for what is missing; temoin revert ${id} takes its landing back.`,
      );
    case "waiting":
    case "queued":
    case "running":
    case "landing":
      return refuse(
        "refused",
        `${id} is ${plainWord(task.state)}: it needs no retry.`,
        `temoin why ${id}`,
      );
  }
}

/** Work that waited for a person is gone on with; what failed or was ended starts afresh. */
function reopen(draft: Draft, task: Task, why: string): void {
  const { id } = task.spec;
  closeAsks(draft, id, why);
  clearTaskInbox(draft, id);
  draft.emit({ type: "task_reopened", task: id, keepWork: task.state === "needs_human" });
  open(draft, id, why);
  // What went on without it, and has not started, waits for it again.
  moveDependants(draft, id);
}

/** The session that has it ends; another one, also of the same agent, goes on from its work. */
function handOff(draft: Draft, task: Task, to: AgentName | null): Refusal | null {
  const { id } = task.spec;
  if (task.state !== "running") {
    const next = to === null ? `temoin why ${id}` : `temoin assign ${id} --agent ${to}`;
    return refuse("refused", `${id} is ${plainWord(task.state)}: nobody is at work on it.`, next);
  }
  if (task.ending !== null) {
    return refuse("refused", `The attempt at ${id} is being ended already.`, `temoin why ${id}`);
  }
  if (to !== null) {
    const unknown = refuseUnknown(draft, to);
    if (unknown !== null) return unknown;
    draft.emit({ type: "task_edited", spec: { ...task.spec, agent: to }, fields: ["agent"] });
  }
  const why = to === null ? "a person handed it on" : `a person handed it on to ${to}`;
  askEnding(draft, taskOf(draft.state, id), { to: "queued", why });
  return null;
}

function refuseUnknown(draft: Draft, agent: AgentName): Refusal | null {
  if (!isRunning(draft.state)) return null;
  const agents = new Set([...draft.state.slots.values()].map((slot) => slot.spec.agent));
  if (agents.has(agent)) return null;
  const known = [...agents].join(", ") || "none";
  return refuse("not_found", `There is no agent ${agent}.`, `Agents of this run: ${known}.`);
}

function assign(draft: Draft, task: Task, agent: AgentName): Refusal | null {
  const { id } = task.spec;
  const unknown = refuseUnknown(draft, agent);
  if (unknown !== null) return unknown;
  if (task.state === "landing" || task.state === "done") {
    return refuse(
      "refused",
      `${id} is ${plainWord(task.state)}: its work is finished.`,
      `temoin show ${id}`,
    );
  }
  draft.emit({ type: "task_edited", spec: { ...task.spec, agent }, fields: ["agent"] });
  if (task.state === "running") {
    const holder = task.attempts.at(-1)?.agent;
    if (holder !== agent) {
      askEnding(draft, taskOf(draft.state, id), {
        to: "queued",
        why: `a person gave it to ${agent}`,
      });
    }
  } else if (task.state === "needs_human") {
    reopen(draft, taskOf(draft.state, id), `a person gave it to ${agent}`);
  } else if (task.state === "queued") {
    open(draft, id, `a person gave it to ${agent}`);
  }
  return null;
}

function tell(
  draft: Draft,
  task: Task,
  input: { readonly tellId: string; readonly text: string },
): Refusal | null {
  const { id } = task.spec;
  switch (task.state) {
    case "done":
    case "failed":
    case "cancelled":
    case "skipped":
      return refuse(
        "refused",
        `${id} is ${plainWord(task.state)}: nobody listens.`,
        nextOfStarted(task),
      );
    case "landing":
      return refuse("refused", `${id} is landing: its work is finished.`, `temoin show ${id}`);
    case "waiting":
    case "queued":
    case "running":
    case "needs_human":
      if (input.text.trim() === "") {
        return refuse("usage", "There is nothing to tell.", `temoin tell ${id} "your words"`);
      }
      draft.emit({ type: "told", task: id, id: input.tellId, text: wordsOf(draft, input.text) });
      if (task.state === "needs_human") {
        reopen(draft, taskOf(draft.state, id), `${whoWants(draft)} answered`);
      }
      return null;
  }
}

/** An agent does not speak in a person's name. */
function wordsOf(draft: Draft, text: string): string {
  const { by } = endedBy(draft);
  return by === undefined ? text : `The conductor (${by}) answers: ${text}`;
}

function whoWants(draft: Draft): string {
  const { by } = endedBy(draft);
  return by === undefined ? "a person" : `the conductor (${by})`;
}

function clearInbox(draft: Draft, key: string): Refusal | null {
  if (!draft.state.inbox.has(key)) {
    return refuse("not_found", `The inbox has no line ${key}.`, "temoin inbox lists them.");
  }
  draft.clearInbox(key);
  return null;
}
