/** The mode of an agent that fits what it may do. Pure. */

import type { Autonomy } from "../../domain/agent.ts";
import type { NewSession } from "./message.ts";

export type SetMode =
  | { readonly method: "session/set_mode"; readonly params: { readonly modeId: string } }
  | {
      readonly method: "session/set_config_option";
      readonly params: { readonly configId: string; readonly value: string };
    };

/**
 * Ids without their punctuation, the best first. Met: claude-agent-acp 0.49 (`bypassPermissions`,
 * `acceptEdits`, `default`), gemini 0.61 (`yolo`, `autoEdit`, `default`), codex-acp 2.6
 * (`agent-full-access`, `read-only`, which asks before each edit).
 */
const fitting: Readonly<Record<Autonomy, readonly string[]>> = {
  full: ["bypasspermissions", "yolo", "agentfullaccess", "fullaccess"],
  edits: ["acceptedits", "autoedit", "readonly", "default"],
  ask: ["default", "readonly"],
};

/** `null`: it is in the fitting mode, or offers none: then it is by answers alone. */
export function modeFor(autonomy: Autonomy, session: NewSession): SetMode | null {
  const ids = (session.modes?.availableModes ?? []).map(({ id }) => id);
  if (ids.length > 0) {
    const modeId = pick(ids, autonomy);
    return modeId === null || modeId === session.modes?.currentModeId
      ? null
      : { method: "session/set_mode", params: { modeId } };
  }
  const option = session.configOptions?.find(({ category }) => category === "mode");
  if (option === undefined) return null;
  const value = pick(
    (option.options ?? []).map((one) => one.value),
    autonomy,
  );
  return value === null || value === option.currentValue
    ? null
    : { method: "session/set_config_option", params: { configId: option.id, value } };
}

function pick(ids: readonly string[], autonomy: Autonomy): string | null {
  for (const wanted of fitting[autonomy]) {
    const found = ids.find((id) => id.toLowerCase().replace(/[^a-z]/g, "") === wanted);
    if (found !== undefined) return found;
  }
  return null;
}
