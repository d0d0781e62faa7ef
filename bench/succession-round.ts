/**
 * One round of `succession`: a real run in a scratch repository with a task that fails, another whose
 * agent asks, and six agents that may hold the role; kills at steps of the handoff, and the program
 * started again after each kill of it, until the goal is met.
 */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseAgentName } from "../src/domain/id.ts";
import { readProcessTable } from "../src/lib/process-table.ts";
import type { Scratch } from "../test/e2e/scratch-project.ts";
import { openStage, type Stage } from "../test/e2e/stage.ts";
import { commandLine } from "./chaos-fault.ts";
import { type Finding, isLate, judge, termsOf } from "./judge-succession.ts";
import { eventsOf } from "./quick-project.ts";
import { readCalls, readDocuments, readPrompts } from "./succession-notes.ts";
import { hasMet, type RoundPlan, type Struck } from "./succession-plan.ts";
import { Striker } from "./succession-striker.ts";
import { untilEnded, withNotes } from "./whole-run.ts";

const agentProgram = fileURLToPath(new URL("succession-agent.sh", import.meta.url));
const fakeStream = fileURLToPath(new URL("../test/fake-agent/fake-stream.ts", import.meta.url));

/** Who dies is passed over for a minute: there are more than may die in a round. */
const order = ["ada", "bo", "cy", "di", "ed", "fi"];

/** One for each kill, and one more. */
const mostStarts = 4;

export interface PlayedRound {
  readonly findings: readonly Finding[];
  readonly struck: readonly Struck[];
  /** Those that have met the step that they were meant for. */
  readonly met: readonly Struck[];
  readonly terms: number;
  /** Calls of conductors that were answered, and those that began after their term had ended. */
  readonly answered: number;
  readonly late: number;
  readonly decisions: number;
  readonly wholeMs: number;
  /** What is known of a round that went wrong. */
  readonly says: string;
}

export function playRound(plan: RoundPlan): Promise<PlayedRound> {
  return withNotes(async (notes) => {
    await using stage = await openProject(plan, notes);
    return await play(stage.scratch, plan, notes);
  });
}

async function openProject(plan: RoundPlan, notes: string): Promise<Stage> {
  for (const folder of ["marks", "said"]) await mkdir(path.join(notes, folder));
  await writeFile(path.join(notes, "leaving"), plan.leaving);
  if (plan.isQuick === true) await writeFile(path.join(notes, "quick"), "");
  const worker = { command: ["sh", agentProgram, notes] };
  const file = path.join(notes, "stream.json");
  await writeFile(file, JSON.stringify(scriptOf(notes)));
  const command = [process.execPath, fakeStream, "--like", "claude", file];
  const stream = { driver: "claude", transport: "headless", command };
  const leader = plan.leaving === "full" ? stream : worker;
  const stage = await openStage({
    agents: { ...Object.fromEntries(order.map((name) => [name, leader])), wo: worker, wu: stream },
    config: {
      attempts: { perTask: 1, feedbackRounds: 0 },
      conductor: { order, coolDown: "100ms", acknowledge: "30s", call: "60s" },
    },
  });
  await stage.add("T-1", { agent: parseAgentName("wo") });
  if (plan.isQuick !== true) await stage.add("T-2", { agent: parseAgentName("wu") });
  return stage;
}

/** What agents of `driver: claude` do: one asks in its task, and a conductor is full after its calls. */
function scriptOf(notes: string): Readonly<Record<string, readonly unknown[]>> {
  const lead = ["sh", agentProgram, notes, "lead", "{attempt}", "{turn}"];
  const isOver = path.join(notes, "mended");
  return {
    "T-2": [
      { question: { text: "Which colour?", choices: ["Red", "Blue"] } },
      { write: { path: "work/T-2.txt", text: "{answer}\n" } },
    ],
    conductor: [{ run: lead }, { use: { input: 197_000 } }, { fill: { most: 1, unless: isOver } }],
    "*": [{ write: { path: "work/{task}.txt", text: "done\n" } }],
  };
}

async function play(scratch: Scratch, plan: RoundPlan, notes: string): Promise<PlayedRound> {
  const startedAt = Date.now();
  const stateDir = path.join(scratch.dir, ".temoin");
  const documents = path.join(stateDir, "handoff");
  await mkdir(documents, { recursive: true });
  const told: string[] = [];
  let child = scratch.startTemoin("run");
  const persons: Promise<unknown>[] = [];
  using striker = new Striker({
    plan,
    notes,
    documents,
    owns: (pid) => scratch.owns(pid),
    killTemoin: () => child.kill("SIGKILL"),
    moveRole: () => persons.push(scratch.temoin("handoff")),
  });
  let isMet = false;
  for (let starts = 1; !isMet; starts += 1) {
    const { code, signal, isHung, says } = await untilEnded(scratch, child);
    told.push(`start ${starts} ended with ${code ?? signal}: ${says}`);
    isMet = code === 0;
    if (signal === null || isHung || starts === mostStarts) break;
    child = scratch.startTemoin("run");
  }
  await writeFile(path.join(notes, "over"), "");
  await Promise.all(persons);
  const left = await endAll(scratch);
  const events = await eventsOf(scratch);
  const calls = readCalls(await readFile(path.join(notes, "calls"), "utf8"));
  const witness = {
    events,
    calls,
    prompts: await readPrompts(stateDir),
    documents: await readDocuments(stateDir),
    overlaps: striker.overlaps,
    isMet,
    left,
  };
  const findings = judge(witness);
  const { struck } = striker;
  const terms = termsOf(events);
  return {
    findings,
    struck,
    met: struck.filter((one) => hasMet(one, events, calls)),
    terms: terms.length,
    answered: calls.filter(({ ended }) => ended?.exitCode === 0).length,
    late: calls.filter((call) => isLate(call, terms)).length,
    decisions: events.filter(({ type }) => type === "conductor_decided").length,
    wholeMs: Date.now() - startedAt,
    says: findings.length === 0 ? "" : told.join("\n"),
  };
}

/** Those of old terms see that it is over, and end after their last call; what does not is killed. */
async function endAll(scratch: Scratch): Promise<readonly string[]> {
  const own = () => readProcessTable().filter(({ pid }) => scratch.owns(pid));
  const until = Date.now() + longestCallMs;
  while (Date.now() < until && own().length > 0) await sleep(20);
  return own().map(({ pid }) => {
    const line = commandLine(pid).replaceAll("\0", " ");
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended with another one.
    }
    return line;
  });
}

/** Far more than a call of temoin takes. */
const longestCallMs = 15_000;
