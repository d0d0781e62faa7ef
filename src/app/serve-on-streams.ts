/** Tools for the agent that has started this process, on its standard streams. */

import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { ToolRole } from "../domain/rights.ts";
import { AppError } from "../lib/app-error.ts";
import { readRegularFile } from "../lib/text-file.ts";
import { serveTools } from "../mcp/serve-tools.ts";
import type { Context, Environment } from "../operations/context.ts";

export interface StreamsRequest {
  readonly context: Context;
  readonly open: (request: { readonly dir: string; readonly env: Environment }) => Context;
  readonly role: ToolRole;
  /** Relative to the directory of the context. */
  readonly as: string | null;
  /** Relative as well; left when the list has been given. */
  readonly listed: string | null;
  readonly signal: AbortSignal;
}

const spoken = z.object({ token: z.string().min(1), socket: z.string().min(1) });

/** More than such a file has (chosen). */
const mostBytes = 64 * 1024;

export async function serveOnStreams(request: StreamsRequest): Promise<void> {
  const { context, open, role, as, listed, signal } = request;
  const { dir, env } = context;
  const caller = as === null ? context : open({ dir, env: { ...env, ...(await readAs(dir, as)) } });
  const onProblem = (says: string): void => void process.stderr.write(`temoin: ${says}\n`);
  await serveTools({
    context: caller,
    role,
    version: await readVersion(),
    input: process.stdin,
    output: process.stdout,
    signal,
    onListed: () => (listed === null ? Promise.resolve() : leave(path.resolve(dir, listed))),
    onProblem,
  });
}

/** Whole at once, as a spool has it. Never rejects: whoever waits for it goes on without. */
async function leave(file: string): Promise<void> {
  const aside = path.join(path.dirname(file), `.${process.pid}`);
  await writeFile(aside, "{}\n", { mode: 0o600 })
    .then(() => rename(aside, file))
    .catch(() => {
      // Its folder has gone with the launch.
    });
}

async function readVersion(): Promise<string> {
  const file = new URL("../../package.json", import.meta.url);
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
  return version;
}

/** The variables that say who calls. Rejects with an AppError. */
async function readAs(dir: string, file: string): Promise<Environment> {
  const where = path.resolve(dir, file);
  try {
    const { token, socket } = spoken.parse(JSON.parse(await readRegularFile(where, mostBytes)));
    return { TEMOIN_TOKEN: token, TEMOIN_SOCKET: socket };
  } catch (cause) {
    throw new AppError("usage", `Cannot tell from \`${file}\` whom this agent speaks for.`, {
      cause,
      hint: "temoin writes that file when it starts an agent; without `--as` the environment tells.",
    });
  }
}
