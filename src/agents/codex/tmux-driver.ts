/**
 * The driver `codex` with a screen: for each slot an app-server in a window of its own, our client
 * on its socket, and codex's TUI as a second client, in a window for a person. Both speak in one
 * thread, both are asked, and the first answer counts.
 */

import { rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../../lib/app-error.ts";
import { defaultGraceMs, placesOf } from "../agent-program.ts";
import type { Driver, LeftSession, SessionRequest } from "../driver.ts";
import type { Ear, Line } from "../protocol/line.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { missingTmux } from "../tmux/missing-tmux.ts";
import type { ProjectServer } from "../tmux/project-server.ts";
import { WindowsOfSlots } from "../tmux/slot-windows.ts";
import type { ViewParts } from "../tmux/view-window.ts";
import { readKept } from "./kept.ts";
import { openScreened, screenView, serverView } from "./screened-codex.ts";

export interface TmuxCodexOptions extends ProtocolDriverOptions {
  /** Its owner disposes of it when all sessions are. */
  readonly tmux: ProjectServer;
  /** Windows of other projects are none of ours. */
  readonly project: string;
  /** For the sockets of the servers: the person's alone, and its path short. */
  readonly socketDir: string;
}

export function createTmuxCodexDriver(options: TmuxCodexOptions): Driver {
  const slots = new Slots(options);
  const driver = createProtocolDriver(options, {
    capabilities: {
      resume: false,
      freshContext: true,
      interrupt: true,
      steer: false,
      usage: true,
      limits: true,
      asks: true,
      attach: true,
    },
    lineOf: (request) => (ear, signal) => slots.open(request, ear, signal),
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

class Slots {
  readonly #options: TmuxCodexOptions;
  readonly #view: Omit<ViewParts, "kind">;
  readonly #windows: WindowsOfSlots;

  constructor(options: TmuxCodexOptions) {
    const { clock, project, tmux, root, socketDir, graceMs = defaultGraceMs } = options;
    this.#options = options;
    this.#view = { clock, project, graceMs };
    this.#windows = new WindowsOfSlots({
      tmux,
      root,
      server: serverView(this.#view),
      screen: screenView(this.#view),
      canGoOn: ({ kept }) => readKept(kept).thread !== "",
      async onClosed({ kept }) {
        const { socket } = readKept(kept);
        // Somebody may have written over what is kept: nothing is removed elsewhere.
        if (path.dirname(socket) === socketDir) await rm(socket, { force: true });
      },
    });
  }

  left(): Promise<readonly LeftSession[]> {
    return this.#windows.left();
  }

  /** Takes up what was left of the slot, if that can be gone on with. */
  async open(request: SessionRequest, ear: Ear, signal: AbortSignal): Promise<Line> {
    const { tmux: shared, socketDir } = this.#options;
    const tmux = await shared.open();
    const common = { tmux, view: this.#view, options: this.#options, socketDir };
    const parts = { ...common, request, ear, signal, windows: this.#windows };
    const left = await this.#windows.take(tmux, request);
    try {
      if (left !== null) return await openScreened({ ...parts, left });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ear.tell({ type: "output", text: `${error.message} It is begun anew.\n` });
    }
    return await openScreened({ ...parts, left: null });
  }
}
