/**
 * The drivers of the configured agents, constructed. A driver is loaded when the first agent of it
 * is looked at: what nobody uses costs nothing.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { createCommandDriver } from "../agents/command.ts";
import type { Driver, Drivers } from "../agents/driver.ts";
import type { TerminalDriver } from "../agents/terminal/terminal-driver.ts";
import type { ProjectServer } from "../agents/tmux/project-server.ts";
import type { AgentSpec } from "../domain/agent.ts";
import type { Clock } from "../lib/clock.ts";
import type { Mask } from "../lib/mask.ts";
import { makeOwnFolder, socketFolder } from "../lib/private-folder.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import { readAttachHints } from "./attach-file.ts";
import { tmuxSocketPath } from "./places.ts";
import { sandboxed } from "./sandboxed.ts";

export interface DriversRequest {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly agents: readonly AgentSpec[];
  /** Takes secrets out of what is kept of the agents. */
  readonly mask: Mask;
  /** Sessions will be started, and those that an earlier temoin has left are looked for. */
  readonly isForRun: boolean;
  /** There may be windows, of whichever agent; default: where a run has told of some. */
  readonly hasWindows?: boolean;
}

export interface OpenDrivers extends Drivers, AsyncDisposable {}

/** Where `temoin` itself is, for the PATH of agents. */
export const binDir = fileURLToPath(new URL("../../bin", import.meta.url));

/** Starts no process. */
export async function openDrivers(request: DriversRequest): Promise<OpenDrivers> {
  await using stack = new AsyncDisposableStack();
  const windows = stack.use(new Windows(request));
  const parts: DriverParts = { base: baseOf(request), windows };
  const opened = new Map<string, Driver>();
  const { place, agents, isForRun, hasWindows = false } = request;
  for (const agent of agents) {
    const key = keyOf(agent);
    if (!opened.has(key)) opened.set(key, await openDriver(agent, parts));
  }
  // Windows may be left of an agent that is no longer configured.
  const wasThere = isForRun && (hasWindows || (await readAttachHints(place.stateDir)).size > 0);
  // It tells of the windows of all kinds.
  const terminal = await (wasThere ? windows.openTerminal() : windows.terminal);
  const left = terminal === null ? [] : [terminal];
  const all = [...new Set([...opened.values(), ...left])];
  const open = stack.move();
  return {
    all,
    of(agent) {
      const driver = opened.get(keyOf(agent));
      if (driver === undefined) throw new Error(`no driver ${keyOf(agent)} was constructed`);
      if (agent.sandbox === undefined) return driver;
      const { clock, env } = request;
      return sandboxed(driver, { clock, env, place });
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

interface DriverParts {
  readonly base: ReturnType<typeof baseOf>;
  readonly windows: Windows;
}

function keyOf({ driver, transport }: AgentSpec): string {
  return `${driver}/${transport}`;
}

/** One case for each row of `config/driver-table.ts`. */
async function openDriver(agent: AgentSpec, { base, windows }: DriverParts): Promise<Driver> {
  switch (keyOf(agent)) {
    case "command/headless":
      return createCommandDriver(base);
    case "terminal/tmux":
      return await windows.openTerminal();
    case "amp/tmux":
    case "antigravity/tmux":
      return await windows.openTerminal();
    case "amp/headless": {
      const { createAmpHeadless } = await import("../agents/amp/amp-headless.ts");
      return createAmpHeadless(base);
    }
    case "antigravity/headless": {
      const file = await import("../agents/antigravity/antigravity-headless.ts");
      return file.createAntigravityHeadless(base);
    }
    case "claude/tmux": {
      const { claudeKind } = await import("../agents/claude/claude-tmux.ts");
      const terminal = await windows.openTerminal();
      return terminal.driverOf(claudeKind({ ...base, isRoot: process.getuid?.() === 0 }));
    }
    case "acp/acp": {
      const { createAcpDriver } = await import("../agents/acp/acp-driver.ts");
      const { toolPatience } = await import("../agents/claude/tool-config.ts");
      // The protocol does not tell whether a server has started. To other agents it means nothing.
      return createAcpDriver({ ...base, envOf: () => toolPatience });
    }
    case "gemini/tmux": {
      const { geminiKind } = await import("../agents/gemini/gemini-tmux.ts");
      return (await windows.openTerminal()).driverOf(geminiKind(base));
    }
    case "gemini/acp":
    case "gemini/headless": {
      const { createGeminiAcp } = await import("../agents/gemini/gemini-acp.ts");
      return createGeminiAcp(base);
    }
    case "claude/headless": {
      const { createClaudeHeadless } = await import("../agents/claude/claude-headless.ts");
      return createClaudeHeadless({ ...base, isRoot: process.getuid?.() === 0 });
    }
    case "codex/tmux": {
      const { createTmuxCodexDriver } = await import("../agents/codex/tmux-driver.ts");
      return createTmuxCodexDriver({ ...base, ...(await windows.openShared()) });
    }
    case "codex/headless": {
      const { createHeadlessCodexDriver } = await import("../agents/codex/headless.ts");
      return createHeadlessCodexDriver(base);
    }
    case "opencode/tmux": {
      const { createTmuxOpencodeDriver } = await import("../agents/opencode/tmux-driver.ts");
      return createTmuxOpencodeDriver({ ...base, ...(await windows.openShared()) });
    }
    case "opencode/headless": {
      const { createOpencodeDriver } = await import("../agents/opencode/opencode-driver.ts");
      return createOpencodeDriver(base);
    }
    default:
      throw new Error(`there is no driver ${keyOf(agent)}`);
  }
}

function baseOf({ clock, env, place, mask }: DriversRequest) {
  return { clock, root: place.root, binDir, env: agentBase(env), mask };
}

/** All windows are in one tmux server of the project, for whichever driver. */
class Windows implements AsyncDisposable {
  readonly #request: DriversRequest;
  #server: Promise<ProjectServer> | null = null;
  #terminal: Promise<TerminalDriver> | null = null;

  constructor(request: DriversRequest) {
    this.#request = request;
  }

  /** What a driver needs that opens windows. */
  async openShared() {
    const { env, place } = this.#request;
    this.#server ??= this.#openServer();
    const socketDir = path.dirname(tmuxSocketPath(env, place));
    return { tmux: await this.#server, project: place.id, socketDir };
  }

  /** `null`: nobody has a window that is read from its screen. */
  get terminal(): Promise<TerminalDriver> | null {
    return this.#terminal;
  }

  openTerminal(): Promise<TerminalDriver> {
    this.#terminal ??= this.#openTerminal();
    return this.#terminal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever has asked for it was told why there is none.
    const server = await this.#server?.catch(() => null);
    await server?.[Symbol.asyncDispose]();
  }

  async #openServer(): Promise<ProjectServer> {
    const { clock, env, place, isForRun } = this.#request;
    const { ProjectServer } = await import("../agents/tmux/project-server.ts");
    const socket = { path: tmuxSocketPath(env, place) };
    // Another user's server would be told of our agents, and could name us any process to end.
    if (isForRun) await makeOwnFolder(path.dirname(socket.path), socketFolder);
    return new ProjectServer({ clock, env: agentBase(env), socket });
  }

  async #openTerminal(): Promise<TerminalDriver> {
    const { createTerminalDriver } = await import("../agents/terminal/terminal-driver.ts");
    return createTerminalDriver({ ...baseOf(this.#request), ...(await this.openShared()) });
  }
}

/** Ours, without what says in which slot of another temoin this one runs. */
export function agentBase(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("TEMOIN_")));
}
