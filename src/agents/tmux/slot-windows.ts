/**
 * The two windows of each slot whose agent lives in a server of its own: that server, and the screen
 * for a person. Both outlive us, and what an earlier temoin has left of a slot is taken up or closed.
 * With the server's window is kept as what it was started (`agent`, by `fingerprintOf`) and which
 * prompt it was given last (`prompt`).
 *
 * Invariant: a server's window is used by one at a time.
 */

import { createHash } from "node:crypto";
import type { SlotId } from "../../domain/id.ts";
import { Mutex } from "../../lib/mutex.ts";
import type { LeftSession, SessionRequest } from "../driver.ts";
import type { ProjectServer } from "./project-server.ts";
import type { TmuxServer } from "./tmux.ts";
import { findViews, type ViewParts, type ViewWindow } from "./view-window.ts";

export interface SlotWindows {
  readonly server: ViewWindow;
  /** `null`: a person has closed it. */
  readonly screen: ViewWindow | null;
}

export interface SlotWindowsParts {
  readonly tmux: ProjectServer;
  readonly server: ViewParts;
  readonly screen: ViewParts;
  /** Of the repository. */
  readonly root: string;
  /** One that was left can be gone on with, as far as what is kept tells. */
  readonly canGoOn: (server: ViewWindow) => boolean;
  /** When both windows are closed. */
  readonly onClosed: (server: ViewWindow) => Promise<void>;
}

export class WindowsOfSlots {
  readonly #parts: SlotWindowsParts;
  /** Panes of servers to which we speak. */
  readonly #used = new Set<string>();
  /** What was left is taken up by one. */
  readonly #oneAtATime = new Mutex();

  constructor(parts: SlotWindowsParts) {
    this.#parts = parts;
  }

  /** Rejects with an AppError. */
  async left(): Promise<readonly LeftSession[]> {
    const { tmux } = this.#parts;
    // Where nobody has left anything, no server is started to say so.
    if (!tmux.isThere) return [];
    const found = await this.#findLeft(await tmux.open(), null);
    return found.map((windows) => ({
      slot: windows.server.slot,
      promptId: windows.server.kept["prompt"] || null,
      pids: () => [...windows.server.pids(), ...(windows.screen?.pids() ?? [])],
      end: () => this.close(windows),
    }));
  }

  /**
   * The slot's windows, if they can be taken up, and then in use; others of the slot are closed.
   * Rejects with an AppError.
   */
  take(tmux: TmuxServer, request: SessionRequest): Promise<SlotWindows | null> {
    return this.#oneAtATime.run(async () => {
      const agent = fingerprintOf(request, this.#parts.root);
      let taken: SlotWindows | null = null;
      for (const windows of await this.#findLeft(tmux, request.slot)) {
        const { server } = windows;
        const isSame = server.kept["agent"] === agent && server.pane.exitCode === null;
        if (isSame && taken === null && this.#parts.canGoOn(server)) {
          taken = windows;
          this.use(server);
        } else await this.close(windows);
      }
      return taken;
    });
  }

  /** One that was opened is ours from here on. */
  use(server: ViewWindow): void {
    this.#used.add(server.pane.id);
  }

  /** With all processes; then it is no longer ours. Never rejects. */
  async close({ server, screen }: SlotWindows): Promise<void> {
    await Promise.all([server.close(), screen?.close()]);
    await this.#parts.onClosed(server);
    this.#used.delete(server.pane.id);
  }

  /** Those to which we do not speak; a screen whose server is gone is ended. `null`: of all slots. */
  async #findLeft(tmux: TmuxServer, slot: SlotId | null): Promise<readonly SlotWindows[]> {
    const servers = await findViews(tmux, this.#parts.server, slot);
    const screens = await findViews(tmux, this.#parts.screen, slot);
    const found = servers.map((server): SlotWindows => {
      const screen = screens.find((one) => one.slot === server.slot) ?? null;
      return { server, screen };
    });
    const kept = found.map(({ screen }) => screen);
    await Promise.all(screens.filter((one) => !kept.includes(one)).map((one) => one.close()));
    return found.filter(({ server }) => !this.#used.has(server.pane.id));
  }
}

/** The same agent, started in the same way, at the same place. */
export function fingerprintOf({ agent, cwd }: SessionRequest, root: string): string {
  const { name, command, env, autonomy } = agent;
  const parts = [name, command, env, autonomy, cwd, root];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
