/** A run in a process of its own: begun by `up`, ended by `down`. */

import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AppError } from "../lib/app-error.ts";
import type { Clock } from "../lib/clock.ts";
import { askJson } from "../lib/json-socket.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import type { Environment, Holder, ProjectPlace } from "../operations/context.ts";
import { findHolder } from "./hold.ts";
import { pathsOf, socketPath } from "./places.ts";

const program = fileURLToPath(new URL("../../bin/temoin", import.meta.url));

/** How often the lock is looked at while somebody begins or ends (chosen). */
const lookMs = 50;
/** A begin that takes longer has gone wrong (chosen: a slow disk and a thousand tasks fit). */
const beginMs = 30_000;

interface DaemonParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
}

/**
 * Resolves when the daemon listens; `null`: its goal was met before it could be seen. Rejects with what
 * it said when it ended before.
 */
export async function startDaemon(
  parts: DaemonParts & { readonly flags: readonly string[]; readonly withinMs?: number },
): Promise<Holder | null> {
  const { clock, env, place, flags, withinMs = beginMs } = parts;
  const paths = pathsOf(place);
  const running = await findHolder(paths);
  if (running !== null) {
    throw new AppError("locked", `temoin runs already: process ${running.pid}.`, {
      hint: "`temoin status` shows what it does; `temoin down` ends it.",
    });
  }
  await makeOwnFolder(place.stateDir);
  await using log = await open(paths.daemonLog, "w");
  const argv = ["-C", place.root, "run", "--no-input", "--daemon", ...flags];
  const child = spawn(program, argv, {
    cwd: place.root,
    detached: true,
    env: { ...env },
    stdio: ["ignore", log.fd, log.fd],
  });
  let exitCode: number | null = null;
  child.once("error", () => {
    exitCode = 1;
  });
  child.once("exit", (code) => {
    exitCode = code ?? 1;
  });
  const socket = socketPath(env, place);
  const until = clock.now() + withinMs;
  while (clock.now() < until) {
    const holder = await findHolder(paths);
    if (holder !== null && (await askJson(socket, { verb: "refresh" })) !== null) {
      child.unref();
      return holder;
    }
    if (exitCode !== null) return endedAtOnce(paths.daemonLog, exitCode);
    await clock.until(clock.now() + lookMs);
  }
  // It goes on: what is slow today may begin yet, and nobody waits for it here.
  child.unref();
  throw new AppError(
    "failed",
    `temoin did not begin within ${withinMs / 1000} s: process ${child.pid} is still beginning.`,
    {
      hint: `\`temoin status\` shows when it works, \`kill ${child.pid}\` ends it; its words are in ${paths.daemonLog}.`,
    },
  );
}

/** A run that is over before it could be seen is no failure when its goal is met. */
async function endedAtOnce(logFile: string, exitCode: number): Promise<null> {
  const words = (await readFile(logFile, "utf8")).trim().split("\n").slice(-5).join("\n");
  if (exitCode === 0) return null;
  throw new AppError("failed", `temoin ended at once with exit code ${exitCode}: ${words}`, {
    hint: `All of its words are in ${logFile}.`,
  });
}

/** Resolves when the holder has let the project go. */
export async function stopHolder(
  parts: DaemonParts & { readonly token: string | null; readonly how: "drain" | "now" },
): Promise<void> {
  const { clock, env, place, token, how } = parts;
  const asked = await askJson(socketPath(env, place), { verb: "stop", token, how });
  const paths = pathsOf(place);
  const holder = await findHolder(paths);
  if (asked === null && holder !== null) {
    throw new AppError("failed", `Process ${holder.pid} holds the project but does not answer.`, {
      hint: `End it by \`kill ${holder.pid}\`; its work is taken up again by the next run.`,
    });
  }
  while ((await findHolder(paths)) !== null) await clock.until(clock.now() + lookMs);
}
