/** What a session over a protocol knows of its agent, and what each fact makes of it. Pure. */

import type { Fact } from "./line.ts";

export type ProtocolState = "starting" | "idle" | "working" | "retrying" | "asking" | "offline";

export interface Sight {
  readonly state: ProtocolState;
  /** Ids of the asks that are open, whoever is to answer them. */
  readonly asks: readonly string[];
  /** Its turn is not one of ours: a person has begun it at the agent's own screen. */
  readonly isForeign: boolean;
}

export const firstSight: Sight = { state: "starting", asks: [], isForeign: false };

/** `isOurs`: a turn runs that we have asked for. */
export function see(sight: Sight, fact: Fact, isOurs: boolean): Sight {
  switch (fact.type) {
    case "began":
      return { ...sight, state: "working", isForeign: !isOurs };
    case "asks":
      return { ...sight, state: "asking", asks: [...sight.asks, fact.ask.id] };
    case "ask_gone":
      return without(sight, fact.askId);
    case "retrying":
      return sight.state === "working" ? { ...sight, state: "retrying" } : sight;
    case "activity":
      return sight.state === "retrying" ? { ...sight, state: "working" } : sight;
    case "over":
      return { state: "idle", asks: [], isForeign: false };
    case "gone":
      return { state: "offline", asks: [], isForeign: false };
    case "output":
    case "usage":
    case "compacting":
    case "limit":
      return sight;
  }
}

/** The ask was answered: by whoever. */
function without(sight: Sight, askId: string): Sight {
  const asks = sight.asks.filter((id) => id !== askId);
  const state = sight.state === "asking" && asks.length === 0 ? "working" : sight.state;
  return { ...sight, state, asks };
}

/** Why it is so, one sentence. */
export function sayState(sight: Sight, fact: Fact): string {
  switch (fact.type) {
    case "asks":
      return fact.ask.says;
    case "retrying":
    case "activity":
      return fact.says;
    case "gone":
      return fact.why;
    case "began":
      return sight.isForeign ? "a person has begun a turn" : "its turn runs";
    case "over":
      return "its turn is over";
    case "ask_gone":
      return fact.says;
    case "output":
    case "usage":
    case "compacting":
    case "limit":
      return "";
  }
}
