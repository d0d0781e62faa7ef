/**
 * When the conductor is called, and how its role moves: by its context, by a limit, because it is
 * dead or quiet, because it does not acknowledge its role, or because a person says so.
 */

import { type Conductor, type ConductorPolicy, type Unfit, unfitMs } from "./conductor.ts";
import type { Draft } from "./draft.ts";
import type { AgentName, Instant } from "./id.ts";
import type { Assignment, JudgeInput } from "./input.ts";
import { canCall, judgements } from "./judgement.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { isRunning, type State } from "./state.ts";
import { conductorPolicy, fitAgainAt, successor, unfitness, vacantKey } from "./succession.ts";
import { plainTime } from "./view-time.ts";

/** Why a call ends whose hands are no longer there. */
const lostWhy = "its runner went away";

/** What is due by now: drawn after each input, like the matches of tasks to slots. */
export function drawConductor(draft: Draft): void {
  const policy = conductorPolicy(draft.state);
  if (policy === null) return;
  const { state, now } = draft;
  endLate(draft, policy);
  if (state.conductor.call !== null) return;
  if (state.run?.stopping !== null || state.paused) return;
  leaveIfUnfit(draft, policy);
  reclaim(draft, policy);
  const about = judgements(state);
  if (about.length === 0 || now < readyAt(state.conductor, policy)) return;
  if (!canCall(state, policy, now)) {
    if (state.conductor.callsOfRun < policy.calls) tellVacant(draft, policy);
    return;
  }
  if (state.conductor.agent === null) appoint(draft, policy, "there is something to judge");
  offerCall(draft, about);
}

/** When the next call may be made. */
function readyAt({ lastCallAt }: Conductor, { coolDownMs }: ConductorPolicy): Instant {
  return lastCallAt === null ? 0 : lastCallAt + coolDownMs;
}

/** The instants at which time alone changes something. */
export function* conductorAlarms(state: State, now: Instant): Generator<Instant> {
  const policy = conductorPolicy(state);
  if (policy === null) return;
  const { conductor } = state;
  const { call, acknowledgedAt } = conductor;
  if (call !== null) {
    if (acknowledgedAt === null) yield call.at + policy.acknowledgeMs;
    yield call.at + policy.callMs;
    return;
  }
  yield readyAt(conductor, policy);
  const again = fitAgainAt(state, policy, now);
  if (again !== null) yield again;
}

function offerCall(draft: Draft, about: ReturnType<typeof judgements>): void {
  const { term, calls } = draft.state.conductor;
  const call = calls + 1;
  draft.emit({ type: "conductor_called", term, call, about }, "temoin");
  draft.offer({
    queue: "$conductor",
    id: callOfferId(term, call),
    priority: 0,
    data: { kind: "judgement", term, call } satisfies Assignment,
  });
}

function callOfferId(term: number, call: number): string {
  return `judgement/${term}/${call}`;
}

/** A call that takes too long, or whose conductor says nothing of its role. */
function endLate(draft: Draft, policy: ConductorPolicy): void {
  const { call, acknowledgedAt } = draft.state.conductor;
  if (call === null) return;
  const waited = draft.now - call.at;
  if (acknowledgedAt === null && waited >= policy.acknowledgeMs) {
    passOver(draft, policy, forAWhile(draft, "it did not acknowledge its role in time"));
  } else if (waited >= policy.callMs) {
    passOver(draft, policy, forAWhile(draft, "its call came to no end in time"));
  }
}

/** Its account or its program is out of use, as its other work has shown. */
function leaveIfUnfit(draft: Draft, policy: ConductorPolicy): void {
  const { agent } = draft.state.conductor;
  const unfit = agent === null ? null : unfitness(draft.state, agent, draft.now);
  if (unfit !== null) passOver(draft, policy, unfit);
}

/** The one in office is dead, quiet or limited: another one takes over what it was called for. */
function passOver(draft: Draft, policy: ConductorPolicy, unfit: Unfit): void {
  const { agent } = draft.state.conductor;
  if (agent === null) return;
  draft.emit({ type: "conductor_unfit", agent, unfit }, "temoin");
  move(draft, policy, unfit.why);
}

function forAWhile(draft: Draft, why: string): Unfit {
  return { why, until: draft.now + unfitMs, isLimited: false };
}

/** The role moves to whoever is next, at once: from here on the old term speaks for nobody. */
function move(
  draft: Draft,
  policy: ConductorPolicy,
  why: string,
  to: AgentName | null = null,
): void {
  const { term, agent } = draft.state.conductor;
  endCall(draft, why);
  const next = to ?? successor(draft.state, policy, { now: draft.now, not: agent });
  if (next === null) {
    draft.emit({ type: "conductor_left", term, why }, "temoin");
    tellVacant(draft, policy);
  } else {
    appoint(draft, policy, why, next);
  }
}

/** Nobody judges what it was about: somebody is called for it again. */
function endCall(draft: Draft, why: string): void {
  const { term, call } = draft.state.conductor;
  if (call === null) return;
  draft.retract({ queue: "$conductor", id: callOfferId(term, call.n) });
  const ended = { term, call: call.n, isJudged: false, why } as const;
  draft.emit({ type: "conductor_call_ended", ...ended }, "temoin");
}

function appoint(
  draft: Draft,
  policy: ConductorPolicy,
  why: string,
  chosen: AgentName | null = null,
): void {
  const { state, now } = draft;
  const agent = chosen ?? successor(state, policy, { now, not: null });
  if (agent === null) return;
  const { term, agent: holder } = state.conductor;
  const after = holder ?? (term > 0 ? state.conductor.after : null);
  draft.emit({ type: "conductor_appointed", term: term + 1, agent, after, why }, "temoin");
  draft.clearInbox(vacantKey);
}

/** Nobody is left: a person is told, and the schedule goes on. */
function tellVacant(draft: Draft, { order }: ConductorPolicy): void {
  const reasons = order.flatMap((agent) => {
    const unfit = unfitness(draft.state, agent, draft.now);
    return unfit === null ? [] : [`${agent}: ${unfit.why} (until ${plainTime(unfit.until)})`];
  });
  draft.inbox({
    key: vacantKey,
    kind: "conductor",
    task: null,
    says: `nobody can be the conductor now: ${reasons.join("; ")}`,
    next: "settle it yourself, or mend an agent: then temoin handoff --to AGENT, or temoin run where none is at work",
  });
}

/** An earlier one in the order that can be used again takes the role back between two calls. */
function reclaim(draft: Draft, policy: ConductorPolicy): void {
  const { agent } = draft.state.conductor;
  if (!policy.reclaim || agent === null) return;
  const first = successor(draft.state, policy, { now: draft.now, not: null });
  if (first === null || policy.order.indexOf(first) >= policy.order.indexOf(agent)) return;
  if (draft.state.conductor.unfit[first]?.isLimited !== true) return;
  move(draft, policy, `${first} can be used again`, first);
}

/** What the hands tell of the call that they carry out. */
export function decideJudgement(draft: Draft, input: JudgeInput): void {
  const policy = conductorPolicy(draft.state);
  const { term, call, acknowledgedAt } = draft.state.conductor;
  if (input.type === "conductor_seen") {
    draft.emit({ ...input, term });
    return;
  }
  draft.settle();
  if (call === null || policy === null) return;
  if (input.how === "ended" && acknowledgedAt !== null) {
    const ended = { term, call: call.n, isJudged: true, why: input.why } as const;
    draft.emit({ type: "conductor_call_ended", ...ended });
    if (input.full !== undefined) leaveFull(draft, policy, input.full, input.limitedUntil);
    return;
  }
  // A run that ends has taken it away: that says nothing of the agent.
  if (input.how === "cut") {
    const ended = { term, call: call.n, isJudged: false, why: input.why } as const;
    draft.emit({ type: "conductor_call_ended", ...ended });
    return;
  }
  const { how, why, limitedUntil } = input;
  if (how === "full") {
    leaveFull(draft, policy, why, limitedUntil);
    return;
  }
  const says = how === "ended" ? "it did not acknowledge its role" : why;
  passOver(
    draft,
    policy,
    limitedUntil === null ? forAWhile(draft, says) : limitedOf(says, limitedUntil),
  );
}

function limitedOf(why: string, until: Instant): Unfit {
  return { why, until, isLimited: true };
}

/** Its conversation has no room left, which a new one has; or its plan, until that begins anew. */
function leaveFull(
  draft: Draft,
  policy: ConductorPolicy,
  why: string,
  limitedUntil: Instant | null,
): void {
  if (limitedUntil === null) move(draft, policy, why);
  else passOver(draft, policy, limitedOf(why, limitedUntil));
}

/** The hands went away with their runner, and the session with them: each is one term. */
export function loseCall(draft: Draft, lost: { readonly term: number; readonly call: number }) {
  const policy = conductorPolicy(draft.state);
  const { term, call } = draft.state.conductor;
  if (policy === null || term !== lost.term || call?.n !== lost.call) return;
  move(draft, policy, lostWhy);
}

/** As a run begins: who was in office has no session any more. */
export function endOffice(draft: Draft): void {
  const { term, agent } = draft.state.conductor;
  endCall(draft, lostWhy);
  const why = "temoin was started anew";
  if (agent !== null) draft.emit({ type: "conductor_left", term, why }, "temoin");
}

/** A person moves the role. `to`: `null`: to whoever is next. */
export function moveRole(draft: Draft, to: AgentName | null): Refusal | null {
  const policy = conductorPolicy(draft.state);
  if (policy === null) return refuseRole(draft.state);
  const { order } = policy;
  if (to !== null && !order.includes(to)) {
    const list = order.join(", ");
    return refuse("usage", `${to} is not in \`conductor.order\` (${list}).`, `Add it there.`);
  }
  const { agent } = draft.state.conductor;
  if (to !== null && to === agent) {
    return refuse("refused", `${to} is the conductor already.`, "temoin status");
  }
  const unfit = to === null ? null : unfitness(draft.state, to, draft.now);
  if (to !== null && unfit !== null && draft.state.conductor.unfit[to] === undefined) {
    const until = plainTime(unfit.until);
    return refuse("refused", `${to} cannot be used until ${until}: ${unfit.why}.`, "temoin status");
  }
  move(draft, policy, "a person has moved the role", to);
  return null;
}

function refuseRole(state: State): Refusal {
  return isRunning(state)
    ? refuse(
        "refused",
        "No conductor is configured.",
        "Write `conductor: { order: [AGENT, …] }` into temoin.yaml, and start temoin anew.",
      )
    : refuse("refused", "No run is open.", "temoin run, or temoin up");
}
