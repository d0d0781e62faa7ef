/**
 * `opencode serve` in a window of the project's tmux server, where it outlives us. What is needed to
 * go on with it is kept with the window.
 */

import { waitFor } from "../../lib/notifier.ts";
import { findProcess } from "../../lib/process-table.ts";
import type { SessionRequest } from "../driver.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { fingerprintOf, type WindowsOfSlots } from "../tmux/slot-windows.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { openView, type ViewParts, type ViewWindow } from "../tmux/view-window.ts";
import type { Launch } from "./launch.ts";
import {
  equippedEnvironment,
  listenMs,
  newPassword,
  notThere,
  type OpencodeServer,
  readListening,
  serveCommand,
} from "./server-process.ts";
import type { SessionMemory } from "./sessions.ts";

export interface ServerWindowParts {
  readonly tmux: TmuxServer;
  readonly view: Omit<ViewParts, "kind">;
  readonly options: ProtocolDriverOptions;
  readonly request: SessionRequest;
  readonly launch: Launch;
  /** What goes on in the new server, in its own words. */
  readonly memory: Pick<SessionMemory, "session" | "prompt">;
  readonly windows: WindowsOfSlots;
}

export function serverView(view: ServerWindowParts["view"]): ViewParts {
  return { ...view, kind: "opencode-server" };
}

/** In use from its beginning; resolves when it listens. Rejects with an AppError, and with the signal's reason. */
export async function openServerWindow(
  parts: ServerWindowParts,
  signal: AbortSignal,
): Promise<ViewWindow> {
  const { tmux, view, options, request, launch, memory, windows } = parts;
  const { slot, cwd } = request;
  const password = newPassword();
  const window = await openView(
    tmux,
    {
      slot,
      name: `${slot}-server`,
      cwd,
      command: serveCommand(launch, options.root),
      env: await equippedEnvironment(request, password, options),
      kept: {
        agent: fingerprintOf(request, options.root),
        url: "",
        password,
        session: memory.session ?? "",
        prompt: memory.prompt ?? "",
      },
    },
    serverView(view),
  );
  windows.use(window);
  try {
    await window.keep({ url: await untilListening(window, parts, signal) });
    return window;
  } catch (error) {
    await windows.close({ server: window, screen: null });
    throw error;
  }
}

/** `null`: it never came to listen. */
export function serverOf(window: ViewWindow): OpencodeServer | null {
  const { url = "", password = "" } = window.kept;
  if (url === "") return null;
  return {
    url,
    password,
    over: window.over,
    members: () => window.pids().flatMap((pid) => findProcess(pid) ?? []),
    close: () => window.close(),
  };
}

/** What goes on in it. */
export function memoryOf(window: ViewWindow): SessionMemory {
  return {
    get session() {
      return window.kept["session"] || null;
    },
    get prompt() {
      return window.kept["prompt"] || null;
    },
    keep: (session, prompt) => window.keep({ session, prompt: prompt ?? "" }),
  };
}

/** It tells its address as the last line that it prints. */
async function untilListening(
  window: ViewWindow,
  { options: { clock }, request }: ServerWindowParts,
  signal: AbortSignal,
): Promise<string> {
  const until = clock.now() + listenMs;
  let ended: string | null = null;
  const over = window.over.then((why) => {
    ended = why;
  });
  for (;;) {
    const news = Promise.withResolvers<void>();
    using _listening = window.pane.listen(() => news.resolve());
    const rows = await window.words();
    const url = readListening(`${rows.join("\n")}\n`);
    if (url !== null) return url;
    if (ended !== null || clock.now() >= until) {
      const says = rows.at(-1) ?? "";
      const how = ended === null ? null : `${ended}${says === "" ? "" : `: ${says}`}`;
      throw notThere(request.agent.name, how);
    }
    await waitFor({ clock, signal, until }, news.promise, over);
  }
}
