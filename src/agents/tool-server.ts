/**
 * temoin's own tools for an agent: `temoin mcp`, which the agent's CLI starts and ends. Whom it
 * speaks for lies in a private file of the slot: some CLIs hand no environment on, some write what
 * they are told on command lines, which other users of the machine can read.
 */

import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { SlotId } from "../domain/id.ts";
import type { ToolRole } from "../domain/rights.ts";
import { conductorSeat, plannerSeat } from "../domain/seat.ts";
import type { SessionRequest } from "./driver.ts";
import type { EnvironmentParts } from "./environment.ts";
import { writePrivateFile } from "./private-file.ts";
import { cannotWrite } from "./start-failure.ts";

/** How it is started; nothing of it is a secret. */
export interface ToolServer {
  readonly name: typeof toolServerName;
  readonly command: string;
  readonly args: readonly string[];
}

/** By which CLIs name its tools. A server of the person's of that name is not there meanwhile. */
export const toolServerName = "temoin";

/** For its start, on a busy machine (chosen; measured: 0.4 s on an idle one). */
export const toolServerMs = 60_000;

export interface ToolServerParts extends Pick<EnvironmentParts, "binDir"> {
  /** The repository's root. */
  readonly root: string;
}

export interface ToolServerRequest extends ToolServerParts {
  /** A file that the server leaves when it has given the agent its list; absent: none. */
  readonly listed?: string;
}

/** `null`: the agent is to have none, or has nobody to speak to. */
function speakerOf({ agent, env }: SessionRequest) {
  const { TEMOIN_TOKEN: token, TEMOIN_SOCKET: socket } = env;
  if (agent.mcp === false || token === undefined || socket === undefined) return null;
  return { token, socket };
}

export function isGivenTools(request: SessionRequest): boolean {
  return speakerOf(request) !== null;
}

/** `null`: it is given none. Rejects with an AppError. */
export async function prepareToolServer(
  request: SessionRequest,
  { binDir, root, listed }: ToolServerRequest,
): Promise<ToolServer | null> {
  const { slot, agent, privateDir } = request;
  const speaker = speakerOf(request);
  if (speaker === null) return null;
  const { token, socket } = speaker;
  const file = path.join(privateDir, nameFor(token));
  try {
    await mkdir(privateDir, { recursive: true, mode: 0o700 });
    // Those of other terms.
    const before = (await readdir(privateDir)).filter((name) => /^tools\b.*\.json$/.test(name));
    for (const name of before) {
      await rm(path.join(privateDir, name), { recursive: true, force: true });
    }
    await writePrivateFile(file, `${JSON.stringify({ token, socket })}\n`);
  } catch (cause) {
    throw cannotWrite(agent, file, cause);
  }
  const program = path.join(binDir, "temoin");
  const role = roleAt(slot);
  const told = listed === undefined ? [] : ["--listed", listed];
  const args = [program, "mcp", "--role", role, "--as", file, ...told, "-C", root];
  return { name: toolServerName, command: process.execPath, args };
}

/**
 * Another for each token: a server that an agent of an old term starts anew must not find that of the
 * new one. The name tells nothing of the token.
 */
function nameFor(token: string): string {
  return `tools-${createHash("sha256").update(token).digest("hex").slice(0, 12)}.json`;
}

function roleAt(slot: SlotId): ToolRole {
  if (slot === conductorSeat) return "conductor";
  return slot === plannerSeat ? "planner" : "worker";
}

/** As a file of `--mcp-config` and the settings of several CLIs have it. */
export function asMcpServers({ name, command, args }: ToolServer) {
  return { [name]: { command, args } };
}
