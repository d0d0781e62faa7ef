/** What the events of the conductor make of the state. */

import { type Conductor, decidedKept, noConductor } from "./conductor.ts";
import type { Event } from "./event.ts";
import { stillThere } from "./judgement.ts";
import type { State } from "./state.ts";

type Of<T extends Event["type"]> = Extract<Event, { readonly type: T }>;

export const conductorFolds = {
  conductor_appointed: (state: State, event: Of<"conductor_appointed">) => {
    const { term, agent, after, why, at } = event;
    const unfit = Object.fromEntries(
      Object.entries(state.conductor.unfit).filter(([name]) => name !== agent),
    );
    const { calls, callsOfRun, lastCallAt, decided, judged, words, inherited } = state.conductor;
    const kept = { calls, callsOfRun, lastCallAt, decided, judged };
    const came = { term, agent, since: at, after, why, inherited: words ?? inherited };
    state.conductor = { ...noConductor, ...kept, unfit, ...came };
  },

  conductor_acknowledged: (state: State, event: Of<"conductor_acknowledged">) =>
    change(state, { acknowledgedAt: event.at }),

  conductor_called: (state: State, { call, about, at }: Of<"conductor_called">) => {
    const { callsOfRun } = state.conductor;
    change(state, { call: { n: call, about, at }, calls: call, callsOfRun: callsOfRun + 1 });
  },

  conductor_call_ended: (state: State, event: Of<"conductor_call_ended">) => {
    const { call, judged } = state.conductor;
    const keys = event.isJudged ? (call?.about ?? []).map(({ key }) => key) : [];
    change(state, {
      call: null,
      lastCallAt: event.isJudged ? event.at : state.conductor.lastCallAt,
      judged: [...stillThere(state, judged), ...keys],
    });
  },

  conductor_seen: (state: State, event: Of<"conductor_seen">) =>
    change(state, { percent: event.percent }),

  conductor_words: (state: State, event: Of<"conductor_words">) =>
    change(state, { words: event.text }),

  conductor_decided: (state: State, { term, agent, at, text }: Of<"conductor_decided">) => {
    const decided = [...state.conductor.decided, { term, by: agent, at, text }];
    change(state, { decided: decided.slice(-decidedKept) });
  },

  conductor_unfit: (state: State, { agent, unfit }: Of<"conductor_unfit">) =>
    change(state, { unfit: { ...state.conductor.unfit, [agent]: unfit } }),

  conductor_left: (state: State, event: Of<"conductor_left">) =>
    change(state, { agent: null, after: state.conductor.agent, why: event.why, since: event.at }),
};

/** As a run begins: a limit goes on, and who was dead or silent is tried at once. */
export function forgetFailures(state: State): void {
  const unfit = Object.entries(state.conductor.unfit).filter(([, { isLimited }]) => isLimited);
  change(state, { unfit: Object.fromEntries(unfit) });
}

/** The clock was set back: all waits as long as it had to. */
export function setConductorBack(state: State, byMs: number): void {
  const { since, call, lastCallAt, unfit } = state.conductor;
  change(state, {
    since: since - byMs,
    call: call && { ...call, at: call.at - byMs },
    lastCallAt: lastCallAt === null ? null : lastCallAt - byMs,
    unfit: Object.fromEntries(
      Object.entries(unfit).map(([name, one]) => [name, { ...one, until: one.until - byMs }]),
    ),
  });
}

function change(state: State, parts: Partial<Conductor>): void {
  state.conductor = { ...state.conductor, ...parts };
}
