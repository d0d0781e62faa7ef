/**
 * The project's own tmux server, one for all drivers that open windows in it. It is opened with the
 * first window, and again when it was lost; what lives in it outlives us.
 */

import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import { withoutSecrets } from "../../lib/secret-variables.ts";
import { openTmux, type TmuxOptions } from "./open-tmux.ts";
import type { TmuxServer } from "./tmux.ts";

export interface ProjectServerOptions extends Pick<TmuxOptions, "program" | "socket" | "graceMs"> {
  readonly clock: Clock;
  /** Of the server, which gets it without secrets; default: this process's own. */
  readonly env?: TmuxOptions["env"];
}

export class ProjectServer implements AsyncDisposable {
  /** Looked for on PATH, or a path. */
  readonly program: string;
  readonly #options: ProjectServerOptions;
  #server: Promise<TmuxServer> | null = null;

  /** Starts nothing. */
  constructor(options: ProjectServerOptions) {
    this.#options = options;
    this.program = options.program ?? "tmux";
  }

  /** It is open, or an earlier temoin may have left it: nobody is asked, and nothing is started. */
  get isThere(): boolean {
    return this.#server !== null || existsSync(this.#socketPath());
  }

  /** The same for all who ask, until it is gone. Rejects with an AppError; the next one tries again. */
  open(): Promise<TmuxServer> {
    this.#server ??= this.#open();
    return this.#server;
  }

  /** Ends it, unless windows are left in it, which are for a later temoin. Never rejects. */
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
    const windows = await server.windows().catch(() => []);
    if (windows.length === 0) await server.end();
    else await server[Symbol.asyncDispose]();
  }

  async #open(): Promise<TmuxServer> {
    const { env = process.env } = this.#options;
    try {
      // What the server has, all its windows have; a window is given what its own agent may have.
      const server = await openTmux({ ...this.#options, env: withoutSecrets(env) });
      void server.gone.then(() => {
        this.#server = null;
      });
      return server;
    } catch (error) {
      this.#server = null;
      throw error;
    }
  }

  /** tmux(1): the socket of `-L NAME` lies in a directory of the user's own. */
  #socketPath(): string {
    const { socket, env = process.env } = this.#options;
    if ("path" in socket) return socket.path;
    return join(env["TMUX_TMPDIR"] || "/tmp", `tmux-${userInfo().uid}`, socket.name);
  }
}
