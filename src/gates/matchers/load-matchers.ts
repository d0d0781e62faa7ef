/**
 * Matchers from their files: those that are shipped, and a person's own, which stand in the place of
 * shipped ones of the same name. They are read once, from the person's checkout; what lies in a
 * worktree counts for nothing, as an agent may write there.
 */

import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { AppError } from "../../lib/app-error.ts";
import { schemaProblems } from "../../lib/schema-problem.ts";
import { readRegularFile } from "../../lib/text-file.ts";
import type { Parser } from "../parse/reading.ts";
import { parserOf } from "./read-with.ts";
import { keysOfMatchers, type MatcherFile, matcherFile } from "./schema.ts";

const shippedDir = fileURLToPath(new URL("../../../matchers", import.meta.url));
const aMatcher = { name: "a matcher", keys: keysOfMatchers };
/** Chosen: the longest shipped one has 2 KiB. */
const longestFile = 64 * 1024;
const mostFiles = 100;

/**
 * `ownDir`: where a person's own are; need not be there. Rejects with an AppError `config` that
 * names every problem of a file.
 */
export async function loadMatchers(ownDir: string): Promise<readonly Parser[]> {
  const byName = new Map<string, MatcherFile>();
  for (const dir of [shippedDir, ownDir]) {
    const files = await filesIn(dir);
    if (files.length > mostFiles) {
      throw new AppError(
        "config",
        `There are ${files.length} matchers in ${dir}; at most ${mostFiles} are read.`,
      );
    }
    for (const file of files) {
      const matcher = await readMatcher(path.join(dir, file));
      byName.set(matcher.name, matcher);
    }
  }
  return [...byName.values()].map(parserOf);
}

async function filesIn(dir: string): Promise<readonly string[]> {
  try {
    const files = await readdir(dir);
    return files.filter((file) => /\.ya?ml$/.test(file)).toSorted();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new AppError("config", `Cannot read the matchers in ${dir}.`, { cause: error });
  }
}

async function readMatcher(file: string): Promise<MatcherFile> {
  let text: string;
  try {
    text = await readRegularFile(file, longestFile);
  } catch (cause) {
    throw new AppError("config", `Cannot read the matcher ${file}.`, { cause });
  }
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    const says = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new AppError("config", `The matcher ${file} is no YAML: ${says}`, { cause });
  }
  const parsed = matcherFile.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => schemaProblems(issue, raw, aMatcher));
  throw new AppError("config", `The matcher ${file} is wrong:\n  ${problems.join("\n  ")}`, {
    hint: "docs/gates.md describes every key.",
  });
}
