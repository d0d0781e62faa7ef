/**
 * The wrapper under which a program runs in its window: it tells the end of the program, after all
 * that the program has written, and stays, so that nothing of the last screen is lost and nothing
 * is ever pasted into a dead window (measured: without it tmux 3.3a loses the last output of every
 * second program, and the exit code of every fourth).
 *
 * The end is told by a title that only the wrapper can write: it bears a random word. A sequence
 * that the program has left open is ended first, or the title would be a part of it.
 */

/** Arguments: the word, the directory, the program and its arguments. */
const script = [
  // `:` and not the empty word, which the program would inherit as "ignored".
  "trap : INT QUIT",
  "word=$1 directory=$2",
  "shift 2",
  'if cd -- "$directory"; then "$@"; code=$?; else code=126; fi',
  "trap '' INT QUIT",
  // The first may be eaten by an ESC that the program wrote last.
  "printf '\\033\\\\\\033\\\\'",
  `printf '\\033]2;temoin-end:%s:%d\\033\\\\' "$word" "$code"`,
  "exec sleep 2147483647",
].join("\n");

export function wrap(
  word: string,
  cwd: string,
  command: readonly [string, ...string[]],
): readonly string[] {
  return ["sh", "-c", script, "temoin", word, cwd, ...command];
}

/** The exit code (128 and more: a signal) in the wrapper's title; `null`: an ordinary title. */
export function readEnd(title: string, word: string): number | null {
  const told = /^temoin-end:([0-9a-f]+):(\d{1,3})$/.exec(title);
  return told?.[1] === word ? Number(told[2]) : null;
}
