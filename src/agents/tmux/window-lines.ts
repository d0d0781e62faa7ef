/**
 * The lines by which windows are opened and listed, and those who look at them. A window is opened,
 * sized and named for a later process in one line, which tmux carries out at once: there is none
 * that nobody could find again.
 */

import { optionName, readOption, writeOption } from "./pane-options.ts";
import { plainName, quote } from "./quote.ts";
import { type Size, session } from "./start-server.ts";
import type { Viewer, WindowRequest } from "./tmux.ts";
import { wrap } from "./wrapper.ts";

/** By which the processes of a window are found again. */
export const windowMarker = "TEMOIN_WINDOW";

/** Where new windows go, and so where the newest is. */
const last = quote(`=${session}:{end}`);
/** The title stands last, since it may hold anything. */
const title = "pane_title";

/**
 * Its first reply is read by `readOpened`.
 *
 * The size is fixed per window, so that whoever looks at it through a smaller terminal does not
 * redraw the agent: with `window-size manual` for all, `new-window` takes a tmux 3.3a down
 * (measured).
 */
export function openLine(request: WindowRequest, word: string, { cols, rows }: Size): string {
  const format = quote("#{pane_id} #{window_id} #{pane_pid}");
  const options = Object.entries({ ...request.options, word }).map(
    ([name, value]) => `set-option -p -t ${last} ${optionName(name)} ${writeOption(value)}`,
  );
  const name = quote(plainName(request.name));
  return [
    `new-window -d -a -t ${last} -P -F ${format} -n ${name} ${programOf(request, word)}`,
    `set-option -w -t ${last} window-size manual`,
    `resize-window -t ${last} -x ${cols} -y ${rows}`,
    ...options,
  ].join(" ; ");
}

/** Its last reply holds the pid. What the one before it has left on the title is not its end. */
export function restartLine(id: string, program: Program, word: string): string {
  return [
    `respawn-pane -k -t ${id} ${programOf(program, word)}`,
    `set-option -p -t ${id} ${optionName("word")} ${writeOption(word)}`,
    `set-option -p -t ${id} ${optionName("paste")} ${writeOption("off")}`,
    `select-pane -t ${id} -T ""`,
    `display-message -p -t ${id} ${quote("#{pane_pid}")}`,
  ].join(" ; ");
}

type Program = Pick<WindowRequest, "cwd" | "command" | "env">;

/** Its variables and, under the wrapper, itself. */
function programOf({ cwd, command, env }: Program, word: string): string {
  const all = { COLORTERM: "truecolor", ...env, [windowMarker]: word };
  const variables = Object.entries(all).map(([name, value]) => `-e ${quote(`${name}=${value}`)}`);
  return [...variables, ...wrap(word, cwd, command).map(quote)].join(" ");
}

export function readOpened(line: string) {
  const [id = "", window = "", pid = ""] = line.split(" ");
  return { id, window, pid: Number(pid) };
}

/** Every pane of the session with one of its options. */
export function listLine(option: string): string {
  const names = ["pane_id", "window_id", "pane_pid", "pane_dead"];
  const options = ["word", "paste", option].map(optionName);
  const format = [...names, ...options, title].map((name) => `#{${name}}`).join("|");
  return `list-panes -s -t =${session} -F ${quote(format)}`;
}

/** One line of the list; `null`: it was not opened by us, or has died. */
export function readListed(line: string) {
  const [id = "", window = "", pid, dead, word = "", paste = "", value = "", ...rest] =
    line.split("|");
  const own = readOption(word);
  if (own === null || dead === "1") return null;
  const takesPaste = readOption(paste) === "on";
  const facts = { id, window, pid: Number(pid), word: own, takesPaste, title: rest.join("|") };
  return { facts, value: readOption(value) };
}

/** Every client of the server, ours among them. */
export const viewersLine = `list-clients -F ${quote(
  "#{client_control_mode} #{client_readonly} #{window_id} #{client_activity}",
)}`;

/** One line of that; `null`: it is no person's terminal. */
export function readViewer(line: string): Viewer | null {
  const [control, readonly, window = "", activity] = line.split(" ");
  if (control === "1") return null;
  return { canWrite: readonly !== "1", window, lastInputAt: Number(activity) * 1000 };
}
