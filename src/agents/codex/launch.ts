/**
 * How codex is started: what is passed for one launch, so that nothing has to be written into the
 * person's own configuration. Pure.
 */

import type { AgentSpec, Autonomy } from "../../domain/agent.ts";
import { type ToolServer, toolServerMs } from "../tool-server.ts";

/** What `thread/start` is asked for. */
export interface ThreadSettings {
  readonly approvalPolicy: "never" | "on-request" | "untrusted";
  readonly sandbox: "danger-full-access" | "workspace-write" | "read-only";
}

/**
 * Measured on 0.169.0: with `on-request` and `workspace-write` commands run unasked in the sandbox,
 * and what leaves the workspace asks; with `untrusted` every command and every edit asks. `ask` has
 * the same sandbox, since a command that was allowed runs in it too, and in one that is read-only
 * would fail.
 */
const settings: Readonly<Record<Autonomy, ThreadSettings>> = {
  full: { approvalPolicy: "never", sandbox: "danger-full-access" },
  edits: { approvalPolicy: "on-request", sandbox: "workspace-write" },
  ask: { approvalPolicy: "untrusted", sandbox: "workspace-write" },
};

/**
 * It reads by commands: those run unasked where nothing can be written and no socket is reached
 * (0.169.0), and what is to leave that asks.
 */
const reading: ThreadSettings = { approvalPolicy: "on-request", sandbox: "read-only" };

export function settingsOf({ autonomy, readsOnly }: AgentSpec): ThreadSettings {
  return readsOnly === true ? reading : settings[autonomy];
}

/**
 * Without the first, a TUI leaves a daemon behind that outlives everything; the second would stop
 * at a dialog.
 */
const always = ["features.daemon_auto_start=false", "check_for_update_on_startup=false"];

/** A login shell of Debian's sets PATH anew, and does not find `temoin` (0.169.0). */
const plainShell = "allow_login_shell=false";

/** The program, and the options that count for each way of running it. */
export interface Invocation {
  readonly program: string;
  readonly options: readonly string[];
}

/** `app-server` reads no `--model` before it, and says nothing about that (0.169.0). */
export function invocationOf({ command: [program, ...args], readsOnly }: AgentSpec): Invocation {
  const options: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [arg = "", next] = args.slice(at);
    const model = /^--model=(.*)$/.exec(arg)?.[1];
    if (model !== undefined) options.push("-c", modelOption(model));
    else if ((arg === "-m" || arg === "--model") && next !== undefined) {
      options.push("-c", modelOption(next));
      at += 1;
    } else options.push(arg);
  }
  const settings = readsOnly === true ? [...always, plainShell] : always;
  return { program, options: [...options, ...settings.flatMap((each) => ["-c", each])] };
}

/** temoin's tools, for the conversations of this launch; the person's own servers stay. */
export function toolOptions(tools: ToolServer | null): readonly string[] {
  if (tools === null) return [];
  const { name, command, args } = tools;
  const values = { command, args, startup_timeout_sec: toolServerMs / 1_000 };
  // Strings and lists of strings are the same in TOML, but for rare characters.
  const words = Object.entries(values).map(([key, value]) => {
    return `mcp_servers.${name}.${key}=${JSON.stringify(value)}`;
  });
  return words.flatMap((word) => ["-c", word]);
}

/** A TOML string is one of JSON, but for rare characters that no model has in its name. */
function modelOption(model: string): string {
  return `model=${JSON.stringify(model)}`;
}
