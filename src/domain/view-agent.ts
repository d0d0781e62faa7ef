/** How slots are shown: the agent's state in the words of the vocabulary, and since when. */

import type { AgentSpec, Evidence, Usage } from "./agent.ts";
import { isLive, type LiveAttempt, type LivePhase } from "./attempt.ts";
import { contextFullness, type Fullness, quotaFullness } from "./fullness.ts";
import type { AgentName, Instant, SlotId, TaskId } from "./id.ts";
import type { Sleep, Slot } from "./slot.ts";
import { isRunning, type State } from "./state.ts";
import { metByText } from "./view-slot.ts";
import { plainTime } from "./view-time.ts";

export type AgentState =
  | "offline"
  | "starting"
  | "idle"
  | "working"
  | "retrying"
  | "asking"
  | "limited"
  | "quiet"
  | "failed"
  | "unknown"
  | "stopping"
  | "broken";

export interface ShownSlot {
  readonly slot: SlotId;
  readonly agent: AgentName;
  readonly state: AgentState;
  readonly task: TaskId | null;
  readonly phase: LivePhase | null;
  readonly since: Instant;
  readonly usage: Usage | null;
  /** Of the attempt that it is at; `null`: it is at none. */
  readonly context: Fullness | null;
  /** `null`: it tells nothing of it. */
  readonly quota: Fullness | null;
  /** Until when its agent is limited, and why. */
  readonly limit: Sleep | null;
  /** Why it is broken or limited; else what its state was seen by, the strongest first. */
  readonly why: string | null;
  readonly because: readonly Evidence[];
  /** A person is at its keys: temoin types nothing meanwhile. */
  readonly held: boolean;
}

/** One per slot, in the order of the configuration. `hasRunner`: is the process of the run alive? */
export function shownSlots(state: State, hasRunner = true): readonly ShownSlot[] {
  return [...state.slots.values()].map((slot) => shownSlot(state, slot, hasRunner));
}

function shownSlot(state: State, slot: Slot, hasRunner: boolean): ShownSlot {
  const attempt = attemptOn(state, slot);
  const shown = {
    slot: slot.spec.id,
    agent: slot.spec.agent,
    task: slot.task,
    phase: attempt?.phase ?? null,
    since: attempt?.since ?? slot.since,
    usage: attempt?.usage ?? null,
    context: attempt === null ? null : contextFullness(attempt.usage),
    quota: quotaFullness(attempt?.usage ?? null),
    limit: slot.asleep,
    why: whyKept(slot, attempt) ?? attempt?.seen?.because[0]?.says ?? null,
    because: attempt?.seen?.because ?? [],
    held: attempt?.held ?? false,
  };
  if (!isRunning(state)) {
    return { ...shown, state: "offline", since: state.run?.ended?.at ?? slot.since };
  }
  if (!hasRunner) {
    const why = slot.task === null ? shown.why : "cut off; the next start takes it up";
    return { ...shown, state: "offline", phase: null, why };
  }
  if (slot.broken !== null) return { ...shown, state: "broken" };
  if (attempt === null) return { ...shown, state: slot.asleep === null ? "idle" : "limited" };
  const { seen, phase } = attempt;
  const isInTurn =
    agentStates[phase] !== "starting" && phase !== "verifying" && phase !== "stopping";
  // Whatever its screen shows meanwhile.
  if (phase === "quiet") {
    const because = attempt.evidence.filter(({ source }) => source === "silence").slice(-1);
    return { ...shown, state: "quiet", because, why: because[0]?.says ?? shown.why };
  }
  if (seen === null || !isInTurn) return { ...shown, state: agentStates[phase] };
  return { ...shown, state: seen.state, since: seen.since };
}

function whyKept({ broken, asleep }: Slot, attempt: LiveAttempt | null): string | null {
  if (broken !== null) return `${broken.why} (tried again at ${plainTime(broken.retryAt)})`;
  if (asleep === null || attempt !== null) return null;
  return `until ${plainTime(asleep.until)}: ${asleep.says}${metByText(asleep)}`;
}

/** The attempt that the slot is busy with. */
export function attemptOn(state: State, slot: Slot): LiveAttempt | null {
  const task = slot.task === null ? undefined : state.tasks.get(slot.task);
  if (task?.state !== "running") return null;
  const attempt = task.attempts[task.attempt - 1];
  return attempt !== undefined && isLive(attempt) ? attempt : null;
}

/** While its work is verified the agent stands by for feedback: its slot is at work. */
const agentStates: Readonly<Record<LivePhase, AgentState>> = {
  preparing: "starting",
  starting: "starting",
  working: "working",
  asking: "asking",
  retrying: "retrying",
  limited: "limited",
  quiet: "quiet",
  verifying: "working",
  stopping: "stopping",
};

/** How the driver of an agent reaches its program; unknown for an agent that is not configured. */
export function transportOf(agent: AgentSpec | undefined): string | null {
  return agent?.transport ?? null;
}
