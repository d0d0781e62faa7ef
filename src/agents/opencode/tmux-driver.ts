/**
 * The driver of opencode with a screen: for each slot a server in a window of its own, our client,
 * and opencode's TUI as a second client, in a window for a person. Both speak in one session, both
 * are asked, and the first answer counts.
 */

import { AppError } from "../../lib/app-error.ts";
import { defaultGraceMs, placesOf } from "../agent-program.ts";
import type { Driver, LeftSession, SessionRequest } from "../driver.ts";
import type { Ear, Line } from "../protocol/line.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { missingTmux } from "../tmux/missing-tmux.ts";
import type { ProjectServer } from "../tmux/project-server.ts";
import { type SlotWindows, WindowsOfSlots } from "../tmux/slot-windows.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import type { ViewParts } from "../tmux/view-window.ts";
import { Api } from "./api.ts";
import { checkServer } from "./check-server.ts";
import { launchOf } from "./launch.ts";
import { OpencodeLine } from "./line.ts";
import { capabilities } from "./opencode-driver.ts";
import { notThere } from "./server-process.ts";
import { memoryOf, openServerWindow, serverOf, serverView } from "./server-window.ts";
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

interface Opened {
  readonly line: Line;
  readonly memory: SessionMemory;
}

class Slots {
  readonly #options: TmuxOpencodeOptions;
  readonly #view: Omit<ViewParts, "kind">;
  readonly #windows: WindowsOfSlots;

  constructor(options: TmuxOpencodeOptions) {
    const { clock, project, tmux, root, graceMs = defaultGraceMs } = options;
    this.#options = options;
    this.#view = { clock, project, graceMs };
    this.#windows = new WindowsOfSlots({
      tmux,
      root,
      server: serverView(this.#view),
      screen: screenView(this.#view),
      canGoOn: () => true,
      onClosed: async () => undefined,
    });
  }

  left(): Promise<readonly LeftSession[]> {
    return this.#windows.left();
  }

  /** Takes up what was left of the slot, if that can be gone on with. */
  async open(
    request: SessionRequest,
    before: SessionMemory | null,
    ear: Ear,
    signal: AbortSignal,
  ): Promise<Opened> {
    const tmux = await this.#options.tmux.open();
    const left = await this.#windows.take(tmux, request);
    try {
      if (left !== null) return await this.#openLine(tmux, request, left, true, ear, signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ear.tell({ type: "output", text: `${error.message} It is begun anew.\n` });
    }
    const launch = launchOf(request.agent);
    const memory = before ?? { session: null, prompt: null };
    const common = { tmux, view: this.#view, options: this.#options, windows: this.#windows };
    const server = await openServerWindow({ ...common, request, launch, memory }, signal);
    return await this.#openLine(tmux, request, { server, screen: null }, false, ear, signal);
  }

  /** All of it is ended when it rejects. */
  async #openLine(
    tmux: TmuxServer,
    request: SessionRequest,
    windows: SlotWindows,
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
      const close = () => this.#windows.close({ server: window, screen: null });
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
      await this.#windows.close(windows);
      throw error;
    }
  }
}
