/**
 * The settings of one launch of Claude Code in a window: its hooks, and the status line that tells
 * the size of the context. They are merged by the CLI with the person's own, whose hooks run beside
 * ours (measured: 2.1.197); of what there can be but one, the person's own is kept. Pure.
 */

import { isRecord } from "../../lib/json-text.ts";
import { callOf } from "../hooks/hook-script.ts";
import { hookNames } from "./hook-words.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** For a script of a few milliseconds on a busy machine (chosen). */
const hookSeconds = 30;
/** A person may take any time to answer: a week. */
const askSeconds = 7 * 24 * 3600;

export interface SettingsParts {
  /** Of the hooks. */
  readonly hookScript: string;
  readonly statusScript: string;
  /** Settings that the agent's own command gives; another `--settings` would replace them. */
  readonly own: Settings;
  /** The status line that the person would see without us; `null`: none. */
  readonly statusLine: Settings | null;
}

export function settingsOf({ hookScript, statusScript, own, statusLine }: SettingsParts): Settings {
  const ownHooks = isRecord(own["hooks"]) ? own["hooks"] : {};
  const ours = hookNames.map((name) => {
    const isAsk = name === "PermissionRequest";
    const command = isAsk ? callOf(hookScript, name, "wait") : callOf(hookScript, name);
    const timeout = isAsk ? askSeconds : hookSeconds;
    const before = Array.isArray(ownHooks[name]) ? ownHooks[name] : [];
    return [name, [...before, { hooks: [{ type: "command", command, timeout }] }]] as const;
  });
  return {
    ...own,
    hooks: { ...ownHooks, ...Object.fromEntries(ours) },
    statusLine: { ...statusLine, type: "command", command: callOf(statusScript) },
  };
}

/** The command that a status line runs; `null`: it has none. */
export function statusCommandOf(statusLine: Settings | null): string | null {
  const command = statusLine?.["command"];
  return typeof command === "string" && command !== "" ? command : null;
}

/** The last of them that has a status line. Those that count most come last. */
export function statusLineOf(settings: readonly Settings[]): Settings | null {
  const lines = settings.map((one) => one["statusLine"]).filter(isRecord);
  return lines.at(-1) ?? null;
}

/** What the arguments of a command give as settings, a file or the JSON itself; `null`: nothing. */
export function settingsArgument(args: readonly string[]): string | null {
  const at = args.lastIndexOf("--settings");
  const apart = at === -1 ? undefined : args[at + 1];
  const joined = args.findLast((arg) => arg.startsWith("--settings="))?.slice("--settings=".length);
  return apart ?? joined ?? null;
}
