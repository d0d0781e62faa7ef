/** Where a project keeps what: all paths in one place. */

import { createHash } from "node:crypto";
import os from "node:os";
import path from "node:path";
import type { SlotId } from "../domain/id.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import type { Places } from "../runner/hands.ts";

export interface ProjectPaths extends Places {
  readonly store: string;
  readonly lock: string;
  readonly holder: string;
  readonly daemonLog: string;
  readonly setupStamps: string;
  readonly tokens: string;
  /** A person's own, besides those that are shipped. */
  readonly matchers: string;
}

export function storeIn(stateDir: string): string {
  return path.join(stateDir, "store.db");
}

export function pathsOf(place: ProjectPlace): ProjectPaths {
  const root = place.stateDir;
  const inRoot = (...parts: readonly string[]): string => path.join(root, ...parts);
  return {
    root,
    store: storeIn(root),
    lock: inRoot("lock"),
    holder: inRoot("holder.json"),
    daemonLog: inRoot("daemon.log"),
    setupStamps: inRoot("setup"),
    tokens: inRoot("tokens.json"),
    matchers: inRoot("matchers"),
    proof: (task, attempt, name) => {
      const file = `${name.replace(/[^A-Za-z0-9._-]+/g, "-")}.log`;
      return inRoot("proof", task, String(attempt), file);
    },
    prompt: (task, attempt, turn) => inRoot("prompts", task, String(attempt), `${turn}.md`),
    handoff: (task, attempt) => inRoot("handoff", `${task}-${attempt}.md`),
    roleHandoff: (name) => inRoot("handoff", name),
    log: (slot: SlotId) => inRoot("logs", `${slot}.log`),
    agentFiles: (slot: SlotId) => inRoot("agents", slot),
  };
}

/** Worktrees lie outside the repository, in the user's state directory. */
export function worktreesDir(env: Environment): string {
  return path.join(stateHome(env), "temoin");
}

function stateHome(env: Environment): string {
  const configured = env["XDG_STATE_HOME"];
  // The XDG specification has relative paths ignored.
  if (configured !== undefined && path.isAbsolute(configured)) return configured;
  return path.join(env["HOME"] ?? os.homedir(), ".local", "state");
}

/** The longest path of a unix socket that both Linux (108) and macOS (104) take, zero included. */
const socketPathBytes = 103;

/** Where temoin is asked. In the runtime directory; a project of another state directory has another. */
export function socketPath(env: Environment, place: ProjectPlace): string {
  return runtimePath(env, place, "sock");
}

/**
 * Where agents in a sandbox report, and nothing else is heard. In a folder of its own, which they see:
 * the socket is made anew by each temoin.
 */
export function reportSocketPath(env: Environment, place: ProjectPlace): string {
  return socketPath(env, place).replace(/\.sock$/, ".in/s");
}

/** Of the private tmux server in which the project's agents work; beside the other one. */
export function tmuxSocketPath(env: Environment, place: ProjectPlace): string {
  return runtimePath(env, place, "tmux");
}

function runtimePath(env: Environment, place: ProjectPlace, ending: "sock" | "tmux"): string {
  const name = `${place.id.slice(-24)}.${ending}`;
  const runtime = env["XDG_RUNTIME_DIR"];
  const wanted = runtime !== undefined && path.isAbsolute(runtime) ? runtime : null;
  if (wanted !== null) {
    const file = path.join(wanted, "temoin", name);
    if (Buffer.byteLength(file) <= socketPathBytes) return file;
  }
  const user = String(process.getuid?.() ?? "user");
  const short = createHash("sha256").update(place.id).digest("hex").slice(0, 16);
  return path.join("/tmp", `temoin-${user}`, `${short}.${ending}`);
}
