/**
 * The private files of one launch of Claude Code in a window: settings, scripts, the spool. They lie
 * in the slot's own folder; nothing of the person's own configuration is written, and of it only the
 * status line is read, so that it can be shown as before.
 */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "../../lib/app-error.ts";
import { hookScript, latestScript } from "../hooks/hook-script.ts";
import type { Launch } from "../terminal/companion.ts";
import {
  isRecord,
  type Settings,
  settingsArgument,
  settingsOf,
  statusCommandOf,
  statusLineOf,
} from "./hook-settings.ts";

/** The name of the spool's file that the status line writes. */
export const statusName = "status";

/** Of all launches of the slot. */
function folderOf({ request }: Pick<Launch, "request">): string {
  return path.join(request.privateDir, "claude");
}

function launchFolder(launch: Launch): string {
  return path.join(folderOf(launch), launch.id);
}

export function spoolOf(launch: Launch): string {
  return path.join(launchFolder(launch), "spool");
}

/** The path of the settings. Rejects with an AppError. */
export async function writeLaunchFiles(
  launch: Launch,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { agent, cwd } = launch.request;
  const own = await readOwn(launch, cwd);
  const statusLine = statusLineOf([...(await readPersons(env, cwd)), own]);
  const folder = launchFolder(launch);
  const script = path.join(folder, "hook.sh");
  const statusScript = path.join(folder, "status.sh");
  const settings = settingsOf({ hookScript: script, statusScript, own, statusLine });
  try {
    // A slot has one window: those of its earlier launches are closed.
    await rm(folderOf(launch), { recursive: true, force: true });
    await mkdir(spoolOf(launch), { recursive: true, mode: 0o700 });
    await writePrivate(script, hookScript);
    await writePrivate(statusScript, latestScript(statusName, statusCommandOf(statusLine)));
    const file = path.join(folder, "settings.json");
    await writePrivate(file, `${JSON.stringify(settings, null, 2)}\n`);
    return file;
  } catch (cause) {
    throw new AppError("disk", `Cannot start agent \`${agent.name}\`: cannot write ${folder}.`, {
      cause,
      hint: "Make its directory writable, or free some space on its disk.",
    });
  }
}

/** Never rejects: what is left of it is removed with the next launch. */
export async function removeLaunchFiles(launch: Launch): Promise<void> {
  await rm(launchFolder(launch), { recursive: true, force: true }).catch(() => {
    // As said above.
  });
}

async function writePrivate(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
}

/** Of the agent's own command. */
async function readOwn({ request: { agent } }: Launch, cwd: string): Promise<Settings> {
  const given = settingsArgument(agent.command);
  if (given === null) return {};
  const isJson = given.trimStart().startsWith("{");
  const settings = isJson ? parse(given) : await readSettings(path.resolve(cwd, given));
  if (settings !== null) return settings;
  const what = isJson ? "the settings of its command are no JSON" : `${given} cannot be read`;
  throw new AppError("config", `Cannot start agent \`${agent.name}\`: ${what}.`, {
    hint: `Correct \`--settings\` in \`agents.${agent.name}\` in temoin.yaml.`,
  });
}

/** Those that the CLI reads by itself, in its order. */
async function readPersons(
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<readonly Settings[]> {
  const { CLAUDE_CONFIG_DIR: configured, HOME: home } = env;
  const configDir = configured ?? (home === undefined ? null : path.join(home, ".claude"));
  const files = [
    ...(configDir === null ? [] : [path.join(configDir, "settings.json")]),
    path.join(cwd, ".claude", "settings.json"),
    path.join(cwd, ".claude", "settings.local.json"),
  ];
  const read = await Promise.all(files.map(readSettings));
  return read.filter((settings) => settings !== null);
}

/** `null`: it is not there, or cannot be read, which is for the CLI to say. */
async function readSettings(file: string): Promise<Settings | null> {
  try {
    return parse(await readFile(file, "utf8"));
  } catch {
    return null;
  }
}

function parse(text: string): Settings | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
