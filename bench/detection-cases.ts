/**
 * Recorded screens as cases: `AGENT/CASE/{screen.txt,screen.ansi,meta.json}`. A case that cannot be
 * read is told in a sentence and left out. What the classifier gets has nothing of the truth in it.
 */

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { type ScreenState, screenStates } from "../src/agents/profile/profile.ts";
import type { Screen } from "../src/agents/screen.ts";

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
const meta = z.looseObject({
  cols: z.int().positive().default(200),
  rows: z.int().positive().default(50),
  title: z.string().nullable().default(null),
  state,
  also: z.array(state).default([]),
  screen_alone: z.boolean().default(true),
  cursor: z
    .looseObject({ x: z.number(), y: z.number(), visible: z.boolean().default(true) })
    .nullish(),
  alternate_screen: z.boolean().default(false),
});

/** A file that is larger is no screen (chosen: a thousand times one). */
const mostBytes = 10 * 1024 * 1024;

export async function readCases(directory: string): Promise<Cases> {
  const cases: Case[] = [];
  const problems: string[] = [];
  for (const agent of await foldersIn(directory)) {
    for (const name of await foldersIn(path.join(directory, agent))) {
      try {
        cases.push(await readCase(directory, agent, name));
      } catch (error) {
        const says = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
        problems.push(`${agent}/${name} is left out: ${says}`);
      }
    }
  }
  return { cases, problems };
}

async function readCase(directory: string, agent: string, name: string): Promise<Case> {
  const folder = path.join(directory, agent, name);
  const parsed = meta.safeParse(JSON.parse(await readText(path.join(folder, "meta.json"))));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`meta.json: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { cols, rows, title, cursor, alternate_screen: isAlternate, ...rest } = parsed.data;
  const lines = (await readText(path.join(folder, "screen.txt"))).split("\n");
  const ansi = (await readText(path.join(folder, "screen.ansi")).catch(() => "")).split("\n");
  const screen: Screen = {
    cols,
    rows,
    lines,
    // Without a recording of the colours the words have to do.
    ansi: ansi.length > 1 ? ansi : [],
    cursor: cursor ? { x: cursor.x, y: cursor.y, visible: cursor.visible } : null,
    title,
    isAlternate,
  };
  const truth = { label: rest.state, also: rest.also, isTellable: rest.screen_alone };
  return { agent, name: `${agent}/${name}`, screen, truth };
}

async function foldersIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .toSorted();
}

async function readText(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  if (text.length > mostBytes) throw new Error(`${path.basename(file)} is too large`);
  return text;
}
