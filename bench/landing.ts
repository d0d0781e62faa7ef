/**
 * A queue of 63 verified changes of which three are bad, landed as temoin lands and one after the
 * other. A real repository, real merges, a gate that runs a command on the merged result; no agent.
 */

import path from "node:path";
import type { Lease } from "../src/domain/commit.ts";
import { type CommitSha, parseAgentName, parseSha, type TaskId } from "../src/domain/id.ts";
import type { RunnerInput } from "../src/domain/input.ts";
import type { LandingOrder } from "../src/domain/order.ts";
import { defaultPolicy } from "../src/domain/policy.ts";
import { createGates } from "../src/gates/command-gate.ts";
import { systemClock } from "../src/lib/clock.ts";
import { createMask } from "../src/lib/mask.ts";
import { Desk } from "../src/runner/desk.ts";
import type { Hands } from "../src/runner/hands.ts";
import { LandingBatch } from "../src/runner/land.ts";
import type { Member } from "../src/runner/stack.ts";
import { createGit } from "../src/workspaces/git.ts";
import { openRepository } from "../src/workspaces/repository.ts";
import { openTarget } from "../src/workspaces/target.ts";
import { openScratch, type Scratch } from "../test/e2e/scratch-project.ts";
import { id, spec } from "../test/task-spec.ts";
import { type Figure, type Measurement, timedAsync } from "./measurement.ts";

const waiting = 63;
const bad: readonly TaskId[] = ["T-9", "T-30", "T-52"].map(id);
const names = Array.from({ length: waiting }, (_, n) => id(`T-${n + 1}`));

export const landing: Measurement = {
  name: "landing",
  about: "60 green changes and 3 bad ones in the merge queue, together and one after the other",
  async run(say) {
    say(`${waiting} landings, tested together`);
    const together = await landAll(true);
    say(`${waiting} landings, one after the other`);
    const alone = await landAll(false);
    const figure = (what: string, unit: string, value: number, atMost?: number): Figure => {
      return { what, unit, value, atMost: atMost ?? null, count: 1 };
    };
    const wrong = [...together.wrong, ...alone.wrong].length;
    return [
      figure("runs of the gates, together", "runs", together.runs),
      figure("runs of the gates, one after the other", "runs", alone.runs),
      figure("together to one after the other", "×", together.runs / alone.runs, 0.5),
      figure("refused or landed by mistake", "tasks", wrong, 0),
      figure("a landing's share of git and of the rest, together", "ms", together.restMs / waiting),
      figure("a landing's share, one after the other", "ms", alone.restMs / waiting),
    ];
  },
};

interface Landed {
  readonly runs: number;
  /** Bad ones that landed, good ones that did not, and what is not in the tree as it should be. */
  readonly wrong: readonly string[];
  /** All the time but that of the gates. */
  readonly restMs: number;
}

async function landAll(isTogether: boolean): Promise<Landed> {
  const files = Object.fromEntries(names.map((name) => [`src/${name}.txt`, "before\n"]));
  await using scratch = await openScratch({ files });
  const heads = await makeChanges(scratch);
  const { hands, gates } = await openHands(scratch);
  const landed = new Set<string>();
  const left = names.map((name, place) => memberOf(name, heads[place], landed));
  const { ms } = await timedAsync(async () => {
    for (let first = left.shift(); first !== undefined; first = left.shift()) {
      using batch = new LandingBatch({
        hands,
        first,
        claimMore: async () => (isTogether ? (left.shift() ?? null) : null),
        lookAtTarget: async () => undefined,
        known: () => () => null,
        release: () => undefined,
      });
      await batch.run();
    }
  });
  const target = "refs/temoin/target/main";
  const tree = (await scratch.git("grep", "-l", "after", target)).split("\n");
  const wrong = names.filter((name) => {
    const isIn = tree.includes(`${target}:src/${name}.txt`);
    return landed.has(name) !== !bad.includes(name) || isIn !== landed.has(name);
  });
  return { runs: gates.runs, wrong, restMs: ms - gates.ms };
}

async function makeChanges(scratch: Scratch): Promise<readonly CommitSha[]> {
  const heads: CommitSha[] = [];
  for (const name of names) {
    await scratch.git("switch", "--quiet", "--create", `temoin/${name}/1`, "main");
    const text = bad.includes(name) ? "after: broken\n" : "after\n";
    await scratch.write(`src/${name}.txt`, text);
    await scratch.git("commit", "--quiet", "--all", "--message", `Work of ${name}`);
    const sha = parseSha(await scratch.git("rev-parse", "HEAD"));
    if (sha === null) throw new Error("git names no commit");
    heads.push(sha);
  }
  await scratch.git("switch", "--quiet", "main");
  return heads;
}

async function openHands(scratch: Scratch) {
  const clock = systemClock;
  const repository = await openRepository(scratch.dir, createGit({ clock, env: scratch.env }));
  const dir = path.join(scratch.folder, "trees");
  const own = createGates({ clock, env: scratch.env, mask: createMask([]) });
  const gates = { runs: 0, ms: 0 };
  const parts: Partial<Hands> = {
    clock,
    target: openTarget({ repository, branch: "main", dir }),
    gates: {
      async check(request, signal) {
        gates.runs += 1;
        const { result, ms } = await timedAsync(() => own.check(request, signal));
        gates.ms += ms;
        return result;
      },
    },
    gateSpecs: [{ name: "test", run: "! grep -rl broken src", timeoutMs: 60_000 }],
    setup: { ensure: async () => null },
    slotEnv: () => ({}),
    places: {
      root: scratch.folder,
      proof: (task, attempt, name) =>
        path.join(scratch.folder, "proof", task, `${attempt}`, `${name}.log`),
      prompt: () => "",
      handoff: () => "",
      roleHandoff: () => "",
      log: () => "",
      agentFiles: () => "",
    },
  };
  // Landings have no use for the rest.
  return { hands: parts as Hands, gates };
}

function memberOf(name: TaskId, head: CommitSha | undefined, landed: Set<string>): Member {
  const agent = parseAgentName("ada");
  if (head === undefined || agent === null) throw new Error(`${name} has no change`);
  const lease: Lease = {
    queue: "$landing",
    id: name,
    fence: 1,
    runner: "",
    expiresAt: 0,
    data: {},
  };
  const say = async (input: RunnerInput): Promise<"accepted"> => {
    if (input.type === "landed") landed.add(name);
    return "accepted";
  };
  const order: LandingOrder = {
    kind: "landing",
    task: spec(name),
    agent,
    attempt: 1,
    branch: `temoin/${name}/1`,
    head,
    prepared: null,
    policy: defaultPolicy,
  };
  return { order, desk: new Desk(lease, say, async () => undefined) };
}
