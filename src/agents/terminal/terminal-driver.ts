/**
 * The driver `terminal`: any full-screen agent, in a window of the project's own tmux server. What
 * lives in it outlives us.
 */

import type { AgentSpec } from "../../domain/agent.ts";
import type { SlotId } from "../../domain/id.ts";
import { AppError } from "../../lib/app-error.ts";
import { Mutex } from "../../lib/mutex.ts";
import { defaultGraceMs, missingAgent, placesOf } from "../agent-program.ts";
import type { Capabilities, Driver, LeftSession, SessionRequest } from "../driver.ts";
import { loadProfile } from "../profile/load-profile.ts";
import type { Profile } from "../profile/profile.ts";
import { openSessionLog } from "../session-log.ts";
import { missingTmux } from "../tmux/missing-tmux.ts";
import type { ProjectServer } from "../tmux/project-server.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import {
  type AgentWindow,
  findWindows,
  fingerprintOf,
  type Start,
  type WindowParts,
} from "./agent-window.ts";
import type { Companions } from "./companion.ts";
import { TerminalSession } from "./session.ts";

export interface TerminalDriverOptions extends Omit<WindowParts, "graceMs" | "stopMs"> {
  /** How long an interrupted agent has to stop by itself before its window is closed. */
  readonly stopMs?: number;
  /** From SIGTERM to SIGKILL when an agent is ended. */
  readonly graceMs?: number;
  /** Its owner disposes of it when all sessions are. */
  readonly tmux: ProjectServer;
}

/** One kind of agent whose screen is known, and that tells of itself beside it. */
export interface TerminalKind {
  /** The name of its profile, whatever the agent's own settings say. */
  readonly profile: string;
  readonly companions: Companions;
  readonly capabilities: Capabilities;
  /** How long it has to stop by itself, where that takes more than others need. */
  readonly stopMs?: number;
}

export interface TerminalDriver extends Driver {
  /** Of all windows, whichever driver has opened them. */
  left(): Promise<readonly LeftSession[]>;
  /** The driver of one kind, in the same windows; those that are left are told above. */
  driverOf(kind: TerminalKind): Driver;
}

/** Chosen; measured: below 1 s. */
const defaultStopMs = 4_000;

/** What a screen alone makes possible. */
export const screenCapabilities: Capabilities = {
  resume: false,
  freshContext: true,
  interrupt: true,
  steer: false,
  usage: false,
  limits: true,
  asks: true,
  attach: true,
};

/** Sessions are disposed of by whoever has started them. */
export function createTerminalDriver(options: TerminalDriverOptions): TerminalDriver {
  return new Terminals(options);
}

class Terminals implements TerminalDriver {
  readonly capabilities = screenCapabilities;
  readonly #options: TerminalDriverOptions;
  readonly #parts: WindowParts;
  readonly #sessions = new Set<TerminalSession>();
  /** One window is taken up by one session. */
  readonly #oneAtATime = new Mutex();
  readonly #profiles = new Map<string, Promise<Profile>>();

  constructor(options: TerminalDriverOptions) {
    this.#options = options;
    const { graceMs = defaultGraceMs, stopMs = defaultStopMs } = options;
    this.#parts = { ...options, graceMs, stopMs };
  }

  start(request: SessionRequest, signal: AbortSignal): Promise<TerminalSession> {
    return this.#start(request, null, signal);
  }

  driverOf(kind: TerminalKind): Driver {
    return {
      capabilities: kind.capabilities,
      start: (request, signal) => this.#start(request, kind, signal),
      missing: (agent) => this.#missing(agent, kind.profile),
    };
  }

  missing(agent: AgentSpec): Promise<string | null> {
    return this.#missing(agent, agent.profile);
  }

  async #start(
    request: SessionRequest,
    kind: TerminalKind | null,
    signal: AbortSignal,
  ): Promise<TerminalSession> {
    signal.throwIfAborted();
    const profile = await this.#loadProfile(kind?.profile ?? request.agent.profile);
    const server = await this.#options.tmux.open();
    const window = { ...this.#parts, stopMs: kind?.stopMs ?? this.#parts.stopMs };
    const companions = kind?.companions ?? null;
    const start = { request, profile, companions };
    const left = await this.#oneAtATime.run(() => this.#takeLeft(server, start));
    const log = await openSessionLog(request, this.#options);
    const parts = { ...start, server, log, window };
    const session = await TerminalSession.start(parts, left, signal);
    this.#sessions.add(session);
    return session;
  }

  async #missing(agent: AgentSpec, profile: string | null): Promise<string | null> {
    try {
      await this.#loadProfile(profile);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.hint === null ? error.message : `${error.message} ${error.hint}`;
    }
    const where = placesOf(agent, this.#options);
    const { program } = this.#options.tmux;
    return (await missingAgent(agent, this.#options)) ?? (await missingTmux(agent, program, where));
  }

  async left(): Promise<readonly LeftSession[]> {
    // Where nobody has left anything, no server is started to say so.
    if (!this.#options.tmux.isThere) return [];
    const server = await this.#options.tmux.open();
    return (await this.#findLeft(server)).map(({ window }) => ({
      slot: window.slot,
      promptId: window.mark?.id ?? null,
      pids: () => window.pids(),
      end: () => window.close(),
    }));
  }

  /** The slot's window, if it can be taken up; other windows of the slot are closed. */
  async #takeLeft(server: TmuxServer, start: Start): Promise<AgentWindow | null> {
    const agent = fingerprintOf(start, this.#parts);
    let taken: AgentWindow | null = null;
    for (const found of await this.#findLeft(server, start.request.slot)) {
      const isSame = found.agent === agent && found.window.pane.exitCode === null;
      if (isSame && taken === null) taken = found.window;
      else await found.window.close();
    }
    return taken;
  }

  /** Those that no session of ours uses. */
  async #findLeft(server: TmuxServer, slot: SlotId | null = null) {
    for (const session of this.#sessions) if (session.isOver) this.#sessions.delete(session);
    const used = new Set([...this.#sessions].map((session) => session.window?.pane.id));
    const found = await findWindows(server, this.#parts, slot);
    return found.filter(({ window }) => !used.has(window.pane.id));
  }

  /** One for all sessions: it is a value, and its patterns take more room than all else. */
  #loadProfile(name: string | null): Promise<Profile> {
    const profile = name ?? "generic";
    const known = this.#profiles.get(profile);
    if (known !== undefined) return known;
    const loaded = loadProfile({ profile, root: this.#options.root });
    this.#profiles.set(profile, loaded);
    // Its file may have been put right when it is asked for again.
    loaded.catch(() => this.#profiles.delete(profile));
    return loaded;
  }
}
