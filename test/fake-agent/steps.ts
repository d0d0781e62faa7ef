/**
 * What the fake agent can do in every dialect: each step with its fields and its deed. The first
 * field is the one that the short form (`say: text`) fills.
 */

import assert from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, watch } from "node:fs";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { constants, homedir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import type { Face } from "./face.ts";
import { type Args, type Fields, type Place, ScriptError, type Step, type Value } from "./step.ts";

/** `stop`: no further step is taken, and the turn ends well. */
export type Next = "stop" | undefined;
type Deed<F extends Fields, Shown extends Face> = (
  args: Args<F>,
  face: Shown,
  // biome-ignore lint/suspicious/noConfusingVoidType: a deed that says nothing goes on.
) => Promise<Next | void> | Next | void;

export interface StepKind<Shown extends Face> {
  readonly fields: Fields;
  readonly perform: (args: Readonly<Record<string, Value>>, face: Shown) => Promise<Next>;
}

/** The steps of a dialect, by name. */
export type StepKinds<Shown extends Face> = Readonly<Record<string, StepKind<Shown>>>;

export function step<const F extends Fields, Shown extends Face = Face>(
  fields: F,
  deed: Deed<F, Shown>,
): StepKind<Shown> {
  return {
    fields,
    // script.ts has checked the arguments against these very fields.
    perform: async (args, face) => (await deed(args as Args<F>, face)) ?? undefined,
  };
}

export const commonSteps: StepKinds<Face> = {
  // Files, relative to the working directory.
  write: step({ path: "text", text: "text" }, async ({ path, text }, face) => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    face.say(`Wrote ${path}`);
  }),
  append: step({ path: "text", text: "text" }, async ({ path, text }, face) => {
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, text);
    face.say(`Appended to ${path}`);
  }),
  replace: step(
    { path: "text", find: "text", with: "text" },
    async ({ path, find, with: by }, face) => {
      const content = await readFile(path, "utf8");
      if (!content.includes(find)) throw new ScriptError(`${path} does not hold \`${find}\``);
      await writeFile(
        path,
        content.replace(find, () => by),
      );
      face.say(`Edited ${path}`);
    },
  ),
  delete: step({ path: "text" }, async ({ path }, face) => {
    await rm(path, { recursive: true });
    face.say(`Deleted ${path}`);
  }),

  // git, as an agent that does not leave it to others.
  commit: step({ message: "text" }, async ({ message }, face) => {
    await git(face, "add", "--all");
    await git(face, "commit", "--quiet", "--message", message);
  }),
  switch: step({ branch: "text" }, async ({ branch }, face) => {
    const exists = runQuietly("git", ["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`]);
    await git(face, "switch", ...(exists ? [] : ["--create"]), branch);
  }),
  merge: step({ ref: "text" }, ({ ref }, face) => git(face, "merge", "--no-edit", ref)),

  // Words.
  say: step({ text: "text" }, ({ text }, face) => face.say(text)),
  claim: step({ text: "text?" }, async ({ text = "The task is complete." }, face) => {
    face.say(text);
    await report(face, "done", text);
  }),
  lie: step(
    { text: "text?" },
    async ({ text = "The task is complete and all tests pass." }, face): Promise<Next> => {
      face.say(text);
      await report(face, "done", text);
      return "stop";
    },
  ),
  report: step({ kind: "text", text: "text" }, ({ kind, text }, face) => report(face, kind, text)),
  ask: step({ text: "text" }, async ({ text }, face): Promise<Next> => {
    face.say(text);
    await report(face, "blocked", text);
    return "stop";
  }),

  // Time and trouble.
  run: step({ argv: "texts" }, ({ argv: [program = "", ...args] }, face) =>
    face.run(program, args),
  ),
  sleep: step({ ms: "number" }, ({ ms }, { signal }) =>
    systemClock.until(systemClock.now() + ms, signal),
  ),
  appears: step({ path: "text" }, ({ path }, face) => appears(path, face)),
  flood: step({ bytes: "number" }, ({ bytes }, face) => face.flood(bytes)),
  spawn_child: step({ ms: "number", detached: "flag?" }, ({ ms, detached = false }, face) => {
    const child = spawn("sleep", [String(ms / 1000)], { stdio: "inherit", detached });
    child.unref();
    face.say(`Left process ${child.pid} running`);
  }),
  crash: step({ exit: "number?", signal: "text?" }, async ({ exit = 1, signal }, face) => {
    if (signal === undefined) process.exit(exit);
    const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1];
    if (number === undefined) throw new ScriptError(`there is no signal \`${signal}\``);
    process.kill(process.pid, number);
    await forever(face);
  }),
  hang: step({ ignore_sigterm: "flag?" }, async ({ ignore_sigterm: ignore = false }, face) => {
    if (ignore) face.ignoreSigterm();
    face.say("Hanging");
    await forever(face);
  }),
};

/** `{task}`, `{attempt}`, `{turn}` and `{answer}` in texts are filled in. */
export async function perform<Shown extends Face>(
  { kind, args }: Step,
  place: Place,
  { kinds, face }: { readonly kinds: StepKinds<Shown>; readonly face: Shown },
): Promise<Next> {
  const known = kinds[kind];
  assert(known, "script.ts lets only known steps pass");
  const fill = (text: string) =>
    text
      .replaceAll("{task}", place.task)
      .replaceAll("{attempt}", place.attempt)
      .replaceAll("{turn}", place.turn)
      .replaceAll("{answer}", () => face.answer);
  const filled = Object.entries(args).map(([name, value]) => {
    if (typeof value === "string") return [name, fill(value)];
    return [name, Array.isArray(value) ? value.map(fill) : value];
  });
  return known.perform(Object.fromEntries(filled), face);
}

function report(face: Face, kind: string, text: string): Promise<void> {
  return face.run("temoin", ["report", kind, text]);
}

function git(face: Face, ...args: string[]): Promise<void> {
  const who = ["-c", "user.name=Fake Agent", "-c", "user.email=fake-agent@example.invalid"];
  return face.run("git", [...who, ...args]);
}

function runQuietly(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Waits for that file in its HOME, by itself: without a process that would look like a tool. */
async function appears(name: string, { signal }: Face): Promise<void> {
  const file = join(homedir(), name);
  const found = Promise.withResolvers<void>();
  const look = (): void => {
    if (existsSync(file)) found.resolve();
  };
  const watcher = watch(dirname(file), look);
  const stop = (): void => found.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    look();
    await found.promise;
  } finally {
    signal.removeEventListener("abort", stop);
    watcher.close();
  }
}

function forever({ signal }: Face): Promise<void> {
  return systemClock.until(Number.MAX_SAFE_INTEGER, signal);
}
