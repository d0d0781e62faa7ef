/** A command of an agent's settings, run as the real ones run it: by a shell, its input as JSON. */

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** What it printed, as JSON; `null`: nothing, or it has failed. */
export async function runHook(
  command: string,
  payload: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<unknown> {
  if (signal?.aborted === true) return null;
  const child = spawn("/bin/sh", ["-c", command], {
    stdio: ["pipe", "pipe", "ignore"],
    // Of its own group: so it is ended with all that it has started.
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  };
  signal?.addEventListener("abort", kill, { once: true });
  child.stdin.on("error", () => {
    // One that reads nothing.
  });
  child.stdin.end(JSON.stringify(payload));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const printed = await text(child.stdout);
  const code = await ended;
  signal?.removeEventListener("abort", kill);
  if (code !== 0 || printed.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(printed);
    return value;
  } catch {
    return null;
  }
}

/** The commands of one event, in their order. */
export function commandsOf(settings: unknown, event: string): readonly string[] {
  const groups = listOf(fieldOf(fieldOf(settings, "hooks"), event));
  return groups
    .flatMap((group) => listOf(fieldOf(group, "hooks")))
    .map((hook) => fieldOf(hook, "command"))
    .filter((command) => typeof command === "string");
}

export function fieldOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
