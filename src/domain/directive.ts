/** What control asks of a runner between claims. Derived from the state, so that none is lost. */

import type { TaskId } from "./id.ts";

export type Directive =
  | {
      readonly id: string;
      readonly kind: "end";
      readonly task: TaskId;
      readonly attempt: number;
      readonly outcome: "cancelled" | "handed_off";
      readonly why: string;
    }
  | {
      readonly id: string;
      readonly kind: "tell";
      readonly task: TaskId;
      readonly attempt: number;
      readonly text: string;
    };
