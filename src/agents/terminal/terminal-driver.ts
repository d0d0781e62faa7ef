/**
 * The driver `terminal`: any full-screen agent, in a window of a private tmux server that belongs
 * to the project. The server is opened with the first session; what lives in it outlives us.
 */

import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { AgentSpec } from "../../domain/agent.ts";
import { AppError } from "../../lib/app-error.ts";
import { Mutex } from "../../lib/mutex.ts";
import { findProgram } from "../../lib/process-path.ts";
import type { Driver, LeftSession, SessionRequest } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import { loadProfile } from "../profile/load-profile.ts";
import type { Profile } from "../profile/profile.ts";
import { openSessionLog } from "../session-log.ts";
import { missingProgram } from "../start-failure.ts";
import { openTmux } from "../tmux/server.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { type AgentWindow, findWindows, fingerprintOf, type WindowParts } from "./agent-window.ts";
import { TerminalSession } from "./session.ts";

export interface TerminalDriverOptions extends Omit<WindowParts, "graceMs" | "stopMs"> {
  /** How long an interrupted agent has to stop by itself before its window is closed. */
  readonly stopMs?: number;
  /** From SIGTERM to SIGKILL when an agent is ended. */
  readonly graceMs?: number;
  readonly tmux: {
    /** Of the project's own server: the name of its socket (`-L`), or its path (`-S`). */
    readonly socket: { readonly name: string } | { readonly path: string };
    /** Default: `tmux`, looked for on PATH. */
    readonly program?: string;
  };
}

export interface TerminalDriver extends Driver, AsyncDisposable {
  left(): Promise<readonly LeftSession[]>;
}

/** Chosen: enough for a program to save what it holds. */
const defaultGraceMs = 5_000;
/** Chosen; measured: below 1 s. */
const defaultStopMs = 4_000;

/**
 * Disposing ends the server, unless windows are left in it that no session of ours uses. Sessions
 * are disposed of by whoever has started them.
 */
export function createTerminalDriver(options: TerminalDriverOptions): TerminalDriver {
  return new Terminals(options);
}

class Terminals implements TerminalDriver {
  readonly capabilities = {
    resume: false,
    freshContext: true,
    interrupt: true,
    steer: false,
    usage: false,
    limits: true,
    asks: true,
    attach: true,
  } as const;
  readonly #options: TerminalDriverOptions;
  readonly #parts: WindowParts;
  readonly #sessions = new Set<TerminalSession>();
  /** One window is taken up by one session. */
  readonly #oneAtATime = new Mutex();
  readonly #profiles = new Map<string, Promise<Profile>>();
  #server: Promise<TmuxServer> | null = null;

  constructor(options: TerminalDriverOptions) {
    this.#options = options;
    const { graceMs = defaultGraceMs, stopMs = defaultStopMs } = options;
    this.#parts = { ...options, graceMs, stopMs };
  }

  async start(request: SessionRequest, signal: AbortSignal): Promise<TerminalSession> {
    signal.throwIfAborted();
    const profile = await this.#loadProfile(request.agent);
    const server = await this.#open();
    const window = this.#parts;
    const left = await this.#oneAtATime.run(() => this.#takeLeft(server, request, profile));
    const log = await openSessionLog(request, this.#options.clock);
    const parts = { request, profile, server, log, window };
    const session = await TerminalSession.start(parts, left, signal);
    this.#sessions.add(session);
    return session;
  }

  async missing(agent: AgentSpec): Promise<string | null> {
    try {
      await this.#loadProfile(agent);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.hint === null ? error.message : `${error.message} ${error.hint}`;
    }
    const { PATH: path = "" } = environmentOf(agent, {}, this.#options);
    const cwd = this.#options.root;
    const program = await findProgram(agent.command[0], { path, cwd });
    if (!program.found) return missingProgram(agent, program.because);
    const tmux = await findProgram(this.#options.tmux.program ?? "tmux", { path, cwd });
    if (tmux.found) return null;
    return `Cannot start agent \`${agent.name}\`: \`tmux\` was not found on PATH. Install tmux 3.2 or later, or give the agent the driver \`command\`.`;
  }

  async left(): Promise<readonly LeftSession[]> {
    // Where nobody has left anything, no server is started to say so.
    if (this.#server === null && !existsSync(this.#socketPath())) return [];
    const server = await this.#open();
    return (await this.#findLeft(server)).map(({ window }) => ({
      slot: window.slot,
      promptId: window.mark?.id ?? null,
      pids: () => window.pids(),
      end: () => window.close(),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = this.#server;
    if (opened === null) return;
    let server: TmuxServer;
    try {
      server = await opened;
    } catch {
      // It never was there.
      return;
    }
    const windows = await server.find("project", this.#parts.project).catch(() => []);
    if (windows.length === 0) await server.end();
    else await server[Symbol.asyncDispose]();
  }

  /** The slot's window, if it can be taken up; other windows of the slot are closed. */
  async #takeLeft(
    server: TmuxServer,
    request: SessionRequest,
    profile: Profile,
  ): Promise<AgentWindow | null> {
    const agent = fingerprintOf(request, profile, this.#parts);
    let taken: AgentWindow | null = null;
    for (const found of await this.#findLeft(server)) {
      if (found.window.slot !== request.slot) continue;
      const isSame = found.agent === agent && found.window.pane.exitCode === null;
      if (isSame && taken === null) taken = found.window;
      else await found.window.close();
    }
    return taken;
  }

  /** Those that no session of ours uses. */
  async #findLeft(server: TmuxServer) {
    for (const session of this.#sessions) if (session.isOver) this.#sessions.delete(session);
    const used = new Set([...this.#sessions].map((session) => session.window?.pane.id));
    const found = await findWindows(server, this.#parts);
    return found.filter(({ window }) => !used.has(window.pane.id));
  }

  #open(): Promise<TmuxServer> {
    this.#server ??= this.#openAnew();
    return this.#server;
  }

  /** tmux(1): the socket of `-L NAME` lies in a directory of the user's own. */
  #socketPath(): string {
    const { socket } = this.#options.tmux;
    if ("path" in socket) return socket.path;
    const { TMUX_TMPDIR: directory } = this.#options.env ?? process.env;
    return join(directory || "/tmp", `tmux-${userInfo().uid}`, socket.name);
  }

  async #openAnew(): Promise<TmuxServer> {
    const { clock, tmux, env = process.env } = this.#options;
    try {
      const server = await openTmux({ ...tmux, clock, env, graceMs: this.#parts.graceMs });
      void server.gone.then(() => {
        this.#server = null;
      });
      return server;
    } catch (error) {
      // The next session tries again.
      this.#server = null;
      throw error;
    }
  }

  /** One for all sessions: it is a value, and its patterns take more room than all else. */
  #loadProfile(agent: AgentSpec): Promise<Profile> {
    const profile = agent.profile ?? "generic";
    const known = this.#profiles.get(profile);
    if (known !== undefined) return known;
    const loaded = loadProfile({ profile, root: this.#options.root });
    this.#profiles.set(profile, loaded);
    // Its file may have been put right when it is asked for again.
    loaded.catch(() => this.#profiles.delete(profile));
    return loaded;
  }
}
