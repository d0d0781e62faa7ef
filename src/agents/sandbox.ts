/**
 * What bubblewrap is asked to put around an agent, as arguments: everything can be read and nothing
 * written, but for the agent's own workspace, what git needs for commits on branches of attempts,
 * and the folder of its own slot. Other worktrees, temoin's state, other sockets and other processes
 * are not there. The network is that of the machine: a model is somewhere in it.
 *
 * Later arguments lie over earlier ones.
 */

import path from "node:path";
import type { AgentKind } from "../domain/agent-kind.ts";

export interface SandboxPlaces {
  readonly home: string;
  /** The person's checkout. */
  readonly root: string;
  readonly stateDir: string;
  /** Where all worktrees lie. */
  readonly worktrees: string;
  /** The agent's own. */
  readonly workspace: string;
  /** Of this slot alone, in the state; it exists. */
  readonly privateDir: string;
  /** Where sockets lie that are none of the agent's. */
  readonly sockets: string;
  /** Of the one socket that it may ask. */
  readonly reportSocket: string;
  /** `null`: the workspace is a repository of its own. */
  readonly git: SandboxGit | null;
  /** Folders that must be readable wherever they lie: the program's, temoin's, node's. */
  readonly readable: readonly string[];
  /** Folders and files of the agent's own CLI; what is not there is passed over. */
  readonly cli: readonly string[];
}

export interface SandboxGit {
  /** What all worktrees share. */
  readonly commonDir: string;
  /** The worktree's own, under `worktrees/`. */
  readonly gitDir: string;
  /** Takes the objects that are made within. */
  readonly ownObjects: string;
  /** An empty folder: the repository's own objects lie there within. */
  readonly sharedObjects: string;
}

/** Folders of prompts and proofs in the state, which an agent is told to read. */
export const readableState = ["prompts", "proof"] as const;

/** All up to the program itself. */
export function sandboxArguments(places: SandboxPlaces): readonly string[] {
  const { home, stateDir, worktrees, workspace, privateDir, sockets, reportSocket } = places;
  const { git, cli } = places;
  const shared = git === null ? [] : [git.commonDir];
  const reading = [home, places.root, ...shared, ...places.readable];
  return [
    ...["--unshare-user-try", "--unshare-pid", "--unshare-ipc", "--unshare-cgroup-try"],
    ...["--cap-drop", "ALL"],
    ...readOnly("/"),
    ...["--dev", "/dev", "--proc", "/proc"],
    // bubblewrap 0.8 leaves these open to root, who needs no capability for them.
    ...["/proc/sys", "/proc/sysrq-trigger"].flatMap((at) => ["--ro-bind-try", at, at]),
    // Sockets of others: a session bus, an agent of keys, a container engine.
    ...hidden("/tmp"),
    ...hidden("/run"),
    ...["--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"],
    // Some of them may lie under what was hidden just now.
    ...reading.flatMap(readOnly),
    ...hidden(worktrees),
    ...hidden(stateDir),
    ...readableState.flatMap((folder) => readOnly(path.join(stateDir, folder))),
    ...hidden(sockets),
    ...readOnly(path.dirname(reportSocket)),
    ...writable(privateDir),
    ...(git === null ? [] : gitArguments(git)),
    ...writable(workspace),
    ...cli.flatMap((folder) => ["--bind-try", folder, folder]),
    ...["--setenv", "TMPDIR", "/tmp", "--chdir", workspace, "--"],
  ];
}

/**
 * New objects go into a store of the slot's own, over that of the repository, which stays readable
 * beside it. What says where a git directory belongs cannot be changed: temoin's own git follows it.
 */
function gitArguments({
  commonDir,
  gitDir,
  ownObjects,
  sharedObjects,
}: SandboxGit): readonly string[] {
  const inCommon = (...names: readonly string[]): string => path.join(commonDir, ...names);
  return [
    ...["--ro-bind", inCommon("objects"), sharedObjects],
    ...["--bind", ownObjects, inCommon("objects")],
    ...["--ro-bind", path.join(ownObjects, "info"), inCommon("objects", "info")],
    ...gitWritable.flatMap((names) => writable(inCommon(...names))),
    ...writable(gitDir),
    ...gitFixed.flatMap((name) => readOnly(path.join(gitDir, name))),
  ];
}

/** Folders of the common directory in which an agent's git writes; they exist. */
export const gitWritable = [
  ["refs", "heads", "temoin"],
  ["logs", "refs", "heads", "temoin"],
] as const;

/** Of a worktree's git directory: by them settings of an agent's would come to temoin's git. */
export const gitFixed = ["commondir", "gitdir", "config.worktree", "modules"] as const;

/**
 * Where a CLI keeps its login, settings and conversations: without them it does not work at all. What
 * an agent leaves there, that CLI reads next time. `env`: what the agent will find.
 */
export function cliFolders(
  kind: AgentKind,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly string[] {
  const inHome = (...names: readonly string[]): string => path.join(home, ...names);
  const named = (variable: string): string | null => {
    const folder = env[variable] ?? "";
    return path.isAbsolute(folder) ? folder : null;
  };
  const data = named("XDG_DATA_HOME") ?? inHome(".local", "share");
  const state = named("XDG_STATE_HOME") ?? inHome(".local", "state");
  const config = named("XDG_CONFIG_HOME") ?? inHome(".config");
  const cache = named("XDG_CACHE_HOME") ?? inHome(".cache");
  switch (kind) {
    case "claude": {
      const own = named("CLAUDE_CONFIG_DIR");
      return own === null ? [inHome(".claude"), inHome(".claude.json")] : [own];
    }
    case "codex":
      return [named("CODEX_HOME") ?? inHome(".codex")];
    case "opencode":
      return [data, state, config, cache].map((folder) => path.join(folder, "opencode"));
    case "gemini":
    case "antigravity":
      return [path.join(named("GEMINI_CLI_HOME") ?? home, ".gemini")];
    case "amp":
      return [data, config, cache].map((folder) => path.join(folder, "amp"));
  }
}

function readOnly(folder: string): readonly string[] {
  return ["--ro-bind", folder, folder];
}

function writable(folder: string): readonly string[] {
  return ["--bind", folder, folder];
}

function hidden(folder: string): readonly string[] {
  return ["--tmpfs", folder];
}
