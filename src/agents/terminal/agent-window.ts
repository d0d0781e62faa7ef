/**
 * The window of a slot: opened, found again and closed. What is needed to go on with it is kept
 * with the window itself, as options of its pane; nothing about it is kept anywhere else.
 */

import { createHash, randomUUID } from "node:crypto";
import { autonomyOf } from "../../domain/autonomy.ts";
import type { SlotId } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import { identify } from "../../lib/process-table.ts";
import { endFamily, type Family, findFamily, markerName } from "../../lib/process-tree.ts";
import { ownProgram } from "../agent-program.ts";
import type { SessionRequest } from "../driver.ts";
import { type EnvironmentParts, environmentOf } from "../environment.ts";
import type { Profile } from "../profile/profile.ts";
import type { Pane, TmuxServer } from "../tmux/tmux.ts";
import { atTerminal, windowEnvironment } from "../tmux/window-environment.ts";
import type { Companions } from "./companion.ts";
import { formatMark, type PromptMark, parseMark, promptOption } from "./prompt-mark.ts";

export interface WindowParts extends EnvironmentParts {
  readonly clock: Clock;
  /** The repository's root: a command with a slash is relative to it. */
  readonly root: string;
  /** Windows of other projects are none of ours. */
  readonly project: string;
  /** How long an interrupted agent has to stop by itself. */
  readonly stopMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

export class AgentWindow {
  readonly pane: Pane;
  readonly slot: SlotId;
  /** Of this life of its program; no other has the same. */
  readonly launchId: string;
  readonly #family: Family;
  readonly #parts: WindowParts;
  #mark: PromptMark | null;

  constructor(pane: Pane, kept: KeptOptions, parts: WindowParts) {
    this.pane = pane;
    this.slot = kept.slot;
    this.launchId = kept.process;
    this.#mark = kept.mark;
    this.#parts = parts;
    const marker = { name: markerName, value: kept.process };
    this.#family = { leader: identify(pane.pid), marker };
  }

  /** The prompt that it was given last. */
  get mark(): PromptMark | null {
    return this.#mark;
  }

  async keep(mark: PromptMark): Promise<void> {
    this.#mark = mark;
    await this.pane.setOption(promptOption, formatMark(mark));
  }

  /** Its processes as they are now. */
  pids(): readonly number[] {
    return findFamily(this.#family).map((row) => row.pid);
  }

  /** Ends it with all its processes, also those that have left the terminal. Never rejects. */
  async close(): Promise<void> {
    const { clock, graceMs } = this.#parts;
    // The processes first: then the window's end surprises nobody, and all are known by then.
    await endFamily(this.#family, { clock, graceMs });
    await this.pane.close().catch(() => {
      // It went with its last process, or its server did.
    });
  }
}

interface KeptOptions {
  readonly slot: SlotId;
  readonly process: string;
  readonly agent: string;
  readonly mark: PromptMark | null;
}

/** How an agent is started. */
export interface Start {
  readonly request: SessionRequest;
  readonly profile: Profile;
  /** What stands beside its screen; `null`: nothing. */
  readonly companions: Companions | null;
}

/** Rejects with an AppError. */
export async function openWindow(
  server: TmuxServer,
  start: Start,
  parts: WindowParts,
): Promise<AgentWindow> {
  const { request, profile, companions } = start;
  const { slot, agent, cwd } = request;
  const process = randomUUID();
  const env = windowEnvironment(
    environmentOf(
      agent,
      { ...profile.env, ...profile.envOf[autonomyOf(agent)], ...request.env },
      { ...parts, env: atTerminal(parts.env ?? globalThis.process.env) },
    ),
  );
  const launch = { request, id: process };
  const extras = (await companions?.prepare(launch, env)) ?? {
    args: profile.args[autonomyOf(agent)],
    env: {},
  };
  let pane: Pane;
  try {
    pane = await server.open({
      name: slot,
      cwd,
      command: commandOf(request, extras.args, parts),
      env: { ...env, ...extras.env, [markerName]: process },
      options: {
        project: parts.project,
        slot,
        process,
        agent: fingerprintOf(start, parts),
        name: agent.name,
      },
    });
  } catch (error) {
    await companions?.forget(launch);
    throw error;
  }
  const kept = { slot, process, agent: "", mark: null };
  return new AgentWindow(pane, kept, parts);
}

/**
 * The windows of the project that an earlier temoin has left, or this one has opened: all, or those
 * of a slot. One list of tmux tells which they are, and only they are asked for more.
 */
export async function findWindows(
  server: TmuxServer,
  parts: WindowParts,
  slot: SlotId | null = null,
): Promise<readonly FoundWindow[]> {
  const panes = await server.find("project", parts.project);
  const ofSlot = new Set(slot === null ? panes : await server.find("slot", slot));
  return Promise.all(
    panes
      .filter((pane) => ofSlot.has(pane))
      .map(async (pane) => {
        const kept = await readOptions(pane);
        return { window: new AgentWindow(pane, kept, parts), agent: kept.agent };
      }),
  );
}

export interface FoundWindow {
  readonly window: AgentWindow;
  /** What it was started with. */
  readonly agent: string;
}

/** The same agent, started in the same way, at the same place. */
export function fingerprintOf(
  { request: { agent, cwd }, profile, companions }: Start,
  { root }: Pick<WindowParts, "root">,
): string {
  const { name, command, env, autonomy } = agent;
  const beside = companions?.version ?? null;
  const parts = [name, command, env, autonomy, cwd, root, profile.name, profile.version, beside];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

async function readOptions(pane: Pane): Promise<KeptOptions> {
  const [slot, process, agent, mark] = await Promise.all(
    ["slot", "process", "agent", promptOption].map((name) => pane.option(name)),
  );
  return {
    // Written by `openWindow` from one; a window without it belongs to no slot and matches none.
    slot: (slot ?? "") as SlotId,
    // Never empty: an empty marker would be that of strangers.
    process: process ?? `unknown-${pane.id}`,
    agent: agent ?? "",
    mark: parseMark(mark ?? null),
  };
}

function commandOf(
  { agent }: SessionRequest,
  added: readonly string[],
  { root }: WindowParts,
): readonly [string, ...string[]] {
  const [program, ...args] = agent.command;
  return [ownProgram(program, root), ...args, ...added];
}
