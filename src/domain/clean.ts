/**
 * What nothing needs any more of that which temoin has made: worktrees, branches of attempts, saved
 * refs, proofs, and the agent of a plan that was killed. From a survey to what goes and what stays, each with its reason.
 *
 * What goes is nobody's and loses nothing: each commit that it held is in the target or on a ref
 * that stays. Whatever is in doubt stays.
 */

import type { CommitSha, Instant, SlotId } from "./id.ts";
import { parseTaskId } from "./id.ts";
import { plannerSeat } from "./seat.ts";
import { isRunning, type State, taskOf } from "./state.ts";
import { isTerminal, type Task } from "./task.ts";
import { durationText } from "./view-duration.ts";
import { plainWord } from "./view-text.ts";

export interface SurveyedWorktree {
  /** Of its slot; `landing` and `scratch` are where landings and the target are tested. */
  readonly name: string;
  readonly path: string;
  readonly head: CommitSha | null;
  /** The full name of the branch that is checked out; `null`: a detached HEAD. */
  readonly branch: string | null;
  readonly isInTarget: boolean;
  /** Full names of the refs that hold its HEAD. */
  readonly heldBy: readonly string[];
  /** Processes that were started for it, or stand in it. */
  readonly processes: readonly number[];
  /** Why it cannot be removed without a loss, as far as git can tell; `null`: it can. */
  readonly inTheWay: string | null;
}

/** A branch `temoin/<task>/<attempt>`, or a saved ref. */
export interface SurveyedRef {
  readonly ref: string;
  readonly sha: CommitSha;
  readonly isInTarget: boolean;
  /** It is not in the target, but merging it into what its task has landed changes nothing. */
  readonly isSquashed: boolean;
  /** Full names of other refs that hold its commit. */
  readonly heldBy: readonly string[];
  /** Paths of the worktrees, temoin's and others, that have it checked out. */
  readonly checkedOutIn: readonly string[];
}

export interface CleanSurvey {
  readonly worktrees: readonly SurveyedWorktree[];
  readonly refs: readonly SurveyedRef[];
  /** Other things beside the worktrees, as folders of files that could not be saved. */
  readonly leftovers: readonly string[];
  /** Names of the folders, one for each task, that hold proofs and prompts. */
  readonly proofs: readonly string[];
  /** Who drafts a plan; `isLeft`: whoever had asked it was killed. */
  readonly planner: { readonly pid: number; readonly isLeft: boolean } | null;
}

export interface CleanRules {
  readonly now: Instant;
  /** Who works on the project; `null`: nobody. */
  readonly holder: string | null;
  /** Proofs of a task that ended longer ago go. */
  readonly proofAgeMs: number;
}

export type CleanKind = "agent" | "worktree" | "branch" | "saved" | "proof" | "leftover";

export interface Judged {
  readonly kind: CleanKind;
  /** A seat, a path, the full name of a ref, or a task. */
  readonly name: string;
  readonly why: string;
}

export interface CleanPlan {
  readonly goes: readonly Judged[];
  readonly stays: readonly Judged[];
}

type Verdict = { readonly goes: boolean; readonly why: string };

export function planClean(survey: CleanSurvey, state: State, rules: CleanRules): CleanPlan {
  const goes: Judged[] = [];
  const stays: Judged[] = [];
  const put = (kind: CleanKind, name: string, verdict: Verdict): boolean => {
    (verdict.goes ? goes : stays).push({ kind, name, why: verdict.why });
    return verdict.goes;
  };
  const { planner } = survey;
  const isPlannerLeft = planner?.isLeft === true;
  if (isPlannerLeft) {
    put("agent", plannerSeat, go(`process ${planner.pid} has outlived its \`temoin plan\``));
  }
  // One that may go by what it has changed, and not by its commits, holds nothing for others.
  const weak = new Set(survey.refs.filter((one) => one.isSquashed).map(({ ref }) => ref));
  const gone = new Set<string>();
  for (const one of survey.worktrees) {
    const isFreed = isPlannerLeft && one.name === plannerSeat;
    const seen = isFreed ? { ...one, processes: [] } : one;
    if (put("worktree", one.path, judgeWorktree(seen, { state, rules, weak }))) gone.add(one.path);
  }
  const goneRefs = new Set<string>();
  const isSaved = ({ ref }: SurveyedRef): boolean => ref.startsWith(savedPrefix);
  for (const one of survey.refs.filter((each) => !isSaved(each))) {
    if (put("branch", one.ref, judgeBranch(one, state, gone))) goneRefs.add(one.ref);
  }
  // One after the other: of two that hold each other, the last one stays.
  for (const one of survey.refs.filter(isSaved)) {
    if (put("saved", one.ref, judgeSaved(one, state, goneRefs))) goneRefs.add(one.ref);
  }
  for (const name of survey.proofs) put("proof", name, judgeProof(name, state, rules));
  for (const name of survey.leftovers) {
    const why =
      "temoin knows nothing of it, or could not save it: look at it, and remove it by hand";
    put("leftover", name, { goes: false, why });
  }
  return { goes, stays };
}

interface Around {
  readonly state: State;
  readonly rules: CleanRules;
  readonly weak: ReadonlySet<string>;
}

function judgeWorktree(one: SurveyedWorktree, { state, rules, weak }: Around): Verdict {
  if (rules.holder !== null && isOwnedByRun(one.name, state)) {
    return stay(`the run at work has it (${rules.holder})`);
  }
  const busy = whoIsAtWork(one.name, state);
  if (busy !== null) return stay(busy);
  const [pid] = one.processes;
  if (pid !== undefined) return stay(`process ${pid} is at work there`);
  if (one.inTheWay !== null) return stay(one.inTheWay);
  if (one.head === null) return stay("it has no commit to measure its files by");
  if (one.branch !== null) return go(`all that it has is on ${shortRef(one.branch)}`);
  if (one.isInTarget) return go("all that it has is in the target");
  const holder = one.heldBy.find((ref) => !weak.has(ref));
  if (holder === undefined) return stay(`no ref holds its commit ${one.head.slice(0, 10)}`);
  return go(`all that it has is on ${shortRef(holder)}`);
}

/** While a run begins, nobody knows yet which slots it has. */
function isOwnedByRun(name: string, state: State): boolean {
  // Names of directories; one that is no slot's is not in the table.
  return !isRunning(state) || isShared(name) || state.slots.has(name as SlotId);
}

function isShared(name: string): boolean {
  return name === "landing" || name === "scratch";
}

/** By the log, also when its temoin was killed: the next run takes it up from there. */
function whoIsAtWork(name: string, state: State): string | null {
  for (const id of state.running.keys()) {
    const task = taskOf(state, id);
    if (task.state === "running" && task.slot === name) {
      return `attempt ${task.attempt} at ${id} has not ended there`;
    }
  }
  if (!isShared(name)) return null;
  for (const id of state.landing.keys()) return `the landing of ${id} has not ended`;
  return null;
}

function judgeBranch(one: SurveyedRef, state: State, gone: ReadonlySet<string>): Verdict {
  const task = endedTask(one.ref, state);
  if ("why" in task) return stay(task.why);
  const at = one.checkedOutIn.find((path) => !gone.has(path));
  if (at !== undefined) return stay(`it is checked out in ${at}`);
  if (one.isInTarget) return go("its work is in the target");
  if (one.isSquashed && task.task.state === "done") {
    return go("its work is in the target, as one commit");
  }
  return stay("it has work that is not in the target");
}

function judgeSaved(one: SurveyedRef, state: State, gone: ReadonlySet<string>): Verdict {
  const task = endedTask(one.ref, state);
  if ("why" in task) return stay(task.why);
  if (one.isInTarget) return go("its work is in the target");
  const holder = one.heldBy.find((ref) => ref !== one.ref && !gone.has(ref));
  if (holder === undefined) return stay("nothing else holds its work");
  return go(`its work is on ${shortRef(holder)} too`);
}

function judgeProof(name: string, state: State, { now, proofAgeMs }: CleanRules): Verdict {
  const found = findEnded(name, state);
  if ("why" in found) return stay(found.why);
  const { at } = found.task;
  const age = now - at;
  const since = `${name} ended ${durationText(age)} ago`;
  if (age > proofAgeMs) return go(since);
  return stay(`${since}; proofs are kept for ${durationText(proofAgeMs)}`);
}

const branchPrefix = "refs/heads/temoin/";
const savedPrefix = "refs/temoin/saved/";

type Ended = Extract<Task, { readonly state: "done" | "failed" | "cancelled" | "skipped" }>;
type Found = { readonly task: Ended } | { readonly why: string };

function endedTask(ref: string, state: State): Found {
  const form = ref.startsWith(savedPrefix)
    ? /^refs\/temoin\/saved\/([^/]+)\/\d+\/\d+$/
    : /^refs\/heads\/temoin\/([^/]+)\/\d+$/;
  const name = form.exec(ref)?.[1];
  return name === undefined ? { why: "it is none of temoin's making" } : findEnded(name, state);
}

function findEnded(name: string, state: State): Found {
  const id = parseTaskId(name);
  const task = id === null ? undefined : state.tasks.get(id);
  if (task === undefined) return { why: `the queue has no task ${name}` };
  return isEnded(task) ? { task } : { why: `${name} is ${plainWord(task.state)}` };
}

function isEnded(task: Task): task is Ended {
  return isTerminal(task.state);
}

function shortRef(ref: string): string {
  return ref.startsWith(branchPrefix) ? ref.slice("refs/heads/".length) : ref;
}

function go(why: string): Verdict {
  return { goes: true, why };
}

function stay(why: string): Verdict {
  return { goes: false, why };
}
