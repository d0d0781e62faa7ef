/**
 * The file in which a gate reports its tests. What was there before the gate began is not believed,
 * nor what a link leads to: the agent may write in the workspace, and must not show us other files.
 */

import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import path from "node:path";
import type { Mask } from "../lib/mask.ts";
import { JunitReader } from "./parse/junit.ts";
import type { Reading } from "./parse/reading.ts";

/** Chosen: some 100,000 tests that say nothing, or a thousand that say much. */
const longestBytes = 64 * 1024 * 1024;
const chunkBytes = 64 * 1024;
/** File systems that keep whole seconds, or two, round the time down. */
const roundedMs = 2_000;

export interface JunitPlace {
  readonly cwd: string;
  /** Relative to it. */
  readonly file: string;
}

/** What tells one state of a file from another; `null`: there was none. */
export type Stamp = string | null;

export interface JunitRequest extends JunitPlace {
  /** From before the gate. */
  readonly before: Stamp;
  readonly writtenSince: number;
  readonly mask: Mask;
}

export type JunitRead =
  | { readonly reading: Reading }
  /** The end of a sentence that begins with "it": why there is no report to be believed. */
  | { readonly problem: string };

/** Never rejects. */
export async function stampOf({ cwd, file }: JunitPlace): Promise<Stamp> {
  try {
    const { ino, mtimeMs, ctimeMs, size } = await lstat(path.join(cwd, file));
    return `${ino} ${mtimeMs} ${ctimeMs} ${size}`;
  } catch {
    // Whatever the reason: there is nothing that the gate could be taken to have written.
    return null;
  }
}

/** Never rejects. */
export async function readJunitFile(request: JunitRequest): Promise<JunitRead> {
  const { file, before, writtenSince } = request;
  const stamp = await stampOf(request);
  const notWritten = { problem: `has not written \`${file}\`` };
  if (stamp === null || stamp === before) return notWritten;
  try {
    const inside = await placeInside(request);
    if (inside === null) return { problem: `has written \`${file}\` outside of the workspace` };
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    await using handle = await open(inside, flags);
    const found = await handle.stat();
    if (!found.isFile()) return { problem: `has made something of \`${file}\` that is no file` };
    if (found.mtimeMs < writtenSince - roundedMs) return notWritten;
    if (found.size > longestBytes)
      return { problem: `has written more to \`${file}\` than is read` };
    return await readAll(handle, request);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    if (code === "ELOOP") return { problem: `has made a link of \`${file}\`` };
    return { problem: `has left \`${file}\` so that it cannot be read (${code})` };
  }
}

/** Its folder may not be a way out of the workspace either. */
async function placeInside({ cwd, file }: JunitPlace): Promise<string | null> {
  const root = await realpath(cwd);
  const full = path.join(cwd, file);
  const folder = await realpath(path.dirname(full));
  const relative = path.relative(root, folder);
  const isOutside = relative === ".." || relative.startsWith(`..${path.sep}`);
  return isOutside ? null : path.join(folder, path.basename(full));
}

async function readAll(handle: FileHandle, { file, mask }: JunitRequest): Promise<JunitRead> {
  const reader = new JunitReader();
  const masked = mask.stream();
  const decoder = new TextDecoder();
  const chunk = Buffer.alloc(chunkBytes);
  for (let left = longestBytes; left > 0 && !reader.isBroken; ) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes);
    if (bytesRead === 0) break;
    left -= bytesRead;
    reader.push(decoder.decode(masked.push(chunk.subarray(0, bytesRead)), { stream: true }));
  }
  reader.push(decoder.decode(masked.end()));
  const reading = reader.end();
  if (reading === null) return { problem: `has written \`${file}\`, which is no JUnit XML` };
  const { broken } = reading;
  return broken === null
    ? { reading }
    : { problem: `has written \`${file}\`, which is broken: ${broken}` };
}
