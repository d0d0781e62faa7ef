/**
 * How a person comes to the windows in which agents work. Each who looks gets a session of their own
 * in the group of the agents' one: it has its own current window, and goes when they leave. The
 * agents' windows keep their size, and run on.
 */

import { execa } from "execa";
import { z } from "zod";
import type { AttachHint } from "../agents/driver.ts";
import type { SlotId } from "../domain/id.ts";
import type { State } from "../domain/state.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import type { Context, Environment } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";

export interface Attachment {
  /** Whose window comes first. */
  readonly slot: SlotId;
  /** To be run at a terminal, by argument vector. */
  readonly command: readonly [string, ...string[]];
}

export const attach: Operation<{ name: string | null; write: boolean }, Attachment> = {
  name: "attach",
  summary: "look at the agents' terminals, or work in one",
  effect: "host",
  input: z.strictObject({ name: someText.nullable(), write: z.boolean() }),
  async run(context, { name, write }) {
    const hints = await context.attachHints();
    const known = await knownSlots(context, hints);
    const wanted = name === null ? [...hints.keys()] : slotsNamed(name, known);
    const slot = wanted.find((one) => hints.has(one));
    const hint = slot === undefined ? undefined : hints.get(slot);
    if (slot === undefined || hint === undefined) throw withoutWindow(name);
    await requireWindow(hint, { slot, env: context.env });
    return { slot, command: attachCommand(hint, write) };
  },
};

interface KnownSlot {
  readonly id: SlotId;
  readonly agent: string;
}

/** Those of the run, and those that have a window. */
async function knownSlots(
  context: Context,
  hints: ReadonlyMap<SlotId, AttachHint>,
): Promise<readonly KnownSlot[]> {
  const state: State = await context.state();
  const ofRun = [...state.slots.values()].map(({ spec }) => ({ id: spec.id, agent: spec.agent }));
  const others = [...hints.keys()].filter((id) => !state.slots.has(id));
  return [...ofRun, ...others.map((id) => ({ id, agent: id.replace(/-\d+$/, "") }))];
}

/** Rejects with `not_found` for a name that nobody has. */
function slotsNamed(name: string, known: readonly KnownSlot[]): readonly SlotId[] {
  const meant = known.filter(({ id, agent }) => id === name || agent === name);
  if (meant.length > 0) return meant.map(({ id }) => id);
  const near = nearest(
    name,
    known.flatMap(({ id, agent }) => [agent, id]),
  );
  throw new AppError("not_found", `The last run has no agent \`${name}\`.`, {
    hint: near === null ? "`temoin status` lists them." : `Did you mean ${near}?`,
  });
}

function withoutWindow(name: string | null): AppError {
  const says =
    name === null
      ? "No agent has a terminal here now."
      : `The agent \`${name}\` has no terminal now.`;
  return new AppError("not_found", says, {
    hint: "One that works in tmux (`temoin agents`) has a window from its first task to the end of the run; `temoin logs AGENT` shows what it has printed.",
  });
}

/** A server that is gone must not be started by looking for it. */
async function requireWindow(
  { socket, session, window }: AttachHint,
  { slot, env }: { readonly slot: SlotId; readonly env: Environment },
): Promise<void> {
  const args = [...socket, "list-windows", "-t", `=${session}`, "-F", "#{window_id}"];
  const { exitCode, stdout } = await execa("tmux", args, { reject: false, env: { ...env } });
  if (exitCode === undefined) {
    throw new AppError("failed", "Cannot start `tmux`: it was not found on PATH.", {
      hint: "Install it, or set PATH so that it is found.",
    });
  }
  if (exitCode === 0 && stdout.split("\n").includes(window)) return;
  const says =
    exitCode === 0
      ? `The window of ${slot} is gone: its agent has ended.`
      : "The tmux server of the agents is gone.";
  throw new AppError("not_found", says, { hint: "`temoin status` tells what became of them." });
}

/** Shown in the viewer's last line; its keys are set for all, as tmux keeps them per server. */
const leave = "C-b n: next · C-b d: leave";

/** A format of tmux: the last line takes one of the rows. */
const partNote =
  "#{?#{||:#{e|<:#{client_width},#{window_width}},#{e|<=:#{client_height},#{window_height}}},a part of it · ,}";

/**
 * Of a window that is larger than the viewer's terminal: the rows down to where the program is
 * writing, and some below. By itself tmux shows the upper left corner of one that hides its cursor.
 */
const rowsAbove = "#{e|-:#{cursor_y},#{e|-:#{client_height},8}}";
const goDown = `#{?#{e|>:${rowsAbove},0},; refresh-client -D ${rowsAbove},}`;
const showCursor = `run-shell -C "refresh-client -U 1000 ${goDown}"`;

/**
 * Measured with tmux 3.3a: a read-only client may not select windows by the usual keys, but may
 * switch itself to one. `-N`: a server that has gone in the meantime is not started anew.
 */
function attachCommand(hint: AttachHint, write: boolean): readonly [string, ...string[]] {
  const mode = write ? "you type, temoin waits" : "read-only";
  const note = `${partNote}${mode} · ${leave}`;
  const steps: readonly (readonly string[])[] = [
    ["bind-key", "n", "switch-client", "-t", ":+"],
    ["bind-key", "p", "switch-client", "-t", ":-"],
    ["new-session", "-t", `=${hint.session}`, "-f", `${write ? "" : "read-only,"}ignore-size`],
    ["set-option", "destroy-unattached", "on"],
    ["set-option", "status", "on"],
    ["set-option", "status-left", ""],
    ["set-option", "status-right-length", "120"],
    ["set-option", "status-right", note],
    ["set-hook", "session-window-changed", showCursor],
    ["set-hook", "client-resized", showCursor],
    ["select-window", "-t", hint.window],
  ];
  const line = steps.flatMap((step, place) => (place === 0 ? step : [";", ...step]));
  return ["tmux", "-N", "-u", ...hint.socket, ...line];
}
