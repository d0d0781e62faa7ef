/** Values that are kept with a pane of tmux, and outlive us: any text, by a plain name. */

import { Buffer } from "node:buffer";

/** As tmux knows it. */
export function optionName(name: string): string {
  if (!/^[a-z_]+$/.test(name)) throw new Error(`${JSON.stringify(name)} is no name of an option`);
  return `@temoin_${name}`;
}

/** Any text, as letters that mean nothing to tmux. */
export function writeOption(value: string): string {
  return `x${Buffer.from(value, "utf8").toString("hex")}`;
}

/** The inverse; what others have written is nothing. */
export function readOption(written: string): string | null {
  return /^x([0-9a-f]{2})*$/.test(written)
    ? Buffer.from(written.slice(1), "hex").toString("utf8")
    : null;
}
