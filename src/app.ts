/**
 * The one place where things are put together for a verb. Everything is opened when it is first
 * asked for, so that a command that only looks pays for looking only.
 */

import path from "node:path";
import { findStore } from "./app/find-store.ts";
import { pathsOf } from "./app/places.ts";
import { readProject, writeProject } from "./app/project-store.ts";
import { type Clock, steadyBeside, systemClock } from "./lib/clock.ts";
import type { Caller, Context, Environment, ProjectPlace } from "./operations/context.ts";

export interface AppRequest {
  /** `-C`; relative to the working directory. */
  readonly dir: string;
  readonly env: Environment;
  /** What shows the time of day; default: the clock of the machine. */
  readonly clock?: Clock;
}

export function openApp(request: AppRequest): Context {
  const { env, clock = systemClock } = request;
  const steady = steadyBeside(clock);
  const dir = path.resolve(request.dir);
  const caller = callerOf(env);
  let known: Promise<ProjectPlace> | null = null;
  const place = (): Promise<ProjectPlace> => {
    known ??= import("./app/find-place.ts").then(({ findPlace }) => findPlace(dir, { clock, env }));
    return known;
  };
  const base = { clock, env, caller, place };
  return {
    clock,
    env,
    dir,
    caller,
    place,
    ...readProject(async () => findStore(dir, env) ?? pathsOf(await place()).store, { env }),
    ...writeProject(base),
    async config(flags) {
      const { loadConfig, userConfigDir } = await import("./config/load.ts");
      const { root } = await place();
      return loadConfig({ root, env, userDir: userConfigDir(env), ...(flags ? { flags } : {}) });
    },
    plans: {
      async read(file, content) {
        const { createPlanReader } = await import("./plans/read-plan.ts");
        return createPlanReader().read(file, content);
      },
      async brief(text) {
        const { createPlanReader } = await import("./plans/read-plan.ts");
        return createPlanReader().brief(text);
      },
    },
    async diff(head) {
      const { openDiff } = await import("./app/on-host.ts");
      return openDiff(await place(), env, await this.config(), head);
    },
    async startRun(loaded, options) {
      const { startRun } = await import("./app/start-run.ts");
      return startRun({ clock, env, place: await place(), loaded, options });
    },
    async startDaemon(flags) {
      const { startDaemon } = await import("./app/daemon.ts");
      return startDaemon({ clock: steady, env, place: await place(), flags });
    },
    async checkGates(loaded, names, signal) {
      const { checkGates } = await import("./app/on-host.ts");
      return checkGates({ clock: steady, env, place: await place(), loaded, names, signal });
    },
    async missingAgents(loaded) {
      const { missingAgents } = await import("./app/on-host.ts");
      return missingAgents({ clock: steady, env, place: await place(), loaded });
    },
    async lookAtAgents(agents, signal) {
      const { lookAtAgents } = await import("./app/look-at-agents.ts");
      return lookAtAgents({ clock: steady, env, place: await place(), agents, signal });
    },
    async lookAtTools(role, signal) {
      const { askTools } = await import("./app/ask-tools.ts");
      const { binDir } = await import("./app/drivers.ts");
      const { root } = await place();
      const program = path.join(binDir, "temoin");
      return askTools({ clock: steady, env, root, program, role, signal });
    },
    async proveAgent(agent, { onStep, signal }) {
      const { proveAgent } = await import("./app/prove-agent.ts");
      return proveAgent({ clock: steady, env, place: await place(), agent, onStep, signal });
    },
    async openPlanning(request) {
      const { openPlanning } = await import("./app/planning.ts");
      return openPlanning({ clock: steady, env, place: await place(), ...request });
    },
    async planner() {
      const { findPlanner } = await import("./app/plan-seat.ts");
      return findPlanner(await place());
    },
    async turn(of) {
      const { takeTurn } = await import("./app/take-turn.ts");
      return takeTurn({ clock: steady, env, place: await place() }, of);
    },
    async commandTrouble(command) {
      const { commandTrouble } = await import("./app/command-trouble.ts");
      return commandTrouble(command, { env, root: (await place()).root });
    },
    async agentProof(agent) {
      const { readProof } = await import("./app/agent-proofs.ts");
      return readProof(await place(), agent);
    },
    async probeTmux(how) {
      const { probeTmux } = await import("./app/on-host.ts");
      return probeTmux({ clock: steady, env }, how);
    },
    async clean(how) {
      const { clean } = await import("./app/clean.ts");
      return clean({ clock, steady, env, place: await place(), ...how });
    },
    async serveTools(request) {
      const { serveOnStreams } = await import("./app/serve-on-streams.ts");
      await serveOnStreams({ ...request, context: this, open: openApp });
    },
    async logFile(slot) {
      return pathsOf(await place()).log(slot);
    },
    async attachHints() {
      const { readAttachHints } = await import("./app/attach-file.ts");
      return readAttachHints((await place()).stateDir);
    },
  };
}

/** An agent is started with a token, and all that it starts has it too. */
function callerOf(env: Environment): Caller {
  const token = env["TEMOIN_TOKEN"];
  return token === undefined || token === "" ? { kind: "person" } : { kind: "agent", token };
}
