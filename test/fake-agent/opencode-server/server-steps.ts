/** The steps that only the fake server of opencode can take, beside those of an agent of JSON. */

import { type StepKinds, step } from "../steps.ts";
import { type StreamFace, streamSteps } from "../stream/stream-steps.ts";

export interface ServerFace extends StreamFace {
  /** Breaks off all streams of events; what happens until a client hears again, it has to ask for. */
  dropEvents(): void;
}

export const serverSteps: StepKinds<ServerFace> = {
  ...streamSteps,

  drop_events: step({}, (_, face: ServerFace) => face.dropEvents()),
};
