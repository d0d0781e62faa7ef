/** The hands of this host, constructed: drivers, workspaces, gates, prompts. */

import type { LoadedConfig } from "../config/load.ts";
import { conductorSeat } from "../domain/seat.ts";
import { awaitRoom } from "../gates/await-room.ts";
import { createGates } from "../gates/command-gate.ts";
import { createSetup } from "../gates/command-setup.ts";
import { loadMatchers } from "../gates/matchers/load-matchers.ts";
import type { Clock } from "../lib/clock.ts";
import type { Mask } from "../lib/mask.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import type { Environment, ProjectPlace, RunOptions } from "../operations/context.ts";
import { checkTemplate, createPrompts } from "../prompts/create-prompts.ts";
import type { Hands } from "../runner/hands.ts";
import { createWorkspaces } from "../workspaces/create-workspaces.ts";
import { createGit } from "../workspaces/git.ts";
import { excludeState, findTargetBranch, openRepository } from "../workspaces/repository.ts";
import { openTarget } from "../workspaces/target.ts";
import { openAttachFile } from "./attach-file.ts";
import { agentBase, openDrivers } from "./drivers.ts";
import { pathsOf, worktreesDir } from "./places.ts";
import type { Tokens } from "./tokens.ts";

export interface OpenHands extends AsyncDisposable {
  /** All but the port and the name, which join it to control. */
  readonly forRunner: Omit<Hands, "port" | "runner">;
  /** Agents whose program is not there, with the sentence that says so. */
  readonly missing: ReadonlyMap<string, string>;
}

export interface HandsRequest {
  /** Time as it passes, beside the time of day. */
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly loaded: LoadedConfig;
  readonly options: Pick<RunOptions, "onProblem">;
  readonly tokens: Tokens;
  /** Takes secrets out of what is kept. */
  readonly mask: Mask;
  readonly socket: string;
}

/** Read as evidence wherever a project has them. */
const usualReportFiles = ["CLAUDE.md", "AGENTS.md"];

export async function openHands(request: HandsRequest): Promise<OpenHands> {
  const { clock, env, place, loaded, tokens, socket, mask } = request;
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
  await makeOwnFolder(dir, { mayBeLink: true });
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
  const { agents } = config;
  const parsers = await loadMatchers(paths.matchers);
  const drivers = await openDrivers({ clock, env, place, agents, mask, isForRun: true });
  const plain = createGates({ clock, env: agentBase(env), mask, parsers });
  const gates = awaitRoom(plain, { clock, onProblem });
  const slotEnv = (slot: string) => ({ TEMOIN_SLOT: `${place.id}/${slot}` });
  const missing = new Map<string, string>();
  for (const agent of config.agents) {
    const says = await drivers.of(agent).missing(agent);
    if (says !== null) missing.set(agent.name, mask.text(says));
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
      conductorEnv: (term) => ({
        ...slotEnv(conductorSeat),
        TEMOIN_SOCKET: socket,
        TEMOIN_TOKEN: tokens.ofTerm(term),
      }),
      reportFiles,
      completedFile: completed,
      mask: (text) => mask.text(text),
      onProblem,
    },
    [Symbol.asyncDispose]: () => drivers[Symbol.asyncDispose](),
  };
}
