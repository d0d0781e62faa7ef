/**
 * The real CLIs against the scripted model on loopback: how long an agent stands idle between the
 * last byte of the model for one task and its request for the next, with a gate that costs nothing;
 * and whose time it is. temoin's share is from the turn's end, as the driver has told it, to the
 * moment at which the driver is given the next prompt. The rest is the CLI's: to tell that its turn
 * is over, to empty its context, to take the prompt (with the delay that a composer needs) and to
 * ask its model.
 */

import path from "node:path";
import { builtDrivers, rowOf } from "../src/config/driver-table.ts";
import type { Event } from "../src/domain/event.ts";
import { agentsDir, isInstalled } from "../test/agents/install.ts";
import { openLaunch } from "../test/agents/launch.ts";
import { type AgentKind, agentKinds, pins } from "../test/agents/pins.ts";
import { openScratch, type Scratch } from "../test/e2e/scratch-project.ts";
import { type ModelServer, openModelServer } from "../test/model-servers/model-server.ts";
import { gitVersion } from "./git-version.ts";
import { type Figure, type Measurement, spread } from "./measurement.ts";
import { eventsOf, mustEnd } from "./quick-project.ts";

const tasks = 23;
/** The first ones are warm-up. */
const warmUp = 2;
/** Of temoin's own share, in milliseconds, of the issue. */
const goals = { p95: 150 };

export const agents: Measurement = {
  name: "agents",
  about: "real CLIs: the model's last byte → its next request for the same agent's next task",
  async run(say) {
    if (!(await isInstalled(agentsDir(), pins))) {
      say("the CLIs are not there: `npm run test:agents -- --install` brings them");
      return [];
    }
    const figures: Figure[] = [...(await gitVersion())];
    for (const driver of builtDrivers) {
      if (!isMeasured(driver)) continue;
      for (const transport of rowOf(driver).transports) {
        const name = `${driver}/${transport}`;
        say(`${tasks} tasks with ${driver} ${pins[driver].version}, ${transport}`);
        figures.push(...(await measure(driver, transport, name)));
      }
    }
    return figures;
  },
};

/** The driver of that name drives the CLI of that name. */
function isMeasured(name: string): name is Exclude<AgentKind, "acp"> {
  return name !== "acp" && agentKinds.some((kind) => kind === name);
}

async function measure(kind: AgentKind, transport: string, name: string) {
  await using server = await openModelServer();
  await using scratch = await openScratch();
  await using launch = await openLaunch(kind, { url: server.url, trusted: [scratch.folder] });
  const { command, env } = launch;
  await configure(scratch, { [kind]: { driver: kind, transport, command, env } });
  await mustEnd(scratch, "run");
  const log = await scratch.read(path.join(".temoin", "logs", `${kind}-1.log`));
  const { whole, own, start } = handovers(await eventsOf(scratch), server, promptTimes(log));
  const rest = whole.map((ms, n) => Math.max(0, ms - (own[n] ?? 0)));
  return [
    ...spread({ what: `${name}: temoin's share`, unit: "ms" }, own, goals),
    ...spread({ what: `${name}: the CLI's share`, unit: "ms" }, rest),
    ...spread({ what: `${name}: last byte → next request`, unit: "ms" }, whole),
    { what: `${name}: its start`, unit: "ms", value: start, atMost: null, count: 1 },
  ] satisfies readonly Figure[];
}

async function configure(scratch: Scratch, agents: Readonly<Record<string, unknown>>) {
  const gates = [{ name: "nothing", run: "true" }];
  await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents, gates }));
  await scratch.git("commit", "--quiet", "--all", "--message", "an agent and a gate");
  const lines = Array.from({ length: tasks }, (_, n) => {
    const file = `work/${n + 1}.txt`;
    return `- [ ] W-${n + 1}: Work ${n + 1}\n  <fake>write=${file} text={{${n + 1}}}</fake>`;
  });
  await scratch.write("plan.md", `${lines.join("\n")}\n`);
  await mustEnd(scratch, "import", "plan.md");
}

/** When the driver was given each prompt, by the prompt's id: its log says so. */
function promptTimes(log: string): ReadonlyMap<string, number> {
  const notes = log.matchAll(/^--- (\S+Z) prompt (\S+) \(\w+\)$/gm);
  return new Map([...notes].map(([, at = "", id = ""]) => [id, Date.parse(at)]));
}

/** One entry for each handover between two tasks that is not warm-up. */
function handovers(
  events: readonly Event[],
  server: ModelServer,
  givenAt: ReadonlyMap<string, number>,
) {
  const moves = events.flatMap((event) => (event.type === "attempt_moved" ? event : []));
  const at = (task: string, phase: string) =>
    moves.find((move) => move.task === task && move.phase === phase)?.at ?? Number.NaN;
  /** The first that is told when a turn is over is seen before anything is looked at. */
  const turnOver = (task: string) =>
    moves.find((move) => move.task === task && move.phase === "verifying")?.evidence[0]?.at ??
    Number.NaN;
  const order = moves.filter((move) => move.phase === "working").map((move) => move.task);
  const requests = (task: string) =>
    server.log.main.filter((one) => one.prompt.includes(`temoin/${task}/1`));
  const whole: number[] = [];
  const own: number[] = [];
  for (const [n, task] of order.entries()) {
    const before = order[n - 1];
    if (before === undefined || n <= warmUp) continue;
    const lastByte = Math.max(...requests(before).map((one) => one.lastByteAt ?? 0));
    const next = Math.min(...requests(task).map((one) => one.receivedAt));
    whole.push(next - lastByte);
    own.push((givenAt.get(`${task}/1/1`) ?? Number.NaN) - turnOver(before));
  }
  const [first = ""] = order;
  return { whole, own, start: at(first, "working") - at(first, "starting") };
}
