/**
 * The private folder of one launch of an agent that tells of itself by hooks: the script that they
 * call, and beside it the spool in which the script leaves what they were given.
 */

import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { writePrivateFile } from "../private-file.ts";
import { cannotWrite } from "../start-failure.ts";
import type { Launch } from "../terminal/companion.ts";
import { hookScript } from "./hook-script.ts";

/** The agents of which there is such a folder. */
export type HookedKind = "claude" | "gemini";

/** Of all launches of the slot. */
function folderOf({ request }: Launch, kind: HookedKind): string {
  return path.join(request.privateDir, kind);
}

export function launchFolder(launch: Launch, kind: HookedKind): string {
  return path.join(folderOf(launch, kind), launch.id);
}

export function spoolOf(launch: Launch, kind: HookedKind): string {
  return path.join(launchFolder(launch, kind), "spool");
}

export function hookScriptOf(launch: Launch, kind: HookedKind): string {
  return path.join(launchFolder(launch, kind), "hook.sh");
}

/** `write` puts in what is that agent's alone. Rejects with an AppError where it cannot be written. */
export async function makeLaunchFolder(
  launch: Launch,
  kind: HookedKind,
  write: () => Promise<void>,
): Promise<void> {
  try {
    // A slot has one window: those of its earlier launches are closed.
    await rm(folderOf(launch, kind), { recursive: true, force: true });
    await mkdir(spoolOf(launch, kind), { recursive: true, mode: 0o700 });
    await writePrivateFile(hookScriptOf(launch, kind), hookScript);
    await write();
  } catch (cause) {
    throw cannotWrite(launch.request.agent, launchFolder(launch, kind), cause);
  }
}

/** Never rejects: what is left of it is removed with the next launch. */
export async function removeLaunchFolder(launch: Launch, kind: HookedKind): Promise<void> {
  await rm(launchFolder(launch, kind), { recursive: true, force: true }).catch(() => {
    // As said above.
  });
}
