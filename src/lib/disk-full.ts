/** A disk that takes nothing more, as the system and the programs that we start tell it. */

/** `Out of diskspace` are git's own words for an index that it could not write. */
const words = /No space left on device|Disk quota exceeded|Read-only file system|Out of diskspace/;

/** Does a program say so in what it has printed? */
export function saysDiskFull(text: string): boolean {
  return words.test(text);
}

/**
 * What was being done can be done again, unchanged, once there is room. An error that carries what
 * a program has printed (`stderr`) is judged by all of it: its message may be another line.
 */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  const printed = "stderr" in error ? String(error.stderr) : "";
  return (
    ["ENOSPC", "EDQUOT", "EROFS"].includes(code) ||
    saysDiskFull(error.message) ||
    saysDiskFull(printed)
  );
}
