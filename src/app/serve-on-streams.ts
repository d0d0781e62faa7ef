/** Tools for the agent that has started this process, on its standard streams. */

import { readFile } from "node:fs/promises";
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
  readonly signal: AbortSignal;
}

const spoken = z.object({ token: z.string().min(1), socket: z.string().min(1) });

/** More than such a file has (chosen). */
const mostBytes = 64 * 1024;

export async function serveOnStreams(request: StreamsRequest): Promise<void> {
  const { context, open, role, as, signal } = request;
  const { dir, env } = context;
  const caller = as === null ? context : open({ dir, env: { ...env, ...(await readAs(dir, as)) } });
  await serveTools({
    context: caller,
    role,
    version: await readVersion(),
    input: process.stdin,
    output: process.stdout,
    signal,
    onProblem: (says) => process.stderr.write(`temoin: ${says}\n`),
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
