/**
 * What is put into a pane. Invariants: nothing is pasted into a dead pane, which takes a tmux older
 * than 3.4 down, or into copy mode, which would eat it (the guard is one line that tmux carries out
 * at once); no text of a person or an agent ever stands in a command line.
 */

import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Reply } from "./control-client.ts";
import { noFormat, quote } from "./quote.ts";
import type { PaneInput } from "./tmux.ts";

/** What is needed of a pane. */
export interface Inlet {
  readonly id: string;
  /** Why nothing may be put in now; `null`: it may. */
  refusal(): PaneInput | null;
  ask(line: string): Promise<readonly Reply[]>;
}

/** `send-keys -H` takes one argument per byte; more at once is slow (measured: 2,000 are not). */
const typedAtOnce = 500;
/** What the guard prints instead of doing anything. */
const refusal = "REFUSED";

/** As one bracketed paste, if the program has asked for that. */
export async function pasteText(inlet: Inlet, text: string): Promise<PaneInput> {
  const name = `temoin-${randomUUID()}`;
  // Nobody else may look into it, and it is there for a moment only.
  const directory = await mkdtemp(path.join(tmpdir(), "temoin-paste-"));
  try {
    const file = path.join(directory, "text");
    await writeFile(file, text);
    const loaded = readInput(await inlet.ask(`load-buffer -b ${name} ${quote(noFormat(file))}`));
    if (!loaded.done) return loaded;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  // The program may have ended meanwhile, and the wrapper's own terminal would echo the text.
  const pasted =
    inlet.refusal() ?? (await putIn(inlet, `paste-buffer -p -r -d -b ${name} -t ${inlet.id}`));
  if (!pasted.done) await inlet.ask(`delete-buffer -b ${name}`);
  return pasted;
}

export async function pressKeys(inlet: Inlet, names: readonly string[]): Promise<PaneInput> {
  const strange = names.find((name) => !/^[A-Za-z0-9][A-Za-z0-9-]{0,19}$/.test(name));
  if (strange !== undefined) throw new Error(`${JSON.stringify(strange)} is no name of a key`);
  return inlet.refusal() ?? putIn(inlet, `send-keys -t ${inlet.id} ${names.join(" ")}`);
}

/** Byte by byte. When it is not done, a first part may have reached the program. */
export async function typeText(inlet: Inlet, text: string): Promise<PaneInput> {
  const bytes = [...Buffer.from(text, "utf8")].map((byte) => byte.toString(16).padStart(2, "0"));
  for (let at = 0; at < bytes.length; at += typedAtOnce) {
    const piece = bytes.slice(at, at + typedAtOnce).join(" ");
    const input = inlet.refusal() ?? (await putIn(inlet, `send-keys -t ${inlet.id} -H ${piece}`));
    if (!input.done) return input;
  }
  return { done: true };
}

/** Copy mode is left first. */
async function putIn({ id, ask }: Inlet, line: string): Promise<PaneInput> {
  const leave = `if-shell -F -t ${id} ${quote("#{pane_in_mode}")} ${quote(`send-keys -t ${id} -X cancel`)}`;
  const blocked = quote("#{||:#{pane_dead},#{pane_in_mode}}");
  const refuse = quote(`display-message -p ${refusal}`);
  const replies = await ask(`${leave} ; if-shell -F -t ${id} ${blocked} ${refuse} ${quote(line)}`);
  if (replies.some((reply) => reply.lines[0] === refusal)) {
    return { done: false, why: "its window is dead, or a person scrolls in it" };
  }
  return readInput(replies);
}

function readInput(replies: readonly Reply[]): PaneInput {
  const failed = replies.find((reply) => !reply.isOk);
  if (failed === undefined) return { done: true };
  return { done: false, why: `tmux: ${failed.lines.join(" ") || "it refused"}` };
}
