/**
 * Proves on a server of its own, in a private directory, that this tmux does what agents in a
 * terminal need. Distributions carry fixes back and leave others out: what it does counts, not its
 * number. Whatever was started is ended, also when something fails.
 */

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { findProcess } from "../../lib/process-table.ts";
import { openTmux } from "./open-tmux.ts";
import type { Pane, PaneEvent, TmuxServer } from "./tmux.ts";
import { findVersion, judgeVersion, type TmuxVersion } from "./version.ts";

export interface ProbeOptions {
  readonly clock: Clock;
  /** Default: `tmux`. */
  readonly program?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** One thing that was tried; what comes after a failure is not tried, but for the end. */
export interface ProbeStep {
  readonly name: "version" | "server" | "events" | "paste" | "exit code" | "guard" | "end";
  readonly ok: boolean;
  /** What was seen: a sentence without its end. */
  readonly detail: string;
  /** The next step of a person; `null`: none is needed. */
  readonly hint: string | null;
}

interface Probe {
  readonly clock: Clock;
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

interface Proof<Seen> {
  readonly detail: string;
  readonly seen: Seen;
  /** It works, and could be better; absent: nothing is to be done. */
  readonly hint?: string;
}

/** Each takes milliseconds (measured); after so long it does not happen any more (chosen). */
const longestMs = 5_000;
const graceMs = 500;
const pasted = "temoin: two lines,\n\tthe second with 'quotes', #{pid}; and ä 🙂";
const endedWith = 7;

/** Never rejects but for a bug. */
export async function probeTmux(options: ProbeOptions): Promise<readonly ProbeStep[]> {
  const directory = await mkdtemp(path.join(tmpdir(), "temoin-probe-"));
  try {
    return await probe({ program: "tmux", ...options, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function probe(made: Probe): Promise<readonly ProbeStep[]> {
  const steps: ProbeStep[] = [];
  const tryOut = async <Seen>(
    name: ProbeStep["name"],
    proof: () => Promise<Proof<Seen>>,
  ): Promise<Seen | null> => {
    try {
      const { detail, seen, hint = null } = await proof();
      steps.push({ name, ok: true, detail, hint });
      return seen;
    } catch (error) {
      steps.push({ name, ok: false, ...explain(error) });
      return null;
    }
  };

  if ((await tryOut("version", () => proveVersion(made))) === null) return steps;
  const server = await tryOut("server", () => proveServer(made));
  if (server === null) return steps;
  try {
    const neighbour = await tryOut("events", () => proveEvents(made, server));
    const agent = neighbour && (await tryOut("paste", () => provePaste(made, server)));
    const ended = agent && (await tryOut("exit code", () => proveExitCode(made, agent)));
    if (ended) await tryOut("guard", () => proveGuard(ended, neighbour));
  } finally {
    await tryOut("end", () => proveEnd(made, server));
  }
  return steps;
}

async function proveVersion({ program, env }: Probe): Promise<Proof<TmuxVersion>> {
  const version = await findVersion(program, env);
  const judged = judgeVersion(version);
  if (judged.kind === "good") return { detail: `tmux ${version.text}`, seen: version };
  const hint = "It works; tmux 3.4 or newer is better where you can get it.";
  return { detail: judged.says, hint, seen: version };
}

async function proveServer({ clock, program, env, directory }: Probe) {
  const startedAt = clock.now();
  const socket = { path: path.join(directory, "s") };
  const server = await openTmux({ clock, program, env, socket, graceMs });
  return { detail: `started in ${clock.now() - startedAt} ms`, seen: server };
}

async function proveEvents({ clock, directory }: Probe, server: TmuxServer) {
  const pane = await server.open({ ...plain, cwd: directory, command: ["cat"] });
  using heard = listenTo(pane, clock);
  const sentAt = clock.now();
  await pane.type("x");
  const { at } = await heard.first((event) => event.type === "output");
  return { detail: `a letter was told ${at - sentAt} ms after it was typed`, seen: pane };
}

/** The program answers with all that it has read, as hexadecimal digits. */
async function provePaste({ clock, directory }: Probe, server: TmuxServer) {
  const expected = Buffer.from(`\u001b[200~${pasted}\u001b[201~`);
  const script = [
    "stty raw -echo",
    "printf '\\033[?2004h'",
    `read=$(head -c ${expected.length} | od -An -v -tx1 | tr -d ' \\n')`,
    "printf '\\033]9;%s\\007' \"$read\"",
    `exit ${endedWith}`,
  ].join("\n");
  const pane = await server.open({ ...plain, cwd: directory, command: ["sh", "-c", script] });
  using heard = listenTo(pane, clock);
  await heard.first((event) => event.type === "mode" && event.mode === 2004);
  const input = await pane.paste(pasted);
  if (!input.done) throw new Error(`a paste was refused: ${input.why}`);
  const read = await heard.first((event) => event.type === "osc" && event.code === 9);
  if (read.type === "osc" && read.data !== expected.toString("hex")) {
    throw new Error(`a paste of two lines did not arrive as it was, but as ${read.data}`);
  }
  return { detail: "two lines arrived as they were", seen: pane };
}

async function proveExitCode({ clock }: Probe, pane: Pane) {
  using heard = listenTo(pane, clock);
  if (pane.exitCode === null) await heard.first((event) => event.type === "exited");
  if (pane.exitCode !== endedWith) {
    throw new Error(`a program ended with ${endedWith}, and ${pane.exitCode} was told`);
  }
  return { detail: "the end of a program was told with its code", seen: pane };
}

async function proveGuard(ended: Pane, neighbour: Pane) {
  const input = await ended.paste(pasted);
  if (input.done) throw new Error("a paste was not refused after the end of the program");
  await neighbour.capture();
  return { detail: "a paste after the end of a program was refused", seen: input };
}

async function proveEnd({ directory }: Probe, server: TmuxServer) {
  const panes = await server.find("probe", "yes").catch(() => {
    // It cannot be asked any more, which has been told; it is ended all the same.
    return [];
  });
  await server.end();
  const left = [server.pid, ...panes.map((pane) => pane.pid)].filter(findProcess);
  if (left.length > 0) throw new Error(`processes could not be ended: ${left.join(", ")}`);
  if (existsSync(path.join(directory, "s"))) throw new Error("its socket was left");
  return { detail: "nothing was left", seen: left };
}

const plain = { name: "probe", env: {}, options: { probe: "yes" } };

interface Heard extends Disposable {
  /** Also one that came before. Rejects after a time, and when the pane goes without it. */
  first(isWanted: (event: PaneEvent) => boolean): Promise<PaneEvent>;
}

function listenTo(pane: Pane, clock: Clock): Heard {
  const before: PaneEvent[] = [];
  let hear: (event: PaneEvent) => void = (event) => before.push(event);
  const listening = pane.listen((event) => hear(event));
  return {
    async first(isWanted) {
      const found = before.find(isWanted);
      if (found !== undefined) return found;
      const answered = new AbortController();
      const { promise, resolve, reject } = Promise.withResolvers<PaneEvent>();
      hear = (event) => {
        before.push(event);
        if (isWanted(event)) resolve(event);
        else if (event.type === "gone") reject(new Error(`the window is gone: ${event.why}`));
      };
      clock.until(clock.now() + longestMs, answered.signal).then(
        () => reject(new Error(`tmux has told nothing within ${longestMs} ms`)),
        // It has been answered.
        () => undefined,
      );
      return promise.finally(() => answered.abort());
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

function explain(error: unknown): Pick<ProbeStep, "detail" | "hint"> {
  const other = "Install tmux 3.4 or newer, or use `driver: command` for this agent.";
  if (error instanceof AppError) return { detail: error.message, hint: error.hint ?? other };
  return { detail: error instanceof Error ? error.message : String(error), hint: other };
}
