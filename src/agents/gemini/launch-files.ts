/**
 * The private home of one launch of Gemini CLI in a window: the person's own settings with our hooks
 * added, and links to all else that the person's own has. The CLI is told of it by GEMINI_CLI_HOME;
 * the person's files stay as they are.
 *
 * Its other way to settings of a launch, GEMINI_CLI_SYSTEM_SETTINGS_PATH, takes only files that
 * belong to root, in folders that all belong to root (measured: 0.61.0): it is of no use to others.
 */

import { readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { isRecord } from "../../lib/json-text.ts";
import { longestSettings, readRegularFile } from "../../lib/text-file.ts";
import { callOf } from "../hooks/hook-script.ts";
import { hookScriptOf, launchFolder, makeLaunchFolder } from "../hooks/launch-folder.ts";
import { writePrivateFile } from "../private-file.ts";
import type { Launch } from "../terminal/companion.ts";
import { asMcpServers, type ToolServer, toolServerMs } from "../tool-server.ts";
import { hookNames } from "./hook-words.ts";
import { seatPolicy } from "./seat-policy.ts";

type Settings = Readonly<Record<string, unknown>>;

/** For a script of a few milliseconds on a busy machine (chosen). */
const hookMs = 30_000;

/** What the CLI keeps of its conversations: ours are not the person's. */
const ownState = ["settings.json", "tmp", "history", "projects.json"];

function policyOf(launch: Launch): string {
  return path.join(launchFolder(launch, "gemini"), "seat.toml");
}

/** What is denied where it sits; after the files are written. */
export function policyArgs(launch: Launch): readonly string[] {
  return launch.request.agent.readsOnly === true ? ["--policy", policyOf(launch)] : [];
}

/**
 * The home. `null`: the person's settings cannot be read, which is for the CLI to say. Rejects with
 * an AppError.
 */
export async function writeLaunchFiles(
  launch: Launch,
  env: Readonly<Record<string, string>>,
  tools: ToolServer | null,
): Promise<string | null> {
  const { GEMINI_CLI_HOME: configured, HOME: home } = env;
  const persons = configured ?? home ?? null;
  const own = persons === null ? {} : await readSettings(geminiFolder(persons));
  if (own === null) return null;
  const ours = path.join(launchFolder(launch, "gemini"), "home");
  const settings = settingsOf(own, hookScriptOf(launch, "gemini"), tools);
  await makeLaunchFolder(launch, "gemini", async () => {
    const file = path.join(geminiFolder(ours), "settings.json");
    await writePrivateFile(file, `${JSON.stringify(settings, null, 2)}\n`);
    if (launch.request.agent.readsOnly === true) {
      await writePrivateFile(policyOf(launch), seatPolicy);
    }
    if (persons !== null) await linkAll(persons, ours);
  });
  return ours;
}

/** The person's hooks come before ours; that they run is shown only where the person wants it. */
export function settingsOf(own: Settings, script: string, tools: ToolServer | null): Settings {
  const ownHooks = isRecord(own["hooks"]) ? own["hooks"] : {};
  const config = isRecord(own["hooksConfig"]) ? own["hooksConfig"] : {};
  const ours = hookNames.map((name) => {
    const before = Array.isArray(ownHooks[name]) ? ownHooks[name] : [];
    const hook = {
      type: "command",
      name: "temoin",
      command: callOf(script, name),
      timeout: hookMs,
    };
    return [name, [...before, { hooks: [hook] }]] as const;
  });
  return {
    ...own,
    hooksConfig: { notifications: false, ...config },
    hooks: { ...ownHooks, ...Object.fromEntries(ours) },
    ...(tools === null ? {} : toolSettings(own, tools)),
  };
}

/** Beside the person's own servers. What is trusted is not asked for: it only speaks to temoin. */
function toolSettings(own: Settings, tools: ToolServer): Settings {
  const servers = isRecord(own["mcpServers"]) ? own["mcpServers"] : {};
  const ours = { ...asMcpServers(tools)[tools.name], trust: true, timeout: toolServerMs };
  const { mcp } = own;
  const allowed = isRecord(mcp) && Array.isArray(mcp["allowed"]) ? mcp["allowed"] : null;
  return {
    mcpServers: { ...servers, [tools.name]: ours },
    ...(allowed === null
      ? {}
      : { mcp: { ...(mcp as Settings), allowed: [...allowed, tools.name] } }),
  };
}

/** JSON with comments, as the CLI takes it. `null`: it is something else. */
export function parseSettings(text: string): Settings | null {
  const plain = text.replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (piece) =>
    piece.startsWith('"') ? piece : "",
  );
  try {
    const value: unknown = JSON.parse(plain);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function geminiFolder(home: string): string {
  return path.join(home, ".gemini");
}

/** Where there are none, nothing is set. */
async function readSettings(folder: string): Promise<Settings | null> {
  let text: string;
  try {
    text = await readRegularFile(path.join(folder, "settings.json"), longestSettings);
  } catch {
    return {};
  }
  return parseSettings(text);
}

async function linkAll(persons: string, ours: string): Promise<void> {
  const names = await namesIn(geminiFolder(persons));
  for (const name of names) {
    if (ownState.includes(name)) continue;
    await symlink(path.join(geminiFolder(persons), name), path.join(geminiFolder(ours), name));
  }
  // Variables for the CLI may stand beside it.
  if ((await namesIn(persons)).includes(".env")) {
    await symlink(path.join(persons, ".env"), path.join(ours, ".env"));
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    // It has never been used: there is nothing to link to.
    return [];
  }
}
