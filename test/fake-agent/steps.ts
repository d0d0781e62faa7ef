/**
 * What the fake agent can do: each step with its fields and its deed. The first field is the one
 * that the short form (`say: text`) fills.
 */

import assert from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { dirname } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { type Args, type Fields, type Place, ScriptError, type Step, type Value } from "./step.ts";

/** `stop`: no further step is taken, and the turn ends well. */
type Next = "stop" | undefined;
// biome-ignore lint/suspicious/noConfusingVoidType: a deed that says nothing goes on.
type Deed<F extends Fields> = (args: Args<F>) => Promise<Next | void> | Next | void;

interface StepKind {
  readonly fields: Fields;
  readonly perform: (args: Readonly<Record<string, Value>>) => Promise<Next>;
}

function step<const F extends Fields>(fields: F, deed: Deed<F>): StepKind {
  return {
    fields,
    // script.ts has checked the arguments against these very fields.
    perform: async (args) => (await deed(args as Args<F>)) ?? undefined,
  };
}

const kinds: Readonly<Record<string, StepKind>> = {
  // Files, relative to the working directory.
  write: step({ path: "text", text: "text" }, async ({ path, text }) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    console.log(`Wrote ${path}`);
  }),
  append: step({ path: "text", text: "text" }, async ({ path, text }) => {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, text);
    console.log(`Appended to ${path}`);
  }),
  replace: step({ path: "text", find: "text", with: "text" }, async ({ path, find, with: by }) => {
    const content = await readFile(path, "utf8");
    if (!content.includes(find)) throw new ScriptError(`${path} does not hold \`${find}\``);
    await writeFile(
      path,
      content.replace(find, () => by),
    );
    console.log(`Edited ${path}`);
  }),
  delete: step({ path: "text" }, async ({ path }) => {
    await rm(path, { recursive: true });
    console.log(`Deleted ${path}`);
  }),

  // git, as an agent that does not leave it to others.
  commit: step({ message: "text" }, ({ message }) => {
    git("add", "--all");
    git("commit", "--quiet", "--message", message);
  }),
  switch: step({ branch: "text" }, ({ branch }) => {
    const exists = runQuietly("git", ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`]);
    git("switch", ...(exists ? [] : ["--create"]), branch);
  }),
  merge: step({ ref: "text" }, ({ ref }) => {
    git("merge", "--no-edit", ref);
  }),

  // Words.
  say: step({ text: "text" }, ({ text }) => console.log(text)),
  claim: step({ text: "text?" }, ({ text = "The task is complete." }) => {
    console.log(text);
    report("done", text);
  }),
  lie: step({ text: "text?" }, ({ text = "The task is complete and all tests pass." }) => {
    console.log(text);
    report("done", text);
    return "stop";
  }),
  report: step({ kind: "text", text: "text" }, ({ kind, text }) => report(kind, text)),
  ask: step({ text: "text" }, ({ text }) => {
    console.log(text);
    report("blocked", text);
    return "stop";
  }),

  // Time and trouble.
  run: step({ argv: "texts" }, ({ argv: [program = "", ...args] }) => {
    run(program, args);
  }),
  sleep: step({ ms: "number" }, ({ ms }) => systemClock.until(systemClock.now() + ms)),
  flood: step({ bytes: "number" }, ({ bytes }) => flood(bytes)),
  spawn_child: step({ ms: "number", detached: "flag?" }, ({ ms, detached = false }) => {
    const child = spawn("sleep", [String(ms / 1000)], { stdio: "inherit", detached });
    child.unref();
    console.log(`Left process ${child.pid} running`);
  }),
  crash: step({ exit: "number?", signal: "text?" }, async ({ exit = 1, signal }) => {
    if (signal === undefined) process.exit(exit);
    const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
    if (number === undefined) throw new ScriptError(`there is no signal \`${signal}\``);
    process.kill(process.pid, number);
    await forever();
  }),
  hang: step({ ignore_sigterm: "flag?" }, async ({ ignore_sigterm: ignore = false }) => {
    if (ignore) process.on("SIGTERM", () => console.log("Ignored SIGTERM"));
    console.log("Hanging");
    await forever();
  }),
};

/** The fields of a kind of step; `null`: there is no such kind. */
export function fieldsOf(kind: string): Fields | null {
  return Object.hasOwn(kinds, kind) ? (kinds[kind]?.fields ?? null) : null;
}

/** `{task}`, `{attempt}` and `{turn}` in texts are filled in. */
export async function perform({ kind, args }: Step, place: Place): Promise<Next> {
  const known = kinds[kind];
  assert(known, "script.ts lets only known steps pass");
  const fill = (text: string) =>
    text
      .replaceAll("{task}", place.task)
      .replaceAll("{attempt}", place.attempt)
      .replaceAll("{turn}", place.turn);
  const filled = Object.entries(args).map(([name, value]) => {
    if (typeof value === "string") return [name, fill(value)];
    return [name, Array.isArray(value) ? value.map(fill) : value];
  });
  return known.perform(Object.fromEntries(filled));
}

function report(kind: string, text: string): void {
  run("temoin", ["report", kind, text]);
}

function git(...args: string[]): void {
  const who = ["-c", "user.name=Fake Agent", "-c", "user.email=fake-agent@example.invalid"];
  run("git", [...who, ...args]);
}

/** A program that fails is told and no reason to stop: agents go on as well. */
function run(program: string, args: readonly string[]): void {
  const { status, signal, error } = spawnSync(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error) console.log(`${program} could not be run: ${error.message}`);
  else if (status !== 0) console.log(`${program} ended with ${status ?? signal}`);
}

function runQuietly(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Waits until what it has written is taken, so that its own memory stays small. */
async function flood(bytes: number): Promise<void> {
  const block = Buffer.from(`${"x".repeat(79)}\n`.repeat(800));
  for (let left = bytes; left > 0; left -= block.length) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(block.subarray(0, left), (error) => (error ? reject(error) : resolve()));
    });
  }
}

function forever(): Promise<void> {
  return systemClock.until(Number.MAX_SAFE_INTEGER);
}
