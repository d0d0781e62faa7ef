/**
 * The bytes that a program writes to its terminal, read for what they mean beside text: titles and
 * other OSC sequences, bells, private modes. Nothing is rendered here. One per pane; a sequence may
 * be cut anywhere. What a program writes is bounded: a sequence that is too long is dropped.
 */

import { Buffer } from "node:buffer";

export type StreamMark =
  | { readonly type: "title"; readonly title: string }
  | { readonly type: "osc"; readonly code: number; readonly data: string }
  | { readonly type: "bell" }
  | { readonly type: "mode"; readonly mode: number; readonly isOn: boolean };

/** Longer than any title or state message; a clipboard or an image is none of ours (chosen). */
const longestOscBytes = 4096;
const longestCsiBytes = 64;

const bell = 0x07;
const esc = 0x1b;
/** Both break off any sequence. */
const cancel = 0x18;
const substitute = 0x1a;

type State =
  | "ground"
  | "escape"
  | "csi"
  | "osc"
  /** Everything up to its `ESC \` is its own, other ESCs included: programs tunnel sequences in it. */
  | "dcs"
  /** SOS, PM, APC and a name of a window (`ESC k`): nobody's concern. */
  | "string";

export class PaneStream {
  #state: State = "ground";
  /** Bytes of the sequence that is open; `null`: it is too long, and is skipped to its end. */
  #held: number[] | null = [];
  /** Within a string, after an ESC that may begin its end. */
  #isEnding = false;

  push(bytes: Buffer): readonly StreamMark[] {
    const marks: StreamMark[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (this.#state === "ground") {
        at = this.#skipText(bytes, at, marks);
      } else {
        // The loop's condition says that there is one.
        this.#step(bytes[at] as number, marks);
        at += 1;
      }
    }
    return marks;
  }

  /** In plain text only two bytes matter: they are searched for, not stepped to. */
  #skipText(bytes: Buffer, from: number, marks: StreamMark[]): number {
    const next = bytes.indexOf(esc, from);
    const end = next < 0 ? bytes.length : next;
    for (
      let at = bytes.indexOf(bell, from);
      at >= 0 && at < end;
      at = bytes.indexOf(bell, at + 1)
    ) {
      marks.push({ type: "bell" });
    }
    if (next < 0) return bytes.length;
    this.#state = "escape";
    return next + 1;
  }

  #step(byte: number, marks: StreamMark[]): void {
    switch (this.#state) {
      case "escape":
        this.#begin(byte);
        return;
      case "csi":
        this.#stepCsi(byte, marks);
        return;
      case "osc":
      case "dcs":
      case "string":
        this.#stepString(byte, marks);
        return;
      case "ground":
        return;
    }
  }

  #begin(byte: number): void {
    this.#held = [];
    this.#isEnding = false;
    const kind = String.fromCharCode(byte);
    if (kind === "[") this.#state = "csi";
    else if (kind === "]") this.#state = "osc";
    else if (kind === "P") this.#state = "dcs";
    else if ("X^_k".includes(kind)) this.#state = "string";
    else this.#state = byte === esc ? "escape" : "ground";
  }

  #stepCsi(byte: number, marks: StreamMark[]): void {
    if (byte === esc) {
      this.#state = "escape";
    } else if (byte === cancel || byte === substitute) {
      this.#state = "ground";
    } else if (byte === bell) {
      marks.push({ type: "bell" });
    } else if (byte >= 0x40 && byte <= 0x7e) {
      this.#state = "ground";
      if (this.#held !== null) marks.push(...readModes(this.#held, byte));
    } else {
      this.#hold(byte, longestCsiBytes);
    }
  }

  #stepString(byte: number, marks: StreamMark[]): void {
    if (this.#isEnding) {
      this.#isEnding = false;
      // `ESC \` ends it; an ESC before anything else has cut it off, but for a DCS.
      if (byte === 0x5c) this.#end(marks);
      else if (this.#state !== "dcs") this.#begin(byte);
    } else if (byte === esc) {
      this.#isEnding = true;
    } else if (byte === cancel || byte === substitute) {
      this.#state = "ground";
    } else if (this.#state === "osc") {
      if (byte === bell) this.#end(marks);
      else this.#hold(byte, longestOscBytes);
    }
  }

  #end(marks: StreamMark[]): void {
    const mark = this.#state === "osc" && this.#held !== null ? readOsc(this.#held) : null;
    this.#state = "ground";
    if (mark !== null) marks.push(mark);
  }

  #hold(byte: number, most: number): void {
    if (this.#held === null) return;
    if (this.#held.length < most) this.#held.push(byte);
    else this.#held = null;
  }
}

/** `0;title` and `2;title`, and any other number. */
function readOsc(bytes: readonly number[]): StreamMark | null {
  const text = Buffer.from(bytes).toString("utf8");
  const parts = /^(\d{1,6})(?:;(.*))?$/s.exec(text);
  if (parts === null) return null;
  const code = Number(parts[1]);
  // Whoever shows it to a person must find no control character in it.
  const data = (parts[2] ?? "").replace(/\p{Cc}/gu, "");
  if (code === 0 || code === 2) return { type: "title", title: data };
  return { type: "osc", code, data };
}

/** `?2004h`, `?1049;2004l` */
function readModes(held: readonly number[], final: number): readonly StreamMark[] {
  const isOn = final === 0x68;
  if (!isOn && final !== 0x6c) return [];
  const text = Buffer.from(held).toString("latin1");
  if (!/^\?\d+(;\d+)*$/.test(text)) return [];
  return text
    .slice(1)
    .split(";")
    .map((mode) => ({ type: "mode", mode: Number(mode), isOn }));
}
