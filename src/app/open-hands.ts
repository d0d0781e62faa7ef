/** The hands of this host, constructed: drivers, workspaces, gates, prompts. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { createCommandDriver } from "../agents/command.ts";
import type { Driver } from "../agents/driver.ts";
import type { TerminalDriver } from "../agents/terminal/terminal-driver.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { DriverName } from "../domain/agent.ts";
import { createGates } from "../gates/command-gate.ts";
import { createSetup } from "../gates/command-setup.ts";
import type { Clock } from "../lib/clock.ts";
import { makePrivate } from "../lib/json-socket.ts";
import type { Environment, ProjectPlace, RunOptions } from "../operations/context.ts";
import { checkTemplate, createPrompts } from "../prompts/create-prompts.ts";
import type { Hands } from "../runner/hands.ts";
import { createWorkspaces } from "../workspaces/create-workspaces.ts";
import { createGit } from "../workspaces/git.ts";
import { excludeState, findTargetBranch, openRepository } from "../workspaces/repository.ts";
import { openTarget } from "../workspaces/target.ts";
import { openAttachFile, readAttachHints } from "./attach-file.ts";
import { pathsOf, tmuxSocketPath, worktreesDir } from "./places.ts";
import type { Tokens } from "./tokens.ts";

export interface OpenHands extends AsyncDisposable {
  /** All but the port and the name, which join it to control. */
  readonly forRunner: Omit<Hands, "port" | "runner">;
  /** Agents whose program is not there, with the sentence that says so. */
  readonly missing: ReadonlyMap<string, string>;
}

export interface HandsRequest {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly loaded: LoadedConfig;
  readonly options: Pick<RunOptions, "onProblem">;
  readonly tokens: Tokens;
  readonly socket: string;
}

/** Where `temoin` itself is, for the PATH of agents. */
const binDir = fileURLToPath(new URL("../../bin", import.meta.url));

/** Read as evidence wherever a project has them. */
const usualReportFiles = ["CLAUDE.md", "AGENTS.md"];

export async function openHands(request: HandsRequest): Promise<OpenHands> {
  const { clock, env, place, loaded, tokens, socket } = request;
  const { config } = loaded;
  const paths = pathsOf(place);
  const repository = await openRepository(place.root, createGit({ clock, env }));
  await excludeState(repository);
  const { completed } = config.log;
  const reportFiles = [
    ...new Set([...usualReportFiles, ...(completed === null ? [] : [completed])]),
  ];
  const branch = await findTargetBranch(repository, config.target);
  const dir = worktreesDir(env);
  const target = openTarget({ repository, branch, dir, unionFiles: reportFiles });
  const { onProblem } = request.options;
  const workspaces = createWorkspaces({ repository, dir, onProblem });
  const promptOptions = {
    style: config.prompts.style,
    template: config.prompts.template,
    target: target.branch,
    gates: config.gates,
    stateDir: ".temoin",
  };
  await checkTemplate(promptOptions);
  const terminal = await openTerminals(request);
  const command = createCommandDriver({ clock, root: place.root, binDir, env: agentBase(env) });
  const drivers: Readonly<Partial<Record<DriverName, Driver>>> =
    terminal === null ? { command } : { command, terminal };
  const gates = createGates({ clock, env: agentBase(env) });
  const slotEnv = (slot: string) => ({ TEMOIN_SLOT: `${place.id}/${slot}` });
  const missing = new Map<string, string>();
  for (const agent of config.agents) {
    const says = await drivers[agent.driver]?.missing(agent);
    if (says !== undefined && says !== null) missing.set(agent.name, says);
  }
  return {
    missing,
    forRunner: {
      clock,
      drivers,
      recordAttach: await openAttachFile({ stateDir: place.stateDir, onProblem }),
      agents: new Map(config.agents.map((agent) => [agent.name, agent])),
      workspaces,
      target,
      gates,
      gateSpecs: config.gates,
      setup: createSetup({ gates, command: config.setup, stampDir: paths.setupStamps }),
      prompts: createPrompts(promptOptions),
      places: paths,
      slotEnv,
      agentEnv: (slot) => ({
        ...slotEnv(slot),
        TEMOIN_SOCKET: socket,
        TEMOIN_TOKEN: tokens.of(slot),
      }),
      reportFiles,
      completedFile: completed,
      onProblem,
    },
    async [Symbol.asyncDispose]() {
      await terminal?.[Symbol.asyncDispose]();
    },
  };
}

/**
 * `null`: no agent needs a terminal, and no earlier temoin has left one; then nothing of it is even
 * loaded.
 */
async function openTerminals(request: HandsRequest): Promise<TerminalDriver | null> {
  const { clock, env, place, loaded } = request;
  const isWanted = loaded.config.agents.some((agent) => agent.driver === "terminal");
  const wasThere = (await readAttachHints(place.stateDir)).size > 0;
  if (!isWanted && !wasThere) return null;
  const { createTerminalDriver } = await import("../agents/terminal/terminal-driver.ts");
  // Another user's server would be told of our agents, and could name us any process to end.
  await makePrivate(path.dirname(tmuxSocketPath(env, place)));
  const socket = { path: tmuxSocketPath(env, place) };
  const base = { clock, root: place.root, binDir, env: agentBase(env) };
  return createTerminalDriver({ ...base, project: place.id, tmux: { socket } });
}

/** Ours, without what says in which slot of another temoin this one runs. */
function agentBase(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("TEMOIN_")));
}
