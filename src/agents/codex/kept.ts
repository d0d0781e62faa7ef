/** What is needed to go on with a codex that lives in a window, and is kept with that window. */

import type { Kept } from "../tmux/view-window.ts";

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

export function readKept(kept: Kept): KeptOfServer {
  const { agent = "", socket = "", thread = "", prompt = "", mark = "" } = kept;
  return { agent, socket, thread, prompt, mark };
}
