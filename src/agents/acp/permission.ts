/** What an agent asks a permission for, as an ask, and its answer as one of the agent's options. Pure. */

import type { AgentAsk, Answer } from "../../domain/ask.ts";
import { plainLine } from "../../lib/process-text.ts";
import type { Wants } from "../protocol/line.ts";
import type { PermissionRequest } from "./message.ts";
import { actionOf, sayTool, type Tool } from "./tool.ts";

export interface Permission {
  readonly ask: AgentAsk;
  readonly wants: Wants;
  /** By label. */
  readonly options: ReadonlyMap<string, string>;
}

export type Outcome =
  | { readonly outcome: "selected"; readonly optionId: string }
  | { readonly outcome: "cancelled" };

export function readPermission(id: string, request: PermissionRequest, tool: Tool): Permission {
  const offered = (request.options ?? []).map(({ optionId, name, kind }) => ({
    optionId,
    label: plainLine(name) || optionId,
    kind,
  }));
  // Of two that read the same, the first is meant.
  const options = new Map(
    offered.map(({ label, optionId }) => [label, optionId] as const).reverse(),
  );
  const choices = [...new Set(offered.map(({ label }) => label))];
  // What is allowed for always may be written into the agent's own settings.
  const allow =
    offered.find(({ kind }) => kind === "allow_once") ??
    offered.find(({ kind }) => kind === "allow_always");
  return {
    ask: { id, kind: "permission", says: sayTool(tool), choices, takesText: false },
    wants: {
      action: actionOf(tool),
      allow: allow?.label ?? null,
      refuse: offered.find(({ kind }) => kind === "reject_once")?.label ?? null,
    },
    options,
  };
}

/** `null`: it is none of its options. */
export function outcomeOf({ options }: Permission, answer: Answer): Outcome | null {
  const optionId = "choice" in answer ? options.get(answer.choice) : undefined;
  return optionId === undefined ? null : { outcome: "selected", optionId };
}
