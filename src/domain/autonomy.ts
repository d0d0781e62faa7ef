/** What an agent may do without a person, of the things that it asks for. Pure. */

import type { AgentSpec, Autonomy } from "./agent.ts";

/** What a permission is asked for. */
export type Action =
  /** Absolute paths of all files that are written. */
  | { readonly kind: "edit"; readonly paths: readonly string[] }
  | { readonly kind: "read"; readonly paths: readonly string[] }
  | { readonly kind: "command"; readonly command: string }
  /** A tool that is known by nothing but its name. */
  | { readonly kind: "other"; readonly tool: string };

/**
 * `edits`: files of the workspace, and nothing that runs. A path that leaves the workspace by its
 * own dots does not count as within; one that leads out by a link does: the agent's own sandbox, and
 * not this, is what holds an agent that means harm.
 */
export function mayDo(action: Action, autonomy: Autonomy, workspace: string): boolean {
  switch (autonomy) {
    case "full":
      return true;
    case "ask":
      return false;
    case "edits":
      return (
        (action.kind === "edit" || action.kind === "read") &&
        action.paths.length > 0 &&
        action.paths.every((path) => isWithin(path, workspace))
      );
  }
}

/** What it may do unasked where it sits. */
export function autonomyOf({
  autonomy,
  readsOnly,
}: Pick<AgentSpec, "autonomy" | "readsOnly">): Autonomy {
  return readsOnly === true ? "ask" : autonomy;
}

function isWithin(path: string, directory: string): boolean {
  const parts = path.split("/");
  if (!path.startsWith("/") || parts.includes("..") || parts.includes(".git")) return false;
  return path.startsWith(directory.endsWith("/") ? directory : `${directory}/`);
}
