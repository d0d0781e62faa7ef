/** The flags of `add` and `edit`, and how lists are written in flags. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { AppError } from "../lib/app-error.ts";

export function addTaskFlags(command: Command): Command {
  return command
    .option("-f, --file <file>", "the brief; - reads it from stdin")
    .option("-p, --priority <priority>", "urgent, high, medium or low")
    .option("--after <ids>", "tasks that come first, with commas between", collect)
    .option("--agent <name>", "only this agent may take it")
    .option("--role <role>", "what kind of work it is")
    .option("--skill <file>", "a document that the agent must load", collect)
    .option("--touches <glob>", "files that it changes", collect)
    .option("--verify <command>", "must pass besides the gates", collect)
    .option("--answer <line>", 'what the agent may ask: "words: answer"', collect);
}

/** A flag may come several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `a,b` and `a --flag b` alike. */
export function splitList(value: unknown): readonly string[] {
  return asList(value).flatMap((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );
}

/** Commas belong to the value: globs and commands hold some. */
export function asList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String).filter((text) => text !== "") : [];
}

/** What is larger is no brief and no plan (chosen). */
const mostBytes = 1024 * 1024;

/** The brief that `-f` names; `null`: none. Rejects with an AppError for what is no text. */
export async function readBody(file: unknown, dir: string): Promise<string | null> {
  return typeof file === "string" ? readText(file, dir, "brief") : null;
}

/** The text of a file, or of stdin for `-`. `what` it is to be, for the sentence that it is none. */
export async function readText(file: string, dir: string, what: string): Promise<string> {
  const name = `the ${what} from ${file === "-" ? "stdin" : `\`${file}\``}`;
  const bytes = file === "-" ? await readStdin() : await readNamed(path.resolve(dir, file), name);
  const hint = `Give the ${what} as UTF-8 text of at most 1 MiB.`;
  if (bytes.length > mostBytes) {
    const size = `${(bytes.length / mostBytes).toFixed(1)} MiB`;
    throw new AppError("usage", `Cannot read ${name}: it has ${size}.`, { hint });
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Told below, with the bytes that can be no text otherwise.
  }
  throw new AppError("usage", `Cannot read ${name}: it is no UTF-8 text.`, { hint });
}

async function readNamed(file: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new AppError("not_found", `Cannot read ${name}: ${why}.`, {
      cause: error,
      hint: "Nothing was changed.",
    });
  }
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > mostBytes) break;
  }
  return Buffer.concat(chunks);
}
