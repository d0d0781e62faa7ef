/** How the fake agent of the protocol behaves beside its steps: what it offers, and what it refuses. */

import { type Args, type Fields, ScriptError, type Value } from "../step.ts";

export const acpMannerFields = {
  /** Instead of anything of the protocol: this text on its standard output. */
  garbage: "text?",
  /** Before it reads anything. */
  start_ms: "number?",
  /** The version of the protocol that it answers with. */
  version: "number?",
  /** It is not logged in. */
  login: "text?",
  /** Modes that it offers; the first is the one that it is in. */
  modes: "texts?",
  /** It goes on when it is told to stop. */
  ignores_cancel: "flag?",
  /** It does not answer a method that it does not know. */
  ignores_unknown: "flag?",
  /** It begins no second conversation. */
  one_session: "flag?",
} as const satisfies Fields;

export type AcpManners = Args<typeof acpMannerFields>;

export function acpMannersOf(given: Readonly<Record<string, Value>>): AcpManners {
  if (given["modes"] !== undefined && !Array.isArray(given["modes"])) {
    throw new ScriptError("`modes` must be a list of texts");
  }
  // script.ts has checked them against these very fields.
  return given as AcpManners;
}
