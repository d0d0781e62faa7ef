/**
 * LOG.md as a file to which numbered rows are appended. Its invariant: rows are in the order of
 * their numbers, each number occurs once, and nothing that stands in the file is ever changed.
 *
 * A row ends with its number in a comment, ` <!-- 123 -->`, behind the last cell: GitHub ignores
 * cells beyond the header. So the file itself says how far it has come, whatever happened between
 * the append and anything else. The file is looked at before each append, because a person may
 * have edited, renamed or deleted it, and because the last append may have been cut short.
 */

import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

export interface NumberedLine {
  readonly seq: number;
  /** A row of a Markdown table, without line end and without the number. */
  readonly text: string;
}

export interface LogFile {
  readonly path: string;
  /** Title of a new file. */
  readonly title: string;
  /** The lines that begin a table. */
  readonly header: readonly string[];
}

/** Behind it begins the log of a store that was begun anew, with its own numbers. */
const freshStart = "<!-- temoin: the numbers begin anew -->";

const ownRow = /^\|.*\| <!-- (\d+) -->$/;

/** How the file ends. */
export interface LogEnd {
  /** The highest number since the last fresh start; 0: none. */
  readonly position: number;
  /** All of a short file that holds no row yet, as far as its beginning may be a torn one. */
  readonly start: Buffer | null;
  /** Does a table end here, so that a row can follow? */
  readonly isInTable: boolean;
  /** The bytes of a last line without its line end, where there is one. */
  readonly torn: Buffer;
}

const emptyEnd: LogEnd = {
  position: 0,
  start: Buffer.alloc(0),
  isInTable: false,
  torn: Buffer.alloc(0),
};

/** A file that is not there ends as an empty one does. Rejects with the system's error. */
export async function readEnd(path: string): Promise<LogEnd> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return emptyEnd;
    throw error;
  }
  try {
    return await endOf(file);
  } finally {
    await file.close();
  }
}

/**
 * Appends those of `lines` that the file does not hold yet, and returns how far it has come.
 * `asNew`: the file's numbers are of another store. Rejects with the system's error; then a part
 * may have been written, and calling it again completes that to the byte.
 */
export async function appendLines(
  log: LogFile,
  lines: readonly NumberedLine[],
  asNew = false,
): Promise<number> {
  const end = await readEnd(log.path);
  const known = asNew ? 0 : end.position;
  const missing = lines.filter((line) => line.seq > known);
  if (missing.length === 0) return known;
  const rows = missing.map((line) => `${line.text} <!-- ${line.seq} -->\n`).join("");
  const bytes = bytesFor(log, end, { rows, asNew });
  await mkdir(dirname(log.path), { recursive: true });
  const file = await open(log.path, "a");
  try {
    await file.appendFile(bytes);
  } finally {
    await file.close();
  }
  return missing.at(-1)?.seq ?? known;
}

/** What the end of the file and the rows need between them; what stands there already is left out. */
function bytesFor(log: LogFile, end: LogEnd, add: { rows: string; asNew: boolean }): Buffer {
  const rows = Buffer.from(add.rows);
  const table = `${log.header.join("\n")}\n`;
  if (end.start !== null && !add.asNew) {
    const whole = Buffer.from(`# ${log.title}\n\n${table}${add.rows}`);
    if (startsWith(whole, end.start)) return whole.subarray(end.start.length);
  }
  if (end.torn.length > 0 && !add.asNew && startsWith(rows, end.torn)) {
    return rows.subarray(end.torn.length);
  }
  const lineEnd = end.torn.length > 0 ? "\n" : "";
  if (add.asNew) return Buffer.from(`${lineEnd}\n${freshStart}\n\n${table}${add.rows}`);
  return Buffer.from(end.isInTable ? lineEnd + add.rows : `${lineEnd}\n${table}${add.rows}`);
}

function startsWith(bytes: Buffer, beginning: Buffer): boolean {
  return bytes.subarray(0, beginning.length).equals(beginning);
}

/** The first look; each further one is twice as long, until a row of ours is found. */
const firstLookBytes = 16 * 1024;

async function endOf(file: FileHandle): Promise<LogEnd> {
  const { size } = await file.stat();
  if (size === 0) return emptyEnd;
  for (let bytes = firstLookBytes; ; bytes *= 2) {
    const from = Math.max(0, size - bytes);
    const end = judgeTail(await readAll(file, from, size), from === 0);
    if (end !== null) return end;
  }
}

async function readAll(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** `null`: too short a piece to tell. */
function judgeTail(tail: Buffer, isWhole: boolean): LogEnd | null {
  const lastBreak = tail.lastIndexOf(0x0a);
  const torn = tail.subarray(lastBreak + 1);
  const lines = tail.toString("utf8").split("\n");
  // The first line of a piece may have begun before it.
  if (!isWhole) lines.shift();
  const start = lines.lastIndexOf(freshStart);
  let position = 0;
  for (const line of start < 0 ? lines : lines.slice(start)) {
    const number = ownRow.exec(line)?.[1];
    if (number !== undefined) position = Math.max(position, Number(number));
  }
  if (position === 0 && start < 0 && !isWhole) return null;
  const last = torn.length > 0 ? lines.at(-1) : lines.at(-2);
  const before = lines.findLast((line, at) => line !== "" && at < lines.length - 1);
  const isTableEnd = (line: string | undefined): boolean => line?.startsWith("|") ?? false;
  return {
    position,
    start: isWhole && position === 0 ? tail : null,
    isInTable: isTableEnd(last) && (torn.length === 0 || isTableEnd(before)),
    torn,
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
