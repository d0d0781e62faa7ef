/**
 * The window of a slot: opened, found again and closed. What is needed to go on with it is kept
 * with the window itself, as options of its pane; nothing about it is kept anywhere else.
 */

import { createHash, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { SlotId } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import { identify } from "../../lib/process-table.ts";
import { endFamily, type Family, findFamily } from "../../lib/process-tree.ts";
import type { SessionRequest } from "../driver.ts";
import { type EnvironmentParts, environmentOf } from "../environment.ts";
import type { Profile } from "../profile/profile.ts";
import type { Pane, TmuxServer } from "../tmux/tmux.ts";
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

/** Every process of the window has it, also a daemon. */
const markerName = "TEMOIN_PROCESS";

/** Said by the terminal itself: another one's would be a lie. */
const ofTerminal = [
  "TERM",
  "TERMCAP",
  "TERMINFO",
  "TMUX",
  "TMUX_PANE",
  "COLUMNS",
  "LINES",
  "WINDOWID",
];

export class AgentWindow {
  readonly pane: Pane;
  readonly slot: SlotId;
  readonly #family: Family;
  readonly #parts: WindowParts;
  #mark: PromptMark | null;

  constructor(pane: Pane, kept: KeptOptions, parts: WindowParts) {
    this.pane = pane;
    this.slot = kept.slot;
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

export async function openWindow(
  server: TmuxServer,
  { request, profile }: { readonly request: SessionRequest; readonly profile: Profile },
  parts: WindowParts,
): Promise<AgentWindow> {
  const { slot, agent, cwd } = request;
  const process = randomUUID();
  const pane = await server.open({
    name: slot,
    cwd,
    command: commandOf(request, profile, parts),
    env: { ...windowEnvironment(request, profile, parts), [markerName]: process },
    options: {
      project: parts.project,
      slot,
      process,
      agent: fingerprintOf(request, profile, parts),
      name: agent.name,
    },
  });
  const kept = { slot, process, agent: "", mark: null };
  return new AgentWindow(pane, kept, parts);
}

/** All windows of the project that an earlier temoin has left, or this one has opened. */
export async function findWindows(
  server: TmuxServer,
  parts: WindowParts,
): Promise<readonly FoundWindow[]> {
  const panes = await server.find("project", parts.project);
  return Promise.all(
    panes.map(async (pane) => {
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
  { agent, cwd }: SessionRequest,
  profile: Profile,
  { root }: Pick<WindowParts, "root">,
): string {
  const { name, command, env, autonomy } = agent;
  const parts = [name, command, env, autonomy, cwd, root, profile.name, profile.version];
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
  profile: Profile,
  { root }: WindowParts,
): readonly [string, ...string[]] {
  const [program, ...args] = agent.command;
  return [
    // The person's own program, from the person's checkout: not the workspace's copy of it.
    program.includes("/") ? resolve(root, program) : program,
    ...args,
    ...profile.args[agent.autonomy],
  ];
}

function windowEnvironment(
  { agent, env }: SessionRequest,
  profile: Profile,
  parts: EnvironmentParts,
): Readonly<Record<string, string>> {
  const whole = environmentOf(agent, { ...profile.env, ...env }, parts);
  const kept = Object.entries(whole).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !ofTerminal.includes(entry[0]) && !entry[0].startsWith("TERM_"),
  );
  return { COLORTERM: "truecolor", ...Object.fromEntries(kept) };
}
