/** Joins the private tmux server of a socket, or starts it. */

import type { Clock } from "../../lib/clock.ts";
import { Server } from "./server.ts";
import { reachSocket, startServer } from "./start-server.ts";
import type { TmuxServer } from "./tmux.ts";
import { findVersion } from "./version.ts";
import { atTerminal } from "./window-environment.ts";

export interface TmuxOptions {
  readonly clock: Clock;
  /** Default: `tmux`. */
  readonly program?: string;
  /** The name of a socket of its own (`-L`), or its path (`-S`). Never the default server's. */
  readonly socket: { readonly name: string } | { readonly path: string };
  /** Of the server, and so of what starts in it; TMUX and TMUX_PANE are taken out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cols?: number;
  readonly rows?: number;
  /** From SIGTERM to SIGKILL when a window is closed. */
  readonly graceMs?: number;
  /** How far tmux may be ahead of us before it skips a window's output. */
  readonly pauseAfterSeconds?: number;
}

/** Enough for every dialog of the agents that were recorded. */
const defaultSize = { cols: 200, rows: 50 };
const defaultGraceMs = 3_000;
const defaultPauseAfterSeconds = 5;
/** Joins the server of that socket, or starts it. Rejects with an AppError. */
export async function openTmux(options: TmuxOptions): Promise<TmuxServer> {
  const { TMUX: _tmux, TMUX_PANE: _pane, ...env } = atTerminal(options.env);
  const { program = "tmux" } = options;
  const reach = { program, env, reach: reachSocket(options.socket) };
  const { text: version } = await findVersion(program, env);
  const { cols, rows } = { ...defaultSize, ...options };
  const isNew = await startServer(reach, { cols, rows });
  const server = new Server({
    graceMs: defaultGraceMs,
    pauseAfterSeconds: defaultPauseAfterSeconds,
    ...options,
    ...reach,
    cols,
    rows,
    version,
  });
  try {
    await server.connect();
    return server;
  } catch (error) {
    // What was there already may hold windows.
    await (isNew ? server.end() : server[Symbol.asyncDispose]());
    throw error;
  }
}
