/**
 * Runs the tests on the real agent CLIs, offline: each speaks to a model server on loopback.
 *
 *   npm run test:agents                       all agents
 *   npm run test:agents -- claude codex       some of them
 *   npm run test:agents -- --full             all that takes long too, such as failures
 *   npm run test:agents -- --install          brings the CLIs, and runs nothing
 *   npm run test:agents -- --second-try       what fails is run once more, and told as flaky
 *   npm run test:agents -- --test-name-pattern='lands'   any option of `node --test`
 *
 * The CLIs are brought by npm into a cache folder at the first call. It fails also when a test has
 * left a process, a socket or a file behind.
 */

import { globSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { AppError } from "../src/lib/app-error.ts";
import { chosenVariable, fullVariable, homesVariable, isAgentKind } from "../test/agents/chosen.ts";
import { agentsDir, installAgents } from "../test/agents/install.ts";
import { agentKinds, pins } from "../test/agents/pins.ts";
import { openScene, type Scene } from "./leftovers.ts";
import { runTests, secondTryOption } from "./run-tests.ts";

const given = process.argv.slice(2);
const isFull = given.includes("--full");
const isInstall = given.includes("--install");
const hasSecondTry = given.includes(secondTryOption);
const ours = ["--full", "--install", secondTryOption];
const options = given.filter((arg) => /^-/.test(arg) && !ours.includes(arg));
const names = given.filter((arg) => !arg.startsWith("-"));
const unknown = names.filter((name) => !isAgentKind(name));
const chosen = names.length === 0 ? agentKinds : names.filter(isAgentKind);

if (unknown.length > 0) {
  say(`There is no agent ${unknown.join(", ")} here, but ${agentKinds.join(", ")}.`);
  process.exitCode = 2;
} else if (await isBrought()) {
  process.exitCode = isInstall ? 0 : await testChosen();
} else {
  process.exitCode = 1;
}

/** Are the CLIs there, if need be now? */
async function isBrought(): Promise<boolean> {
  try {
    await installAgents({ dir: agentsDir(), pins, say });
    return true;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say(error.message);
    if (error.hint !== null) say(error.hint);
    return false;
  }
}

/** Resolves with the exit code. */
async function testChosen(): Promise<number> {
  say(`Testing ${chosen.map((kind) => `${kind} ${pins[kind].version}`).join(", ")}.`);
  const files = globSync("test/agents/**/*.test.ts").filter(isWanted).sort();
  return runTests({
    files,
    concurrency: 2,
    reporter: "spec",
    options,
    openScene: openAgentScene,
    hasSecondTry,
  });
}

/** With a folder for the homes of the CLIs. */
function openAgentScene(): Scene {
  const scene = openScene();
  const all = path.join(agentsDir(), "homes");
  mkdirSync(all, { recursive: true });
  const homes = mkdtempSync(path.join(all, "run-"));
  return {
    env: {
      ...scene.env,
      [chosenVariable]: chosen.join(","),
      [homesVariable]: homes,
      [fullVariable]: isFull ? "1" : "",
    },
    async clear() {
      const left = [...(await scene.clear()), ...readdirSync(homes).map((name) => `home ${name}`)];
      rmSync(homes, { recursive: true, force: true, maxRetries: 5 });
      return left;
    },
  };
}

/** `claude-queue.test.ts` is for claude alone; `….full.test.ts` takes long. */
function isWanted(file: string): boolean {
  const name = path.basename(file);
  const kind = /^[a-z]+/.exec(name)?.[0] ?? "";
  if (isAgentKind(kind) && !chosen.includes(kind)) return false;
  return isFull || !name.endsWith(".full.test.ts");
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
