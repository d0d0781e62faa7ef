/** What the events of an attempt and of its landing make of the state. */

import type { Evidence } from "./agent.ts";
import { type Attempt, isLive, type LiveAttempt, noWork, type Outcome } from "./attempt.ts";
import { charge } from "./budget.ts";
import type { Event } from "./event.ts";
import { attemptBranch, type SlotId, type TaskId } from "./id.ts";
import { attemptOf, setFacts, setStatus } from "./put-task.ts";
import type { Slot } from "./slot.ts";
import { type State, taskOf } from "./state.ts";
import { landedResults, withCheck } from "./target-check.ts";
import type { TaskStatus } from "./task.ts";
import { nudgeText } from "./watch.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

/** Outcomes to which an agent comes by a turn that has ended as it should: it can be used. */
const turnHasEnded: ReadonlySet<Outcome> = new Set([
  "verified",
  "no_change",
  "gate_failed",
  "blocked",
  "refused",
]);

/** Evidence kept per attempt; the oldest goes first (chosen: what `why` shows on two screens). */
const evidenceKept = 60;

export const attemptFolds = {
  attempt_offered: (state: State, event: Of<"attempt_offered">) => {
    const attempt: LiveAttempt = {
      n: event.attempt,
      agent: event.agent,
      slot: event.slot,
      base: event.base,
      because: event.because,
      startedAt: event.at,
      since: event.at,
      branch: attemptBranch(event.task, event.attempt),
      evidence: [],
      gates: [],
      reports: [],
      rounds: 0,
      nudges: 0,
      resumed: 0,
      usage: null,
      work: noWork,
      phase: "preparing",
      seen: null,
      held: false,
    };
    const attempts = [...taskOf(state, event.task).attempts, attempt];
    // A look at files of the target goes on while others work.
    if (state.goalCheck?.isPartial !== true) state.goalCheck = null;
    setFacts(state, event.task, { attempts });
    setStatus(state, event.task, {
      state: "running",
      attempt: event.attempt,
      slot: event.slot,
      ending: null,
    });
    setSlot(state, event.slot, { task: event.task, since: event.at });
  },

  attempt_moved: (state: State, event: Of<"attempt_moved">) =>
    changeAttempt(state, event, (attempt) => ({
      ...live(attempt),
      phase: event.phase,
      since: event.at,
      evidence: withEvidence(attempt, event.evidence),
    })),

  reported: (state: State, event: Of<"reported">) =>
    changeAttempt(state, event, (attempt) => ({
      ...attempt,
      reports: [...attempt.reports, event.report],
    })),

  gates_ran: (state: State, event: Of<"gates_ran">) => {
    changeAttempt(state, event, (attempt) => ({
      ...attempt,
      gates: [...attempt.gates, ...event.results],
    }));
    const attempt = attemptOf(taskOf(state, event.task), event.attempt);
    if (isLive(attempt)) setSlot(state, attempt.slot, { failures: 0, limits: 0, hasWorked: true });
  },

  feedback_given: (state: State, event: Of<"feedback_given">) =>
    changeAttempt(state, event, (attempt) => ({ ...attempt, rounds: event.round })),

  nudged: (state: State, event: Of<"nudged">) =>
    changeAttempt(state, event, (attempt) => {
      const says = `${nudgeText(event)}: ${event.why}`;
      const told = { at: event.at, source: "silence", says } as const;
      return {
        ...attempt,
        nudges: attempt.nudges + (event.isLast ? 0 : 1),
        evidence: withEvidence(attempt, [told]),
      };
    }),

  attempt_ended: (state: State, event: Of<"attempt_ended">) => {
    changeAttempt(state, event, (attempt) => {
      charge(state, attempt.usage, event.usage);
      const { since: _since, phase: _phase, seen: _seen, held: _held, ...facts } = live(attempt);
      return {
        ...facts,
        phase: "ended",
        outcome: event.outcome,
        why: event.why,
        // Nobody was at work on it between the end of its temoin and the next start.
        endedAt: event.byRestart ? (state.run?.ended?.at ?? event.at) : event.at,
        work: event.work,
        usage: event.usage ?? facts.usage,
        evidence: withEvidence(facts, event.evidence),
        byRestart: event.byRestart,
        agentBroken: event.agentBroken,
        ...(event.doubt === undefined ? {} : { doubt: event.doubt }),
        ...(event.handoff === undefined ? {} : { handoff: event.handoff }),
      };
    });
    const { slot } = attemptOf(taskOf(state, event.task), event.attempt);
    if (state.slots.get(slot)?.task === event.task) {
      setSlot(state, slot, { task: null, since: event.at });
    }
    if (turnHasEnded.has(event.outcome)) setSlot(state, slot, { limits: 0 });
    if (turnHasEnded.has(event.outcome) || event.outcome === "limited") {
      setSlot(state, slot, { failures: 0, hasWorked: true });
    }
  },

  landing_offered: (state: State, event: Of<"landing_offered">) => {
    const task = taskOf(state, event.task);
    const again = task.state === "landing" && task.attempt === event.attempt;
    setStatus(state, event.task, {
      state: "landing",
      attempt: event.attempt,
      prepared: again ? task.prepared : null,
      lost: again ? task.lost : 0,
      troubles: again ? task.troubles : 0,
      ending: again ? task.ending : null,
      ...(again && task.reverting !== undefined ? { reverting: task.reverting } : {}),
    });
  },

  landing_prepared: (state: State, event: Of<"landing_prepared">) => {
    state.testedSha = event.prepared.top ?? event.prepared.mergeSha;
    setStatus(state, event.task, { ...landing(state, event.task), prepared: event.prepared });
  },

  landing_lost: (state: State, event: Of<"landing_lost">) => {
    const status = landing(state, event.task);
    const troubles = status.troubles + (event.byRestart ? 0 : 1);
    setStatus(state, event.task, { ...status, lost: status.lost + 1, troubles });
  },

  landed: (state: State, event: Of<"landed">) => {
    const { gates: told } = attemptOf(taskOf(state, event.task), event.attempt);
    const results = landedResults(state, told);
    if (results.length > 0) state.checks = withCheck(state.checks, { sha: event.sha, results });
    state.goalCheck = null;
    // Of a landing that an earlier run has tested it is not known by which gates.
    const isTested = event.proven && event.sha === state.testedSha;
    const gates = { name: "gates", met: true, detail: "passed as it landed" };
    state.goalKnown = isTested ? { sha: event.sha, results: [gates] } : null;
    setStatus(state, event.task, {
      state: "done",
      at: event.at,
      how: "landed",
      proven: event.proven,
      sha: event.sha,
    });
  },

  revert_asked: (state: State, event: Of<"revert_asked">) => {
    const task = taskOf(state, event.task);
    if (task.state !== "done") throw new Error(`${event.task} is ${task.state}, not done`);
    state.goalCheck = null;
    const was = { at: task.at, proven: task.proven };
    setStatus(state, event.task, {
      state: "landing",
      attempt: task.attempts.length,
      prepared: null,
      lost: 0,
      troubles: 0,
      ending: null,
      reverting: { sha: event.of, reason: event.reason, n: state.seq, was },
    });
  },

  reverted: (state: State, event: Of<"reverted">) => {
    state.goalCheck = null;
    setStatus(state, event.task, { state: "waiting", on: [] });
  },

  revert_refused: (state: State, event: Of<"revert_refused">) => {
    const { reverting } = landing(state, event.task);
    if (reverting === undefined) throw new Error(`${event.task} is not being taken back`);
    const { sha, was } = reverting;
    setStatus(state, event.task, { state: "done", how: "landed", sha, ...was });
  },

  landing_refused: (state: State, event: Of<"landing_refused">) =>
    changeAttempt(state, event, (attempt) => {
      if (isLive(attempt)) throw new Error(`attempt ${event.attempt} of ${event.task} is alive`);
      const conflict = event.conflict === undefined ? {} : { conflict: event.conflict };
      return { ...attempt, outcome: event.outcome, why: event.why, ...conflict };
    }),
};

export function withEvidence(
  { evidence }: Pick<Attempt, "evidence">,
  more: readonly Evidence[],
): readonly Evidence[] {
  return [...evidence, ...more].slice(-evidenceKept);
}

export function setSlot(state: State, id: SlotId, change: Partial<Omit<Slot, "spec">>): void {
  const slot = state.slots.get(id);
  if (slot !== undefined) state.slots.set(id, { ...slot, ...change });
}

export function live(attempt: Attempt): LiveAttempt {
  if (!isLive(attempt)) throw new Error(`attempt ${attempt.n} has ended`);
  return attempt;
}

function landing(state: State, id: TaskId): Extract<TaskStatus, { state: "landing" }> {
  const task = taskOf(state, id);
  if (task.state !== "landing") throw new Error(`${id} is ${task.state}, not landing`);
  const { attempt, prepared, lost, troubles, ending, reverting } = task;
  const status = { state: "landing", attempt, prepared, lost, troubles, ending } as const;
  return reverting === undefined ? status : { ...status, reverting };
}

export function changeAttempt(
  state: State,
  at: { readonly task: TaskId; readonly attempt: number },
  change: (attempt: Attempt) => Attempt,
): void {
  const task = taskOf(state, at.task);
  const changed = change(attemptOf(task, at.attempt));
  setFacts(state, at.task, { attempts: task.attempts.with(at.attempt - 1, changed) });
}
