/**
 * A window in the project's tmux server whose program is spoken to elsewhere: the screen of an agent
 * for a person to look at, or the server in which the agent lives. Nothing is read from it and
 * nothing typed into it unless its driver does so by `pane`.
 *
 * It outlives us. What is needed to go on with it is kept with the window itself, and nowhere else.
 */

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { SlotId } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import { parseJson } from "../../lib/json-text.ts";
import { identify } from "../../lib/process-table.ts";
import { endFamily, type Family, findFamily, markerName } from "../../lib/process-tree.ts";
import type { AttachHint } from "../driver.ts";
import { signalName } from "./signal-name.ts";
import type { Pane, TmuxServer } from "./tmux.ts";
import { windowEnvironment } from "./window-environment.ts";

export interface ViewParts {
  readonly clock: Clock;
  /** Windows of other projects are none of ours. */
  readonly project: string;
  /** The driver and what the window is for, as `codex-server`: others are not found. */
  readonly kind: string;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
}

export interface ViewRequest {
  readonly slot: SlotId;
  /** Shown to a person in the list of windows. */
  readonly name: string;
  readonly cwd: string;
  /** Program and arguments. A program without a slash is looked for on the PATH of `env`. */
  readonly command: readonly [string, ...string[]];
  /** The whole environment; what only a terminal can say is left out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For a later temoin. */
  readonly kept: Kept;
}

/** Names and values of the driver's own. */
export type Kept = Readonly<Record<string, string>>;

/** Enough for the last words of a program (chosen). */
const lastRows = 100;
const ownerOption = "view_of";
const options = { slot: "slot", process: "process", kept: "kept" };

export class ViewWindow {
  readonly slot: SlotId;
  readonly pane: Pane;
  /** How a person looks at it. */
  readonly attach: AttachHint;
  readonly #parts: ViewParts;
  #family: Family;
  #kept: Kept;
  #over: Promise<string>;

  /** For `openView` and `findViews`. */
  constructor(server: TmuxServer, pane: Pane, own: OwnOptions, parts: ViewParts) {
    this.pane = pane;
    this.slot = own.slot;
    this.attach = { socket: server.socket, session: server.session, window: pane.window };
    this.#over = untilOver(pane);
    this.#kept = own.kept;
    this.#parts = parts;
    this.#family = familyOf(pane, own.process);
  }

  /**
   * Resolves with one sentence when its program of now has ended or the window is gone; also when
   * our connection to tmux is gone, or was let go of.
   */
  get over(): Promise<string> {
    return this.#over;
  }

  get kept(): Kept {
    return this.#kept;
  }

  /** Puts these in, and leaves the others as they are. Rejects with an AppError when it is gone. */
  async keep(values: Kept): Promise<void> {
    this.#kept = { ...this.#kept, ...values };
    await this.pane.setOption(options.kept, JSON.stringify(this.#kept));
  }

  /**
   * Another program in the same window, in the place of the one of now, which is ended with all that
   * it has started. Rejects with an AppError when the window is gone.
   */
  async restart({ cwd, command, env }: Pick<ViewRequest, "cwd" | "command" | "env">) {
    const before = this.#family;
    const process = randomUUID();
    await this.pane.setOption(options.process, process);
    await this.pane.restart({ cwd, command, env: markedEnvironment(env, process) });
    this.#family = familyOf(this.pane, process);
    this.#over = untilOver(this.pane);
    const { clock, graceMs } = this.#parts;
    await endFamily(before, { clock, graceMs });
  }

  /** Its processes as they are now. */
  pids(): readonly number[] {
    return findFamily(this.#family).map((row) => row.pid);
  }

  /** What stands on its screen, and just above it: the rows with something in them. */
  async words(): Promise<readonly string[]> {
    const rows = await this.pane.history(lastRows).catch(() => []);
    return rows.map((row) => row.trim()).filter((row) => row !== "");
  }

  /** Ends it with all its processes, also those that have left the terminal. Never rejects. */
  async close(): Promise<void> {
    const { clock, graceMs } = this.#parts;
    await endFamily(this.#family, { clock, graceMs });
    await this.pane.close().catch(() => {
      // It went with its last process, or its server did.
    });
  }
}

interface OwnOptions {
  readonly slot: SlotId;
  readonly process: string;
  readonly kept: Kept;
}

/** Rejects with an AppError. That its program cannot be started is told by `over`. */
export async function openView(
  server: TmuxServer,
  request: ViewRequest,
  parts: ViewParts,
): Promise<ViewWindow> {
  const { slot, name, cwd, command, env, kept } = request;
  const process = randomUUID();
  const pane = await server.open({
    name,
    cwd,
    command,
    env: markedEnvironment(env, process),
    options: {
      [ownerOption]: ownerOf(parts),
      [options.slot]: slot,
      [options.process]: process,
      [options.kept]: JSON.stringify(kept),
    },
  });
  return new ViewWindow(server, pane, { slot, process, kept }, parts);
}

/**
 * Of this project and kind, also those that an earlier temoin has left: all, or those of a slot. One
 * list of tmux tells which they are, and only they are asked for more. Rejects with an AppError.
 */
export async function findViews(
  server: TmuxServer,
  parts: ViewParts,
  slot: SlotId | null = null,
): Promise<readonly ViewWindow[]> {
  const panes = await server.find(ownerOption, ownerOf(parts));
  const ofSlot = new Set(slot === null ? panes : await server.find(options.slot, slot));
  return Promise.all(
    panes
      .filter((pane) => ofSlot.has(pane))
      .map(async (pane) => new ViewWindow(server, pane, await readOptions(pane), parts)),
  );
}

function markedEnvironment(env: ViewRequest["env"], process: string) {
  return { ...windowEnvironment(env), [markerName]: process };
}

function familyOf(pane: Pane, process: string): Family {
  return { leader: identify(pane.pid), marker: { name: markerName, value: process } };
}

function ownerOf({ project, kind }: ViewParts): string {
  return `${project} ${kind}`;
}

async function readOptions(pane: Pane): Promise<OwnOptions> {
  const [slot, process, kept] = await Promise.all([
    pane.option(options.slot),
    pane.option(options.process),
    pane.option(options.kept),
  ]);
  return {
    // Written by `openView` from one; a window without it belongs to no slot and matches none.
    slot: (slot ?? "") as SlotId,
    // Never empty: an empty marker would be that of strangers.
    process: process ?? `unknown-${pane.id}`,
    kept: readKept(parseJson(kept ?? "")),
  };
}

/** Written as such by us; where somebody has written over it, nothing was kept. */
function readKept(value: unknown): Kept {
  return z.record(z.string(), z.string()).safeParse(value).data ?? {};
}

function untilOver(pane: Pane): Promise<string> {
  const over = Promise.withResolvers<string>();
  const listening = pane.listen((event) => {
    if (event.type === "exited") over.resolve(howItEnded(event.exitCode));
    else if (event.type === "gone") over.resolve(event.why);
  });
  void over.promise.then(() => listening[Symbol.dispose]());
  if (pane.exitCode !== null) over.resolve(howItEnded(pane.exitCode));
  return over.promise;
}

function howItEnded(exitCode: number): string {
  const signal = exitCode > 128 ? signalName(exitCode - 128) : null;
  return signal === null
    ? `its program ended with ${exitCode}`
    : `its program was ended by ${signal}`;
}
