/** What the agents of `succession` have written down, and what temoin has given them, read at the end. */

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { SpokenCall } from "./judge-succession.ts";

/** `calls`, as `succession-agent.sh` writes it. */
export function readCalls(text: string): readonly SpokenCall[] {
  const calls = new Map<string, SpokenCall>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [at, what, term, id, ...rest] = line.split("\t");
    if (id === undefined) throw new Error(`not a line of calls: ${line}`);
    const begun = calls.get(id);
    if (what === "begun") {
      const words = rest.join(" ");
      calls.set(id, { term: Number(term), words, begunAt: Number(at), ended: null });
    } else if (begun !== undefined) {
      const [exitCode, says = ""] = rest;
      const ended = { at: Number(at), exitCode: Number(exitCode), says };
      calls.set(id, { ...begun, ended });
    }
  }
  return [...calls.values()];
}

/** The first prompt of each term that had one. */
export async function readPrompts(stateDir: string): Promise<ReadonlyMap<number, string>> {
  const folder = path.join(stateDir, "prompts", "conductor");
  const prompts = new Map<number, string>();
  for (const term of await readdir(folder).catch(() => [])) {
    prompts.set(Number(term), await readFile(path.join(folder, term, "1.md"), "utf8"));
  }
  return prompts;
}

/** The documents that are there, by their term: each tells its own. */
export async function readDocuments(stateDir: string): Promise<ReadonlyMap<number, string>> {
  const folder = path.join(stateDir, "handoff");
  const documents = new Map<number, string>();
  for (const name of await readdir(folder).catch(() => [])) {
    if (!/_to_.+\.md$/.test(name)) continue;
    const text = await readFile(path.join(folder, name), "utf8");
    documents.set(termOfDocument(text), text);
  }
  return documents;
}

export function termOfDocument(text: string): number {
  const term = /^- Term (\d+),/m.exec(text)?.[1];
  if (term === undefined) throw new Error(`a document of no term: ${text.slice(0, 200)}`);
  return Number(term);
}
