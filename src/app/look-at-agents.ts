/**
 * What can be told of the configured agents without a call of a model: is the program there, in
 * which version, is somebody logged in? Only CLIs that are known are run for it.
 */

import { ownProgram } from "../agents/agent-program.ts";
import { environmentOf } from "../agents/environment.ts";
import { type Login, lookForLogin } from "../agents/login.ts";
import type { AgentSpec } from "../domain/agent.ts";
import { type CliOf, cliOf, compareVersions, findVersion, knownClis } from "../domain/known-cli.ts";
import { askProgram } from "../lib/ask-program.ts";
import type { Clock } from "../lib/clock.ts";
import type { Mask } from "../lib/mask.ts";
import { plainLine } from "../lib/process-text.ts";
import { readTextIfThere } from "../lib/text-file.ts";
import type { AgentLook, Environment, ProjectPlace } from "../operations/context.ts";
import { agentBase, binDir, openDrivers } from "./drivers.ts";
import { openMask } from "./run-mask.ts";

export interface LookParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly agents: readonly AgentSpec[];
  readonly signal: AbortSignal;
  /** How long one look at a CLI may take. */
  readonly answerMs?: number;
}

/** The slowest of the known CLIs takes 2.5 s on a busy machine (measured). */
const defaultAnswerMs = 15_000;

/** In the order of the agents; all at once, as each waits for its own program. */
export async function lookAtAgents(parts: LookParts): Promise<readonly AgentLook[]> {
  const { clock, env, place, agents } = parts;
  const mask = openMask({ env, agents });
  await using drivers = await openDrivers({ clock, env, place, agents, mask, isForRun: false });
  return await Promise.all(
    agents.map(async (agent): Promise<AgentLook> => {
      const says = await drivers.of(agent).missing(agent);
      const missing = says === null ? null : mask.text(says);
      const cli = cliOf(agent);
      const known = { agent: agent.name, missing, kind: cli?.kind ?? null };
      if (missing !== null || cli === null) {
        return { ...known, version: null, versionTrouble: null, login: null };
      }
      return { ...known, ...(await lookAtCli(agent, cli, { ...parts, mask })) };
    }),
  );
}

type CliLook = Pick<AgentLook, "version" | "versionTrouble" | "login">;

async function lookAtCli(
  agent: AgentSpec,
  cli: CliOf,
  parts: LookParts & { readonly mask: Mask },
): Promise<CliLook> {
  const { clock, place, signal, mask, answerMs = defaultAnswerMs } = parts;
  const env = environmentOf(agent, {}, { env: agentBase(parts.env), binDir });
  const ask = ([program, ...args]: CliOf["version"]) =>
    askProgram({
      command: [ownProgram(program, place.root), ...args],
      cwd: place.root,
      env,
      clock,
      signal,
      timeoutMs: answerMs,
    });
  const command = cli.version.join(" ");
  const none = { version: null, login: null };
  const told = await ask(cli.version);
  if (told.kind === "not_started") {
    return { ...none, versionTrouble: `\`${command}\` could not be started: ${told.detail}` };
  }
  if (told.kind !== "answered") {
    const how =
      told.kind === "too_slow" ? `had not ended after ${answerMs / 1000} s` : "was called off";
    return { ...none, versionTrouble: `\`${command}\` ${how}` };
  }
  const line = mask.text(plainLine(told.output, 120));
  if (told.exitCode !== 0) {
    const how = told.exitCode === null ? "was ended by a signal" : `exited with ${told.exitCode}`;
    return { ...none, versionTrouble: `\`${command}\` ${how}${line === "" ? "" : `: ${line}`}` };
  }
  const version = findVersion(told.output.slice(0, 4096));
  if (version === null) {
    return { ...none, versionTrouble: `\`${command}\` names no version: "${line}"` };
  }
  // An old CLI may take words that it does not know for a prompt, and call the model.
  const { proved } = knownClis[cli.kind];
  const canTell = proved !== null && compareVersions(version, proved) >= 0;
  if (!canTell) return { version, versionTrouble: null, login: null };
  const base = cli.version.slice(0, -1) as unknown as CliOf["version"]; // Its first word stays.
  const login = await lookForLogin(cli.kind, {
    env,
    args: agent.command.slice(1),
    async ask(...args) {
      const answer = await ask([...base, ...args]);
      return answer.kind === "answered" ? answer : null;
    },
    // What may not be read tells nothing.
    read: (file) => readTextIfThere(file).catch(() => null),
  });
  return { version, versionTrouble: null, login: login === null ? null : loginLook(login) };
}

function loginLook(login: Login): NonNullable<AgentLook["login"]> {
  switch (login.state) {
    case "logged_in":
      return { isIn: true, says: `logged in ${login.how}`, hint: null };
    case "logged_out":
      return { isIn: false, says: "not logged in", hint: login.hint };
    case "unknown":
      return { isIn: null, says: `login not known: ${login.why}`, hint: null };
  }
}
