/**
 * The driver of opencode with a screen: for each slot a server in a window of its own, our client,
 * and opencode's TUI as a second client, in a window for a person. Both speak in one session, both
 * are asked, and the first answer counts.
 */

import { AppError } from "../../lib/app-error.ts";
import { Mutex } from "../../lib/mutex.ts";
import { placesOf } from "../agent-program.ts";
import type { Driver, LeftSession, SessionRequest } from "../driver.ts";
import type { Ear, Line } from "../protocol/line.ts";
import {
  createProtocolDriver,
  defaultGraceMs,
  type ProtocolDriverOptions,
} from "../protocol/protocol-driver.ts";
import { missingTmux } from "../tmux/missing-tmux.ts";
import type { ProjectServer } from "../tmux/project-server.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { findViews, type ViewParts, type ViewWindow } from "../tmux/view-window.ts";
import { Api } from "./api.ts";
import { checkServer } from "./check-server.ts";
import { launchOf } from "./launch.ts";
import { OpencodeLine } from "./line.ts";
import { capabilities } from "./opencode-driver.ts";
import { notThere } from "./server-process.ts";
import {
  fingerprintOf,
  memoryOf,
  openServerWindow,
  serverOf,
  serverView,
} from "./server-window.ts";
import { SessionScreen, screenView } from "./session-screen.ts";
import type { SessionMemory } from "./sessions.ts";

export interface TmuxOpencodeOptions extends ProtocolDriverOptions {
  /** Its owner disposes of it when all sessions are. */
  readonly tmux: ProjectServer;
  /** Windows of other projects are none of ours. */
  readonly project: string;
}

export function createTmuxOpencodeDriver(options: TmuxOpencodeOptions): Driver {
  const slots = new Slots(options);
  const driver = createProtocolDriver(options, {
    capabilities: { ...capabilities, attach: true },
    lineOf: (request) => {
      // Of the line before, whose server may be gone with its window.
      let memory: SessionMemory | null = null;
      return async (ear, signal) => {
        const opened = await slots.open(request, memory, ear, signal);
        memory = opened.memory;
        return opened.line;
      };
    },
  });
  return {
    ...driver,
    async missing(agent) {
      const where = placesOf(agent, options);
      return (await driver.missing(agent)) ?? missingTmux(agent, options.tmux.program, where);
    },
    left: () => slots.left(),
  };
}

interface Windows {
  readonly server: ViewWindow;
  /** `null`: a person has closed it. */
  readonly screen: ViewWindow | null;
}

interface Opened {
  readonly line: Line;
  readonly memory: SessionMemory;
}

class Slots {
  readonly #options: TmuxOpencodeOptions;
  readonly #view: Omit<ViewParts, "kind">;
  /** Panes of servers to which we speak. */
  readonly #used = new Set<string>();
  /** What was left is taken up by one. */
  readonly #oneAtATime = new Mutex();

  constructor(options: TmuxOpencodeOptions) {
    const { clock, project, graceMs = defaultGraceMs } = options;
    this.#options = options;
    this.#view = { clock, project, graceMs };
  }

  async left(): Promise<readonly LeftSession[]> {
    // Where nobody has left anything, no server is started to say so.
    if (!this.#options.tmux.isThere) return [];
    const found = await this.#findLeft(await this.#options.tmux.open());
    return found.map((windows) => ({
      slot: windows.server.slot,
      promptId: memoryOf(windows.server).prompt,
      pids: () => [...windows.server.pids(), ...(windows.screen?.pids() ?? [])],
      end: () => closeAll(windows),
    }));
  }

  /** Takes up what was left of the slot, if that can be gone on with. */
  async open(
    request: SessionRequest,
    before: SessionMemory | null,
    ear: Ear,
    signal: AbortSignal,
  ): Promise<Opened> {
    const tmux = await this.#options.tmux.open();
    const left = await this.#oneAtATime.run(() => this.#takeLeft(tmux, request));
    try {
      if (left !== null) return await this.#openLine(tmux, request, left, true, ear, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ear.tell({ type: "output", text: `${error.message} It is begun anew.\n` });
    }
    const { options } = { options: this.#options };
    const launch = launchOf(request.agent);
    const memory = before ?? { session: null, prompt: null };
    const parts = { tmux, view: this.#view, options, request, launch, memory };
    const server = await openServerWindow(parts, signal);
    this.#used.add(server.pane.id);
    return await this.#openLine(tmux, request, { server, screen: null }, false, ear, signal);
  }

  /** All of it is ended when it rejects. */
  async #openLine(
    tmux: TmuxServer,
    request: SessionRequest,
    windows: Windows,
    isTakenUp: boolean,
    ear: Ear,
    signal: AbortSignal,
  ): Promise<Opened> {
    const { clock } = this.#options;
    const window = windows.server;
    try {
      const launch = launchOf(request.agent);
      const server = serverOf(window);
      if (server === null) throw notThere(request.agent.name, "it does not listen");
      const { url, password } = server;
      const api = new Api({ clock, url, password, directory: request.cwd });
      const facts = await checkServer(api, request.agent, launch);
      const onProblem = (says: string) => ear.tell({ type: "output", text: `${says}\n` });
      const common = { tmux, view: this.#view, options: this.#options, onProblem };
      const screen = new SessionScreen({ ...common, request, launch, server, api }, windows.screen);
      const memory = memoryOf(window);
      const close = async () => {
        await server.close();
        this.#used.delete(window.pane.id);
      };
      const line = new OpencodeLine({
        clock,
        request,
        launch,
        api,
        server: { ...server, close },
        facts,
        memory,
        view: screen,
        ear,
        isTakenUp,
      });
      await line.begin(signal);
      return { line, memory };
    } catch (error) {
      await closeAll(windows);
      this.#used.delete(window.pane.id);
      throw error;
    }
  }

  /** The slot's windows, if they can be taken up; others of the slot are closed. */
  async #takeLeft(tmux: TmuxServer, request: SessionRequest): Promise<Windows | null> {
    const agent = fingerprintOf(request, this.#options.root);
    let taken: Windows | null = null;
    for (const windows of await this.#findLeft(tmux)) {
      const { server } = windows;
      if (server.slot !== request.slot) continue;
      const isSame = server.kept["agent"] === agent && server.pane.exitCode === null;
      if (isSame && taken === null) {
        taken = windows;
        this.#used.add(server.pane.id);
      } else await closeAll(windows);
    }
    return taken;
  }

  /** Those to which we do not speak; a screen whose server is gone is ended. */
  async #findLeft(tmux: TmuxServer): Promise<readonly Windows[]> {
    const servers = await findViews(tmux, serverView(this.#view));
    const screens = await findViews(tmux, screenView(this.#view));
    const orphans = screens.filter(({ slot }) => !servers.some((server) => server.slot === slot));
    await Promise.all(orphans.map((screen) => screen.close()));
    return servers
      .filter((server) => !this.#used.has(server.pane.id))
      .map((server) => {
        const screen = screens.find(({ slot }) => slot === server.slot) ?? null;
        return { server, screen };
      });
  }
}

async function closeAll({ server, screen }: Windows): Promise<void> {
  await Promise.all([server.close(), screen?.close()]);
}
