/**
 * The private files of one launch of Claude Code in a window: settings, scripts, the spool. They lie
 * in the slot's own folder; nothing of the person's own configuration is written, and of it only the
 * status line is read, so that it can be shown as before.
 */

import path from "node:path";
import { AppError } from "../../lib/app-error.ts";
import { isRecord } from "../../lib/json-text.ts";
import { longestSettings, readRegularFile } from "../../lib/text-file.ts";
import { latestScript } from "../hooks/hook-script.ts";
import { hookScriptOf, launchFolder, makeLaunchFolder, spoolOf } from "../hooks/launch-folder.ts";
import { writePrivateFile } from "../private-file.ts";
import type { Launch } from "../terminal/companion.ts";
import {
  type Settings,
  settingsArgument,
  settingsOf,
  statusCommandOf,
  statusLineOf,
} from "./hook-settings.ts";

/** The name of the spool's file that the status line writes. */
export const statusName = "status";

/** What temoin's tools leave in the spool when the agent has been given their list. */
export const listedName = "ToolsListed";

/** As a hook would leave it. */
export function listedOf(launch: Launch): string {
  return path.join(spoolOf(launch, "claude"), `${listedName}.0.0`);
}

/** The path of the settings. Rejects with an AppError. */
export async function writeLaunchFiles(
  launch: Launch,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { cwd } = launch.request;
  const own = await readOwn(launch, cwd);
  const statusLine = statusLineOf([...(await readPersons(env, cwd)), own]);
  const folder = launchFolder(launch, "claude");
  const hook = hookScriptOf(launch, "claude");
  const statusScript = path.join(folder, "status.sh");
  const settings = settingsOf({ hookScript: hook, statusScript, own, statusLine });
  const file = path.join(folder, "settings.json");
  await makeLaunchFolder(launch, "claude", async () => {
    await writePrivateFile(statusScript, latestScript(statusName, statusCommandOf(statusLine)));
    await writePrivateFile(file, `${JSON.stringify(settings, null, 2)}\n`);
  });
  return file;
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
    return parse(await readRegularFile(file, longestSettings));
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
