/**
 * The fold: what one event makes of the state. It decides nothing and refuses nothing; an event
 * about a task that does not exist, or that its state cannot have, is a broken log and throws.
 *
 * What each event means stands in `fold-task.ts`, `fold-attempt.ts`, `fold-ask.ts`, `fold-run.ts` and
 * `fold-conductor.ts`.
 */

import type { Event, EventType } from "./event.ts";
import { askFolds } from "./fold-ask.ts";
import { attemptFolds } from "./fold-attempt.ts";
import { conductorFolds } from "./fold-conductor.ts";
import { runFolds } from "./fold-run.ts";
import { taskFolds } from "./fold-task.ts";
import { emptyState, type State } from "./state.ts";

export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;

type Folds = { readonly [T in EventType]: (state: State, event: EventOf<T>) => void };

const folds: Folds = { ...taskFolds, ...attemptFolds, ...askFolds, ...runFolds, ...conductorFolds };

/** Changes `state` in place and returns it. */
export function apply(state: State, event: Event): State {
  // The table has for each type the function of just that type; TypeScript cannot follow it here.
  const foldOne = folds[event.type] as (state: State, event: Event) => void;
  foldOne(state, event);
  state.seq += 1;
  state.lastAt = event.at;
  return state;
}

/** All of them, in their order. */
export function fold(events: Iterable<Event>, from: State = emptyState()): State {
  for (const event of events) apply(from, event);
  return from;
}
