/**
 * The stream of a tmux client in control mode, as messages. Pure, byte-exact, and indifferent to
 * where the stream is cut.
 *
 * A reply is everything between `%begin T N F` and `%end` or `%error` with the same words: its
 * lines may themselves begin with `%`. Of the bytes of a pane tmux escapes those below 0x20 and the
 * backslash as `\ooo`; all others are raw, and a character of UTF-8 may be cut between two lines.
 */

import { Buffer } from "node:buffer";

export type ControlMessage =
  /** What one command has printed. `isOurs`: not one that tmux ran by itself. */
  | {
      readonly type: "reply";
      readonly isOk: boolean;
      readonly isOurs: boolean;
      readonly lines: readonly string[];
    }
  | { readonly type: "output"; readonly pane: string; readonly bytes: Buffer }
  /** Its output is held back because we are too slow. */
  | { readonly type: "pause"; readonly pane: string }
  | { readonly type: "exit"; readonly reason: string }
  /** Any other: `%window-close @3` has the name `window-close`. */
  | { readonly type: "notice"; readonly name: string; readonly text: string };

/** tmux cuts output at 8 KiB and a screen has short rows: longer is no control mode (chosen). */
const longestLineBytes = 4 * 1024 * 1024;

const lineFeed = 0x0a;
const backslash = 0x5c;
const percent = 0x25;

/** A reply whose end has not come; `guard`: what follows `%begin`, and then `%end` or `%error`. */
interface OpenReply {
  readonly guard: string;
  readonly lines: string[];
}

export class ControlParser {
  #rest: Buffer[] = [];
  #restBytes = 0;
  #reply: OpenReply | null = null;

  /** Throws when the stream cannot be one of control mode. */
  push(chunk: Buffer): readonly ControlMessage[] {
    const messages: ControlMessage[] = [];
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, from);
      if (end < 0) break;
      const line = this.#join(chunk.subarray(from, end));
      from = end + 1;
      const message = this.#read(line);
      if (message !== null) messages.push(message);
    }
    if (from < chunk.length) {
      // A copy: the caller's buffer may be used again.
      this.#rest.push(Buffer.from(chunk.subarray(from)));
      this.#restBytes += chunk.length - from;
      if (this.#restBytes > longestLineBytes) throw new Error("tmux sent a line without an end");
    }
    return messages;
  }

  #join(end: Buffer): Buffer {
    if (this.#rest.length === 0) return end;
    const line = Buffer.concat([...this.#rest, end]);
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #read(line: Buffer): ControlMessage | null {
    if (this.#reply !== null) return this.#readInReply(this.#reply, line);
    // Outside of replies everything begins with `%`; what does not is no message.
    if (line[0] !== percent) return null;
    if (startsWith(line, "%output ")) return readOutput(line, "%output ".length);
    if (startsWith(line, "%extended-output ")) return readExtended(line);
    const text = line.toString("utf8");
    const space = text.indexOf(" ");
    const name = text.slice(1, space < 0 ? undefined : space);
    const rest = space < 0 ? "" : text.slice(space + 1);
    switch (name) {
      case "begin":
        this.#reply = { guard: rest, lines: [] };
        return null;
      case "pause":
        return { type: "pause", pane: rest };
      case "exit":
        return { type: "exit", reason: rest };
      default:
        return { type: "notice", name, text: rest };
    }
  }

  #readInReply({ guard, lines }: OpenReply, line: Buffer): ControlMessage | null {
    const text = line.toString("utf8");
    const isOk = text === `%end ${guard}`;
    if (!isOk && text !== `%error ${guard}`) {
      lines.push(text);
      return null;
    }
    this.#reply = null;
    // TIME NUMBER FLAGS
    return { type: "reply", isOk, isOurs: guard.split(" ")[2] === "1", lines };
  }
}

function startsWith(line: Buffer, word: string): boolean {
  return line.length >= word.length && line.toString("latin1", 0, word.length) === word;
}

/** `%output %7 BYTES` */
function readOutput(line: Buffer, from: number): ControlMessage | null {
  const space = line.indexOf(0x20, from);
  if (space < 0) return null;
  const pane = line.toString("latin1", from, space);
  return { type: "output", pane, bytes: withoutEscapes(line.subarray(space + 1)) };
}

/** `%extended-output %7 AGE … : BYTES` */
function readExtended(line: Buffer): ControlMessage | null {
  const from = "%extended-output ".length;
  const space = line.indexOf(0x20, from);
  const colon = line.indexOf(" : ", from, "latin1");
  if (space < 0 || colon < 0) return null;
  const pane = line.toString("latin1", from, space);
  return { type: "output", pane, bytes: withoutEscapes(line.subarray(colon + 3)) };
}

/** A copy, without the escapes. */
function withoutEscapes(escaped: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(escaped.length);
  let length = 0;
  for (let at = 0; at < escaped.length; ) {
    const next = escaped.indexOf(backslash, at);
    const until = next < 0 ? escaped.length : next;
    length += escaped.copy(bytes, length, at, until);
    if (next < 0) break;
    bytes[length] = Number.parseInt(escaped.toString("latin1", next + 1, next + 4), 8);
    length += 1;
    at = next + 4;
  }
  return bytes.subarray(0, length);
}
