/**
 * How a private tmux server comes up: joined when it is there, else started, and set so that it
 * keeps every window and does nothing of its own.
 */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppError } from "../../lib/app-error.ts";
import type { ControlClient } from "./control-client.ts";
import { quote } from "./quote.ts";

/** How a server is reached with the `tmux` program. */
export interface Reach {
  readonly program: string;
  /** `["-L", NAME]` or `["-S", PATH]`. */
  readonly reach: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The one session with all windows. */
export const session = "temoin";

const run = promisify(execFile);
/** It takes 10 ms (measured); after so long it does not come any more (chosen). */
const startMs = 10_000;
/** The longest path of a unix socket that Linux (108) and macOS (104) take, zero included. */
const socketPathBytes = 103;
/** The session must have a window; who comes to it is told that it is nobody's. */
const keeper =
  "printf 'temoin keeps this window open for itself. C-b n: the next agent, C-b d: leave'; exec sleep 2147483647";

export function reachSocket(
  socket: { readonly name: string } | { readonly path: string },
): readonly string[] {
  if ("name" in socket) return ["-L", socket.name];
  if (Buffer.byteLength(socket.path) > socketPathBytes) {
    throw new AppError("failed", `The path of the tmux socket is too long: ${socket.path}.`, {
      hint: `It may have ${socketPathBytes} bytes; set XDG_RUNTIME_DIR or TMUX_TMPDIR to a shorter one.`,
    });
  }
  return ["-S", socket.path];
}

/** Resolves with whether it was not there before. Rejects with an AppError. */
export async function startServer({ program, reach, env }: Reach, size: Size): Promise<boolean> {
  const place = ["-s", session, "-n", "temoin", "-x", String(size.cols), "-y", String(size.rows)];
  try {
    // The user's own configuration is not read: it may bind keys and hooks to anything.
    const { stderr } = await run(
      program,
      ["-u", ...reach, "-f", "/dev/null", "new-session", "-d", ...place, keeper],
      { env: { ...env }, timeout: startMs, cwd: "/" },
    );
    // tmux 3.3a exits with 0 all the same when it cannot make its socket (measured).
    const failed = /^error .*/m.exec(stderr);
    if (failed !== null) throw new Error(failed[0]);
    return true;
  } catch (cause) {
    const says = cause instanceof Error ? cause.message.trim() : String(cause);
    // It is there already: that is the one to join.
    if (says.includes("duplicate session")) return false;
    throw new AppError("failed", `The private tmux server could not be started: ${says}.`, {
      cause,
      hint: "`temoin doctor` tries what this tmux can do.",
    });
  }
}

const settings: readonly (readonly [where: string, name: string, value: string])[] = [
  ["-g", "remain-on-exit", "on"],
  ["-g", "automatic-rename", "off"],
  ["-g", "allow-rename", "off"],
  ["-g", "status", "off"],
  ["-g", "history-limit", "5000"],
  ["-g", "destroy-unattached", "off"],
  ["-g", "monitor-bell", "off"],
  ["-g", "monitor-activity", "off"],
  ["-g", "visual-bell", "off"],
  ["-g", "set-titles", "off"],
  ["-s", "escape-time", "0"],
  ["-s", "exit-empty", "off"],
  ["-s", "set-clipboard", "off"],
];

/** Resolves with what the server is. Rejects when it refuses a setting. */
export async function setUp(client: ControlClient) {
  await Promise.all(settings.map((setting) => client.command(`set-option ${setting.join(" ")}`)));
  // It came with 3.3; without it "Pane is dead" is written over the last screen.
  await client.request('set-option -g remain-on-exit-format ""');
  const [told = ""] = await client.command(`display-message -p ${quote("#{pid} #{socket_path}")}`);
  return { pid: Number(told.split(" ")[0]), socketFile: told.slice(told.indexOf(" ") + 1) };
}
