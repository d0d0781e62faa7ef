/** What control is told of work whose runner has gone without a word. */

import { noWork } from "./attempt.ts";
import type { Lease } from "./commit.ts";
import type { Assignment, ControlInput } from "./input.ts";

export function lossOf({ data, runner }: Lease): ControlInput {
  // Control itself has put the assignment into the offer.
  const assignment = data as unknown as Assignment;
  switch (assignment.kind) {
    case "judgement":
      return { type: "judgement_lost", term: assignment.term, call: assignment.call };
    case "goal":
      return { type: "goal_lost", check: assignment.check };
    case "attempt":
    case "landing": {
      const { task, attempt } = assignment;
      const why = `runner ${runner} fell silent`;
      return { type: "lost", task, attempt, byRestart: false, work: noWork, why };
    }
  }
}
