/**
 * Agents of `sandbox: bwrap`: the driver is as ever, and what it starts is bubblewrap, which starts
 * the agent. Where that cannot be, the agent does not start at all.
 */

import { lstat, mkdir, realpath, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ownProgram } from "../agents/agent-program.ts";
import type { Driver, SessionRequest } from "../agents/driver.ts";
import {
  cliFolders,
  gitFixed,
  gitWritable,
  readableState,
  sandboxArguments,
} from "../agents/sandbox.ts";
import type { AgentSpec } from "../domain/agent.ts";
import { cliBehind } from "../domain/known-cli.ts";
import { AppError } from "../lib/app-error.ts";
import { askProgram } from "../lib/ask-program.ts";
import type { Clock } from "../lib/clock.ts";
import { makeOwnFolder, socketFolder } from "../lib/private-folder.ts";
import { findProgram } from "../lib/process-path.ts";
import { plainLine } from "../lib/process-text.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import { createGit } from "../workspaces/git.ts";
import { openOwnObjects } from "../workspaces/own-objects.ts";
import { findGitDir, isThere } from "../workspaces/place.ts";
import { findCommonDir } from "../workspaces/repository.ts";
import { reportSocketPath, socketPath, worktreesDir } from "./places.ts";

export interface SandboxParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
}

const program = "bwrap";
/** It does nothing (chosen: a busy machine fits). */
const tryMs = 15_000;

/** A folder above all that is temoin's own. */
const ownRoot = fileURLToPath(new URL("../..", import.meta.url));

export function sandboxed(driver: Driver, parts: SandboxParts): Driver {
  const { env, place } = parts;
  const find = () => findProgram(program, { path: env["PATH"] ?? "", cwd: place.root });
  const missing = async (agent: AgentSpec): Promise<string | null> => {
    if ((await find()).found) return driver.missing(agent);
    return `${cannotStart(agent)} \`${program}\` was not found on PATH. ${howToInstall(agent)}`;
  };
  return {
    capabilities: driver.capabilities,
    missing,
    async start(request, signal) {
      await tryOut(request.agent, parts, signal);
      return await driver.start(await wrap(request, parts), signal);
    },
    ...(driver.left === undefined ? {} : { left: () => driver.left?.() ?? Promise.resolve([]) }),
  };
}

function cannotStart({ name }: AgentSpec): string {
  return `Cannot start agent \`${name}\` in its sandbox:`;
}

function howToInstall({ name }: AgentSpec): string {
  return `Install it (Debian: apt-get install bubblewrap), or set \`agents.${name}.sandbox: none\`.`;
}

/** Rejects with an AppError where this machine lets nobody make a sandbox. */
async function tryOut(
  agent: AgentSpec,
  { clock, env, place }: SandboxParts,
  signal: AbortSignal,
): Promise<void> {
  const told = await askProgram({
    command: [program, "--unshare-user-try", "--unshare-pid", "--ro-bind", "/", "/", "true"],
    cwd: place.root,
    env,
    clock,
    signal,
    timeoutMs: tryMs,
  });
  signal.throwIfAborted();
  if (told.kind === "answered" && told.exitCode === 0) return;
  const why =
    told.kind === "answered"
      ? plainLine(told.output) || `it ended with ${told.exitCode}`
      : told.kind === "not_started"
        ? told.detail
        : "it does not answer";
  throw new AppError("failed", `${cannotStart(agent)} \`${program}\`: ${why}.`, {
    hint: howToInstall(agent),
  });
}

async function wrap(request: SessionRequest, parts: SandboxParts): Promise<SessionRequest> {
  const { agent, cwd, privateDir, slot } = request;
  const { env, place } = parts;
  const [first, ...rest] = agent.command;
  const own = ownProgram(first, place.root);
  const workspace = await realpath(cwd);
  const git = await openGit(parts, workspace, slot);
  const reportSocket = reportSocketPath(env, place);
  await makeOwnFolder(path.dirname(reportSocket), socketFolder);
  const made = [privateDir, ...readableState.map((name) => path.join(place.stateDir, name))];
  for (const folder of made) await mkdir(folder, { recursive: true, mode: 0o700 });
  const home = await realpath(env["HOME"] ?? homedir());
  const found = { ...env, ...request.env, ...agent.env };
  const kind = cliBehind(agent);
  const cliHome = await realHome(agent, found["HOME"] ?? home);
  const cli = kind === null ? [] : cliFolders(kind, found, cliHome);
  // As the CLI would at its first start: within it could not.
  for (const at of cli) if (!at.endsWith(".json")) await mkdir(at, { recursive: true });
  // Links on the way would be followed within, where they may lead nowhere.
  const places = {
    home,
    root: await realpath(place.root),
    stateDir: await realpath(place.stateDir),
    worktrees: await realpath(worktreesDir(env)),
    workspace,
    privateDir: await realpath(privateDir),
    sockets: await realpath(path.dirname(socketPath(env, place))),
    reportSocket: path.join(
      await realpath(path.dirname(reportSocket)),
      path.basename(reportSocket),
    ),
    git,
    readable: [
      ...[ownRoot, path.dirname(process.execPath)],
      ...(own === first ? [] : [await realpath(path.dirname(own))]),
      ...(cliHome === home ? [] : [cliHome]),
    ],
    cli,
  };
  const command = [program, ...sandboxArguments(places), own, ...rest] as const;
  return {
    ...request,
    agent: { ...agent, command },
    env: { ...request.env, TEMOIN_SOCKET: reportSocket, TEMOIN_SANDBOX: program },
  };
}

/** Of its CLI, which may be another one than the person's. */
async function realHome(agent: AgentSpec, home: string): Promise<string> {
  try {
    return await realpath(home);
  } catch (cause) {
    throw new AppError("config", `${cannotStart(agent)} its HOME, ${home}, is not there.`, {
      cause,
      hint: `Make that folder, or set \`agents.${agent.name}.env.HOME\` to another.`,
    });
  }
}

/**
 * `null`: a repository of its own, as for exercises. Rejects with an AppError `repository` where the
 * worktree is not as git has made it.
 */
async function openGit({ clock, env, place }: SandboxParts, cwd: string, slot: string) {
  const isOwn = await lstat(path.join(cwd, ".git")).then(
    (found) => found.isDirectory(),
    // Gone: told below.
    () => false,
  );
  if (isOwn) return null;
  const { commonDir } = await findCommonDir(place.root, createGit({ clock, env }));
  // What an agent has put there may name any folder, which would then be open to it.
  const gitDir = await findGitDir(commonDir, cwd);
  if (gitDir === null) {
    throw new AppError("repository", `\`${cwd}\` is not the worktree that git has made there.`, {
      hint: "Remove it: it is made anew with the next task.",
    });
  }
  for (const names of gitWritable) await mkdir(path.join(commonDir, ...names), { recursive: true });
  for (const name of gitFixed) {
    const file = path.join(gitDir, name);
    if (await isThere(file)) continue;
    // What is not there could be made: it is, and says nothing.
    if (name === "modules") await mkdir(file);
    else await writeFile(file, "");
  }
  return { commonDir, gitDir, ...(await openOwnObjects(commonDir, slot)) };
}
