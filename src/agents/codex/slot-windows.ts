/**
 * The two windows of a slot's codex: the server in which it lives, and the screen for a person. Both
 * outlive us; what is needed to go on is kept with the server's.
 */

import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import type { SlotId } from "../../domain/id.ts";
import type { SessionRequest } from "../driver.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { findViews, type Kept, type ViewParts, type ViewWindow } from "../tmux/view-window.ts";

/** What is kept with the window of a server. */
export interface KeptOfServer {
  /** As it was started. */
  readonly agent: string;
  readonly socket: string;
  /** That is spoken in; empty before there is one. */
  readonly thread: string;
  /** The prompt that it was given last, and where its usage began. */
  readonly prompt: string;
  readonly mark: string;
}

export interface SlotWindows {
  readonly slot: SlotId;
  readonly kept: KeptOfServer;
  readonly server: ViewWindow;
  /** `null`: a person has closed it. */
  readonly screen: ViewWindow | null;
}

export type WindowsParts = Omit<ViewParts, "kind">;

export function serverParts(parts: WindowsParts): ViewParts {
  return { ...parts, kind: "codex-server" };
}

export function screenParts(parts: WindowsParts): ViewParts {
  return { ...parts, kind: "codex-screen" };
}

/** Of an earlier temoin, or of this one; a screen whose server is gone is ended. `null`: of all. */
export async function findSlotWindows(
  tmux: TmuxServer,
  parts: WindowsParts,
  slot: SlotId | null,
): Promise<readonly SlotWindows[]> {
  const servers = await findViews(tmux, serverParts(parts), slot);
  const screens = await findViews(tmux, screenParts(parts), slot);
  const found = servers.map((server): SlotWindows => {
    const screen = screens.find(({ slot }) => slot === server.slot) ?? null;
    return { slot: server.slot, kept: readKept(server.kept), server, screen };
  });
  const kept = found.map(({ screen }) => screen);
  await Promise.all(screens.filter((one) => !kept.includes(one)).map((one) => one.close()));
  return found;
}

/** With all processes. Never rejects. */
export async function closeWindows({ server, screen, kept }: SlotWindows): Promise<void> {
  await Promise.all([server.close(), screen?.close()]);
  if (kept.socket !== "") await rm(kept.socket, { force: true });
}

/** The same agent, started in the same way, at the same place. */
export function fingerprintOf({ agent, cwd }: SessionRequest, root: string): string {
  const { name, command, env, autonomy } = agent;
  const parts = [name, command, env, autonomy, cwd, root];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function readKept({ agent = "", socket = "", thread = "", prompt = "", mark = "" }: Kept) {
  return { agent, socket, thread, prompt, mark };
}
