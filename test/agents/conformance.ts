/**
 * The exercises of `temoin agents test` with a real CLI, whose model is a server on loopback: the
 * same code that people run with their own account, and only the words have a script in them.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { plainWords, type Wish, type Words } from "../../src/app/exercise-words.ts";
import { proveAgent } from "../../src/app/prove-agent.ts";
import type { AgentSpec, DriverName, Transport } from "../../src/domain/agent.ts";
import { type ExerciseName, exercises } from "../../src/domain/exercise.ts";
import type { AgentName } from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openModelServer } from "../model-servers/model-server.ts";
import { openLaunch } from "./launch.ts";
import { type AgentKind, pins } from "./pins.ts";

export interface Conformance {
  readonly kind: AgentKind;
  readonly driver: DriverName;
  readonly transport: Transport;
  readonly profile?: string;
  readonly args?: readonly string[];
  /** What neither driver nor CLI has; all else must be proved. */
  readonly notOffered: readonly ExerciseName[];
}

/** More than any exercise needs on a busy machine. */
const turnMs = 90_000;

export function testConformance(title: string, of: Conformance): void {
  test(`${of.kind} ${title} does its exercises`, { timeout: 600_000 }, () => prove(of));
}

async function prove(of: Conformance): Promise<void> {
  const { kind, driver, transport, profile = null, args = [], notOffered } = of;
  await using server = await openModelServer();
  const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), "conform-")));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  await using launch = await openLaunch(kind, { url: server.url, trusted: [folder] });
  const root = path.join(folder, "project");
  await mkdir(root);
  const git = (...words: string[]) => promisify(execFile)("git", ["-C", root, ...words]);
  await git("init", "--quiet");
  const author = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
  await git(...author, "commit", "--quiet", "--allow-empty", "--message", "first");
  const agent: AgentSpec = {
    name: kind as string as AgentName,
    driver,
    transport,
    command: [...launch.command, ...args],
    env: launch.env,
    roles: [],
    slots: 1,
    autonomy: "full",
    profile,
  };
  const stateDir = path.join(root, ".temoin");
  const proof = await proveAgent({
    clock: systemClock,
    env: { ...process.env, XDG_STATE_HOME: path.join(folder, "state"), XDG_RUNTIME_DIR: folder },
    place: { id: "conform", root, stateDir, isBare: false },
    agent,
    words: scripted,
    turnMs,
    onStep: () => undefined,
    signal: new AbortController().signal,
  });
  const log = path.join(stateDir, "logs", `agents-test-${kind}.log`);
  const said = await readFile(log, "utf8").catch(() => "no log");
  // A program of which nothing is known is not run for a look at its version.
  const isKnown = kind !== "acp" && (driver === "terminal" || driver === kind);
  assert.equal(proof.version, isKnown ? pins[kind].version : null);
  const wanted = exercises.map((name) => [
    name,
    notOffered.includes(name) ? "not_offered" : "proved",
  ]);
  assert.deepEqual(
    proof.steps.map(({ name, result }) => [name, result]),
    wanted,
    `${JSON.stringify(proof.steps, null, 1)}\n${said.slice(-6000)}\n${JSON.stringify(server.log.main.slice(-4), null, 1)}`,
  );
  const sizeOf = (word: string): number =>
    server.log.main.find(({ prompt, step }) => step === 0 && prompt.includes(word))?.bytes ?? 0;
  const [long, fresh] = [sizeOf("asked you to remember"), sizeOf("forgotten.txt")];
  assert.ok(fresh > 0 && fresh < long, `an empty conversation: ${fresh} of ${long} bytes`);
}

/**
 * What was asked to be remembered is done by the script of the prompt before, which only the same
 * conversation still holds: a model that has forgotten writes nothing.
 */
const scripted: Words = (wish) => {
  const script = scriptOf(wish);
  return script === null ? plainWords(wish) : `${plainWords(wish)}\n<fake>${script}</fake>`;
};

function scriptOf(wish: Wish): string | null {
  switch (wish.do) {
    case "reply":
      return `say={{${wish.text}}}`;
    case "write":
      return `write=${wish.file} text={{${wish.text}}}`;
    case "remember":
      return `say={{OK}} next write=memory.txt text={{${wish.word}}}`;
    case "recall":
      return null;
    case "forget":
      return `write=${wish.file} text={{${wish.otherwise}}}`;
    case "touch":
      return `run={{touch ${wish.file}}} escalate`;
    case "wait":
      return `sleep=${wish.seconds}${wish.word === undefined ? "" : ` next write=resumed.txt text={{${wish.word}}}`}`;
    case "choose":
      return `ask={{Which colour?}} choices=${wish.choices.join(",")} write=${wish.file} text={{${wish.choices[1]}}}`;
  }
}
