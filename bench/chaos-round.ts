/**
 * One round: eight tasks, three agents (one of them in tmux), one gate, one fault. temoin is started
 * again, by a person who lets go on what the inbox holds, until the goal is met. Each agent writes a
 * line, tells that it has, and only then works on: that line must be in the target or on a ref.
 */

import { type ChildProcess, execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { landings, openScratch, type Scratch } from "../test/e2e/scratch-project.ts";
import type { Random } from "../test/property/random.ts";
import { type Fault, isOuter, type OuterFault, stepsOf, strike } from "./chaos-fault.ts";
import { clockFileOf, inMachineTime, isOfClock, jumpingTemoin, setClock } from "./clock-jump.ts";
import { eventsOf, mustEnd } from "./quick-project.ts";
import { mountSmallDisk } from "./small-disk.ts";
import { untilEnded, withNotes } from "./whole-run.ts";

const fakeTui = fileURLToPath(new URL("../test/fake-agent/fake-tui.ts", import.meta.url));

const taskCount = 8;
const names = Array.from({ length: taskCount }, (_, n) => `T-${n + 1}`);

/** So often a person starts it before it is called stuck. */
const mostStarts = 8;

export interface Round {
  readonly tasksLost: readonly string[];
  readonly landedTwice: readonly string[];
  readonly linesLost: readonly string[];
  readonly isMet: boolean;
  /** From the fault to the next event; `null`: it met nothing. */
  readonly progressMs: number | null;
  readonly starts: number;
  readonly wholeMs: number;
  /** What was struck from outside. */
  readonly what: string;
  /** What is known of a round that went wrong. */
  readonly says: string;
}

export interface RoundPlan {
  readonly fault: Fault | null;
  /** When it strikes from outside, in ms after the start. */
  readonly atMs: number;
  readonly random: Random;
}

export async function playRound(plan: RoundPlan): Promise<Round | "not here"> {
  if (plan.fault !== "a full disk") return playIn(plan, os.tmpdir());
  const disk = await mountSmallDisk();
  if (disk === null) return "not here";
  await using mounted = disk;
  return await playIn(plan, mounted.folder);
}

function playIn(plan: RoundPlan, within: string): Promise<Round> {
  return withNotes(async (notes) => {
    await using scratch = await openProject(plan, { within, notes });
    return await play(scratch, plan, notes);
  });
}

async function openProject(
  { fault, random }: RoundPlan,
  { within, notes }: { readonly within: string; readonly notes: string },
): Promise<Scratch> {
  const pause = (): unknown => ({ sleep: 100 + random.below(400) });
  const known = path.join(notes, "known");
  const begin = [
    { append: { path: "notes/{task}.txt", text: "line {task} {attempt}\n" } },
    { run: ["sh", "-c", `echo "line {task} {attempt}" >> ${known}`] },
    pause(),
  ];
  const end = [{ write: { path: "work/{task}.txt", text: "good\n" } }, pause(), "claim"];
  const struck = `T-${1 + random.below(taskCount)}`;
  const tell = { run: ["sh", "-c", `date +%s%3N > ${path.join(notes, "struck")}`] };
  const own =
    fault === null || isOuter(fault) || isOfClock(fault)
      ? {}
      : { [`${struck}/1/1`]: [...begin, tell, ...stepsOf(fault), ...end] };
  const script = { ...own, "*": [...begin, ...end] };
  const scratch = await openScratch({
    within,
    script,
    agents: { ada: {}, bo: {} },
    files: { "gate.sh": "sleep 0.2\n! grep -rqs lie work\n" },
  });
  const tui = path.join(scratch.folder, "tui.json");
  await writeFile(tui, JSON.stringify({ ...script, manners: { enter_after_start_ms: 0 } }));
  const commands = JSON.parse(JSON.stringify(await agentsOf(scratch)));
  const cy = {
    driver: "terminal",
    profile: "claude",
    command: [process.execPath, fakeTui, "--like", "claude", tui],
  };
  const config = {
    version: 1,
    agents: { ...commands, cy },
    gates: [{ name: "check", run: "sh gate.sh" }],
    watch: { quiet: "1s", nudge: "3s", giveUp: "5s", retrying: "5s", turn: "10s" },
    disk: { free: "16M" },
  };
  await scratch.write("temoin.yaml", stringify(config));
  await scratch.write("plan.md", `${names.map((name) => `- [ ] ${name}: Work`).join("\n")}\n`);
  await scratch.git("add", "--all");
  await scratch.git("commit", "--quiet", "--message", "three agents and a gate");
  await mustEnd(scratch, "import", "plan.md");
  return scratch;
}

/** Those that the scratch has written into its configuration. */
async function agentsOf(scratch: Scratch): Promise<unknown> {
  const { parse } = await import("yaml");
  return parse(await scratch.read("temoin.yaml")).agents;
}

async function play(scratch: Scratch, plan: RoundPlan, notes: string): Promise<Round> {
  const startedAt = Date.now();
  scratch.env["JUMPING_CLOCK"] = clockFileOf(scratch);
  const struckAt = strikeIn(scratch, plan);
  const told: string[] = [];
  let starts = 0;
  let isMet = false;
  while (!isMet && starts < mostStarts) {
    starts += 1;
    if (starts > 1) await letGoOn(scratch, told);
    const { code, signal, says } = await untilEnded(scratch, startRun(scratch, plan.fault));
    told.push(`start ${starts} ended with ${code ?? signal}: ${says}`);
    isMet = code === 0;
  }
  const struck = await struckAt;
  const at = struck?.at ?? (await readStruck(notes));
  const wholeMs = Date.now() - startedAt;
  const events = await eventsOf(scratch);
  const jump = { at: at ?? 0, aheadMs: struck?.aheadMs ?? 0 };
  const next = at === null ? undefined : inMachineTime(events, jump).find((when) => when >= at);
  const landed = await landings(scratch);
  const states = await statesOf(scratch);
  return {
    tasksLost: names.filter((name) => !landed.includes(name) || states.get(name) !== "done"),
    landedTwice: landed.filter((name, place) => landed.indexOf(name) !== place),
    linesLost: await findLost(scratch, notes),
    isMet,
    progressMs: at === null || next === undefined ? null : next - at,
    starts,
    wholeMs,
    what: struck?.what ?? "",
    says: told.join("\n"),
  };
}

interface Struck {
  readonly at: number;
  readonly what: string;
  /** How far its clock is ahead since; 0: nobody has set it. */
  readonly aheadMs: number;
}

/** What is done from outside. */
async function strikeIn(scratch: Scratch, plan: RoundPlan): Promise<Struck | null> {
  const { fault, atMs, random } = plan;
  if (fault === null) return null;
  if (isOuter(fault)) return await strikeAt(scratch, fault, atMs);
  if (!isOfClock(fault)) return null;
  await wait(atMs);
  const at = Date.now();
  const aheadMs = await setClock(scratch, fault, random);
  return { at, aheadMs, what: `by ${Math.abs(aheadMs) / 60_000} min` };
}

/** Tries until there is something to do it to. Resolves with the instant. */
async function strikeAt(
  scratch: Scratch,
  fault: OuterFault,
  afterMs: number,
): Promise<Struck | null> {
  await wait(afterMs);
  const until = Date.now() + longestTryMs;
  while (Date.now() < until) {
    const at = Date.now();
    const what = await strike(fault, scratch);
    if (what !== null) return { at, what, aheadMs: 0 };
    await wait(20);
  }
  return null;
}

/** The run may be over before there is a gate to kill. */
const longestTryMs = 5_000;

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function startRun(scratch: Scratch, fault: Fault | null): ChildProcess {
  return fault !== null && isOfClock(fault)
    ? scratch.start(process.execPath, [jumpingTemoin, "run"])
    : scratch.startTemoin("run");
}

/** What a person does between two starts: they let go on what failed or waits for them. */
async function letGoOn(scratch: Scratch, told: string[]): Promise<void> {
  for (const [name, state] of await statesOf(scratch)) {
    if (state !== "needs_human" && state !== "failed") continue;
    const { code, stderr } = await scratch.temoin("retry", name);
    told.push(`${name} was ${state}: retry ended with ${code} ${stderr}`);
  }
}

async function statesOf(scratch: Scratch): Promise<ReadonlyMap<string, string>> {
  const { code, stdout } = await scratch.temoin("ls", "--json");
  if (code !== 0) return new Map();
  const tasks: readonly { readonly id: string; readonly state: string }[] =
    JSON.parse(stdout).tasks;
  return new Map(tasks.map(({ id, state }) => [id, state]));
}

async function readStruck(notes: string): Promise<number | null> {
  const text = await readFile(path.join(notes, "struck"), "utf8").catch(() => "");
  return text === "" ? null : Number(text);
}

/** Lines that an agent had on disk, and that no commit of a ref has. */
async function findLost(scratch: Scratch, notes: string): Promise<readonly string[]> {
  const known = await readFile(path.join(notes, "known"), "utf8").catch(() => "");
  const refs = await scratch.git("for-each-ref", "--format=%(objectname)");
  const shas = [...new Set(refs.split("\n"))].filter((sha) => sha !== "");
  const { stdout } = await promisify(execFile)(
    "git",
    ["grep", "-h", "-e", "^line ", ...shas, "--", "notes"],
    { cwd: scratch.dir, env: scratch.env, maxBuffer: 64 * 1024 * 1024 },
  );
  const kept = new Set(stdout.split("\n"));
  return known.split("\n").filter((line) => line !== "" && !kept.has(line));
}
