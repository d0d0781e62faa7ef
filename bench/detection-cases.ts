/**
 * Recorded screens as cases: `AGENT/CASE/{screen.txt,screen.ansi,meta.json}`. A case that cannot be
 * read is told in a sentence and left out. What the classifier gets has nothing of the truth in it.
 */

import { readdir } from "node:fs/promises";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { type ScreenState, screenStates } from "../src/agents/profile/profile.ts";
import type { Screen } from "../src/agents/screen.ts";
import { readRegularFile } from "../src/lib/text-file.ts";

export interface Case {
  readonly agent: string;
  /** `claude/after-task`. */
  readonly name: string;
  readonly screen: Screen;
  readonly truth: Truth;
}

export interface Truth {
  readonly label: ScreenState;
  /** Other states that are true too. */
  readonly also: readonly ScreenState[];
  /** Can the screen tell by itself? */
  readonly isTellable: boolean;
}

export interface Cases {
  readonly cases: readonly Case[];
  readonly problems: readonly string[];
}

const state = z.enum(screenStates);
/** What is odd in a field that only helps is as if it were not there; the truth must be told. */
const meta = z.looseObject({
  cols: z.int().positive().catch(200),
  rows: z.int().positive().catch(50),
  title: z.string().nullable().catch(null),
  state,
  also: z.array(z.string()).catch([]),
  screen_alone: z.boolean().catch(true),
  cursor: z
    .looseObject({ x: z.number(), y: z.number(), visible: z.boolean().default(true) })
    .nullable()
    .catch(null),
  alternate_screen: z.boolean().catch(false),
});

/** A file that is larger is no screen (chosen: a thousand times one). */
const mostBytes = 10 * 1024 * 1024;

export async function readCases(directory: string): Promise<Cases> {
  const cases: Case[] = [];
  const problems: string[] = [];
  const agents = await foldersIn(directory, problems);
  if (agents.length === 0) problems.push(`${directory} holds no folder of an agent`);
  for (const agent of agents) {
    for (const name of await foldersIn(path.join(directory, agent), problems)) {
      try {
        cases.push(await readCase(directory, agent, name));
      } catch (error) {
        problems.push(`${agent}/${name} is left out: ${sentence(error)}`);
      }
    }
  }
  return { cases, problems };
}

async function readCase(directory: string, agent: string, name: string): Promise<Case> {
  const folder = path.join(directory, agent, name);
  const raw: unknown = JSON.parse(await readText(path.join(folder, "meta.json")));
  const parsed = meta.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`meta.json: ${issue?.path.join(".") || "all of it"}: ${issue?.message}`);
  }
  const { cols, rows, title, cursor, alternate_screen: isAlternate, ...rest } = parsed.data;
  // One of the two is enough: without colours the words have to do.
  const ansi = await readText(path.join(folder, "screen.ansi")).catch(() => null);
  const text = await readText(path.join(folder, "screen.txt")).catch((error: unknown) => {
    if (ansi === null) throw error;
    return stripVTControlCharacters(ansi);
  });
  const screen: Screen = {
    cols,
    rows,
    lines: text.split("\n"),
    ansi: ansi?.split("\n") ?? [],
    cursor: cursor === null ? null : { x: cursor.x, y: cursor.y, visible: cursor.visible },
    title,
    isAlternate,
  };
  const also = rest.also.flatMap((one) => state.safeParse(one).data ?? []);
  const truth = { label: rest.state, also, isTellable: rest.screen_alone };
  return { agent, name: `${agent}/${name}`, screen, truth };
}

async function foldersIn(directory: string, problems: string[]): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .toSorted();
  } catch (error) {
    problems.push(`${directory} is left out: ${sentence(error)}`);
    return [];
  }
}

async function readText(file: string): Promise<string> {
  const text = await readRegularFile(file);
  if (text.length > mostBytes) throw new Error(`${path.basename(file)} is too large`);
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
