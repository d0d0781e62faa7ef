/**
 * The exercises of one agent, from beginning to end: a scratch repository and workspace, drivers and
 * a tmux server of their own, so that a run at work is not touched; and what came of them, kept.
 */

import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { isBuiltDriver, rowOf } from "../config/driver-table.ts";
import type { AgentSpec } from "../domain/agent.ts";
import type { AgentProof, Exercised } from "../domain/exercise.ts";
import type { Clock } from "../lib/clock.ts";
import type { Mask } from "../lib/mask.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import type { Environment, ProjectPlace } from "../operations/context.ts";
import { createGit } from "../workspaces/git.ts";
import { keepProof } from "./agent-proofs.ts";
import { openDrivers } from "./drivers.ts";
import { ExerciseStage } from "./exercise-stage.ts";
import { plainWords, type Words } from "./exercise-words.ts";
import { allExercises, type Exercise, type TestedAgent } from "./exercises.ts";
import { lookAtAgents } from "./look-at-agents.ts";
import { ensureStateDir } from "./on-host.ts";
import { worktreesDir } from "./places.ts";
import { openMask } from "./run-mask.ts";

/** What follows takes minutes: so long may a version take on a busy machine (measured: 15 s and more). */
const versionMs = 60_000;

export interface ProofParts {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  readonly agent: AgentSpec;
  readonly onStep: (step: Exercised) => void;
  readonly signal: AbortSignal;
  /** In which it is asked; default: plain instructions. */
  readonly words?: Words;
  /** How long a start, a receipt or a turn may take. */
  readonly turnMs?: number;
}

/** A slow model at a busy hour still answers a line within it (chosen). */
const defaultTurnMs = 180_000;

/** Rejects with the signal's reason when it is called off: then nothing is kept. */
export async function proveAgent(parts: ProofParts): Promise<AgentProof> {
  const { clock, env, place, agent, signal } = parts;
  await ensureStateDir({ clock, env, place });
  const asked = { clock, env, place, agents: [agent], signal, answerMs: versionMs };
  const [look] = await lookAtAgents(asked);
  const steps = await exercise(parts);
  const { name, driver, transport } = agent;
  const version = look?.version ?? null;
  const proof = { agent: name, at: clock.now(), driver, transport, version, steps };
  await keepProof(place, proof);
  return proof;
}

async function exercise(parts: ProofParts): Promise<readonly Exercised[]> {
  const { clock, env, place, agent, signal } = parts;
  await using stack = new AsyncDisposableStack();
  // Short: the sockets of agents lie below it.
  const directory = path.join(worktreesDir(env), `t-${randomUUID().slice(0, 8)}`);
  stack.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = path.join(directory, "workspace");
  await makeOwnFolder(worktreesDir(env), { mayBeLink: true });
  await mkdir(workspace, { recursive: true });
  await makeRepository(workspace, parts);
  const mask = openMask({ env, agents: [agent] });
  const stateDir = path.join(directory, "state");
  const ofTest = { ...place, id: path.basename(directory), stateDir };
  const drivers = stack.use(
    await openDrivers({ clock, env, place: ofTest, agents: [agent], mask, isForRun: true }),
  );
  const driver = drivers.of(agent);
  const stage = stack.use(
    new ExerciseStage({
      clock,
      driver,
      agent,
      workspace,
      directory,
      logFile: path.join(place.stateDir, "logs", `agents-test-${agent.name}.log`),
      words: parts.words ?? plainWords,
      turnMs: parts.turnMs ?? defaultTurnMs,
      signal,
    }),
  );
  const row = isBuiltDriver(agent.driver) ? rowOf(agent.driver) : null;
  const [freest = "full", ...others] = row?.autonomy ?? [];
  const tested: TestedAgent = {
    capabilities: driver.capabilities,
    autonomy: [freest, ...others],
  };
  const steps: Exercised[] = [];
  for (const one of allExercises) {
    const step = await runOne(one, { stage, tested, steps, mask, clock });
    steps.push(step);
    parts.onStep(step);
  }
  return steps;
}

interface Progress {
  readonly stage: ExerciseStage;
  readonly tested: TestedAgent;
  readonly steps: readonly Exercised[];
  readonly mask: Mask;
  readonly clock: Clock;
}

async function runOne({ name, run }: Exercise, progress: Progress): Promise<Exercised> {
  const { stage, tested, steps, mask, clock } = progress;
  const isStarted = name === "start" || steps[0]?.result === "proved";
  if (!isStarted)
    return { name, result: "not_run", says: "it could not be started", durationMs: 0 };
  const startedAt = clock.now();
  // What went wrong before is told once.
  const opensItself = name === "start" || name === "permission" || name === "question";
  const needsOpen = !opensItself && name !== "end" && !stage.isOpen;
  const why = needsOpen ? await stage.open(tested.autonomy[0]) : null;
  const outcome =
    why === null ? await run(stage, tested) : ({ result: "failed", says: why } as const);
  const durationMs = clock.now() - startedAt;
  return { name, result: outcome.result, says: mask.text(outcome.says), durationMs };
}

/** Some CLIs want one, with a commit. */
async function makeRepository(
  workspace: string,
  { clock, env }: Pick<ProofParts, "clock" | "env">,
): Promise<void> {
  const git = createGit({ clock, env });
  await git(workspace, ["init", "--quiet"]);
  const author = ["-c", "user.name=temoin", "-c", "user.email=temoin@localhost"];
  await git(workspace, [...author, "commit", "--quiet", "--allow-empty", "--message", "a test"]);
}
