/** What can happen to the role of the conductor, and what its holder does. */

import type { Judgement, Unfit } from "./conductor.ts";
import type { AgentName } from "./id.ts";

export type ConductorEvent =
  | {
      /** A term begins; the one before, if any, is over with it. */
      readonly type: "conductor_appointed";
      readonly term: number;
      readonly agent: AgentName;
      /** Whom it follows; `null`: nobody. */
      readonly after: AgentName | null;
      readonly why: string;
    }
  | { readonly type: "conductor_acknowledged"; readonly term: number }
  /** Nobody holds the role from here on. */
  | { readonly type: "conductor_left"; readonly term: number; readonly why: string }
  | { readonly type: "conductor_unfit"; readonly agent: AgentName; readonly unfit: Unfit }
  | {
      readonly type: "conductor_called";
      readonly term: number;
      readonly call: number;
      readonly about: readonly Judgement[];
    }
  | {
      readonly type: "conductor_call_ended";
      readonly term: number;
      readonly call: number;
      /** What it was called for is done with; else somebody is called for it again. */
      readonly isJudged: boolean;
      readonly why: string;
    }
  /** How full its context is. */
  | { readonly type: "conductor_seen"; readonly term: number; readonly percent: number }
  /** What it leaves to its successor. */
  | { readonly type: "conductor_words"; readonly term: number; readonly text: string }
  | {
      readonly type: "conductor_decided";
      readonly term: number;
      readonly agent: AgentName;
      readonly text: string;
    };
