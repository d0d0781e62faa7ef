/**
 * The driver `codex` with a screen: for each slot an app-server in a window of its own, our client
 * on its socket, and codex's TUI as a second client, in a window for a person. Both speak in one
 * thread, both are asked, and the first answer counts.
 */

import type { SlotId } from "../../domain/id.ts";
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
import { openScreened } from "./screened-codex.ts";
import {
  closeWindows,
  findSlotWindows,
  fingerprintOf,
  type SlotWindows,
  type WindowsParts,
} from "./slot-windows.ts";

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
  readonly #parts: WindowsParts;
  /** Panes of servers to which we speak. */
  readonly #used = new Set<string>();
  /** What was left is taken up by one. */
  readonly #oneAtATime = new Mutex();

  constructor(options: TmuxCodexOptions) {
    const { clock, project, graceMs = defaultGraceMs } = options;
    this.#options = options;
    this.#parts = { clock, project, graceMs };
  }

  async left(): Promise<readonly LeftSession[]> {
    // Where nobody has left anything, no server is started to say so.
    if (!this.#options.tmux.isThere) return [];
    const found = await this.#findLeft(await this.#options.tmux.open(), null);
    return found.map((windows) => ({
      slot: windows.slot,
      promptId: windows.kept.prompt || null,
      pids: () => [...windows.server.pids(), ...(windows.screen?.pids() ?? [])],
      end: () => closeWindows(windows),
    }));
  }

  /** Takes up what was left of the slot, if that can be gone on with. */
  async open(request: SessionRequest, ear: Ear, signal: AbortSignal): Promise<Line> {
    const { tmux: shared, socketDir } = this.#options;
    const tmux = await shared.open();
    const common = { tmux, windows: this.#parts, options: this.#options, socketDir };
    const onPane = (id: string, isUsed: boolean): void => {
      if (isUsed) this.#used.add(id);
      else this.#used.delete(id);
    };
    const parts = { ...common, request, ear, signal, onPane };
    const left = await this.#oneAtATime.run(() => this.#takeLeft(tmux, request));
    try {
      if (left !== null) return await openScreened({ ...parts, left });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ear.tell({ type: "output", text: `${error.message} It is begun anew.\n` });
    }
    return await openScreened({ ...parts, left: null });
  }

  /** The slot's windows, if they can be taken up; others of the slot are closed. */
  async #takeLeft(tmux: TmuxServer, request: SessionRequest): Promise<SlotWindows | null> {
    const agent = fingerprintOf(request, this.#options.root);
    let taken: SlotWindows | null = null;
    for (const windows of await this.#findLeft(tmux, request.slot)) {
      const { kept, server } = windows;
      const isSame = kept.agent === agent && kept.thread !== "" && server.pane.exitCode === null;
      if (isSame && taken === null) {
        taken = windows;
        this.#used.add(server.pane.id);
      } else await closeWindows(windows);
    }
    return taken;
  }

  /** Those to which we do not speak. */
  async #findLeft(tmux: TmuxServer, slot: SlotId | null): Promise<readonly SlotWindows[]> {
    const found = await findSlotWindows(tmux, this.#parts, slot);
    return found.filter(({ server }) => !this.#used.has(server.pane.id));
  }
}
