/**
 * An agent that plans, from beginning to end: a checkout of the target that never lands, a session in
 * a seat that cannot write, a socket by which it hands in its draft. It is in no run and beside any:
 * its sockets and its tmux server are its own. What an earlier one has left, killed, is ended first.
 */

import { randomBytes, randomUUID } from "node:crypto";
import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import type { Prompt } from "../agents/driver.ts";
import type { LoadedConfig } from "../config/load.ts";
import {
  completeIt,
  type Missing,
  type PlanningOrder,
  type PlanningTrouble,
} from "../domain/planning.ts";
import { plannerSeat, seated } from "../domain/seat.ts";
import { durationText } from "../domain/view-duration.ts";
import { oneLine } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { type Clock, timeOfDay } from "../lib/clock.ts";
import { serveJson } from "../lib/json-socket.ts";
import type { Mask } from "../lib/mask.ts";
import { writeText } from "../lib/text-file.ts";
import type {
  Environment,
  Planning,
  PlanningRequest,
  ProjectPlace,
} from "../operations/context.ts";
import { createPrompts } from "../prompts/create-prompts.ts";
import type { Prompts } from "../prompts/prompt.ts";
import { Conversation, type ConversationWatch, type Turn } from "../runner/conversation.ts";
import { unattended } from "../runner/unattended.ts";
import { Drafts } from "./drafts.ts";
import { openDrivers } from "./drivers.ts";
import { ensureStateDir } from "./on-host.ts";
import { pathsOf, reportSocketPath, socketPath } from "./places.ts";
import { endPlanner, plannerMark, plannerPlace, takeSeat } from "./plan-seat.ts";
import { openPlannerSeat, type PlannerSeat } from "./planner-checkout.ts";
import { answerPlanner } from "./planner-socket.ts";
import { openMask } from "./run-mask.ts";

export interface PlanningParts extends PlanningRequest {
  readonly clock: Clock;
  readonly env: Environment;
  readonly place: ProjectPlace;
  /** How long a start, or a turn, may take. */
  readonly turnMs?: number;
}

/** To read a repository and to plan (chosen). */
const usualTurnMs = 30 * 60_000;

export async function openPlanning(parts: PlanningParts): Promise<Planning> {
  const { clock, env, place, agent, loaded } = parts;
  await using stack = new AsyncDisposableStack();
  await ensureStateDir({ clock, env, place });
  stack.use(await takeSeat(place, clock));
  await endLeft(place, clock);
  const seat = stack.use(await openPlannerSeat(parts));
  const token = randomBytes(24).toString("base64url");
  const mask = openMask({ env, agents: loaded.config.agents, tokens: [token] });
  const own = plannerPlace(place);
  const socket = socketPath(env, own);
  const paths = pathsOf(place);
  const draftFile = path.join(path.dirname(paths.prompt(plannerSeat, 1, 1)), "draft.md");
  const drafts = stack.use(new Drafts({ file: draftFile, judge: parts.onDraft }));
  const onDraft: PlanningParts["onDraft"] = (text) => drafts.take(text);
  const answer = (question: unknown): Promise<unknown> =>
    answerPlanner(question, { token, onDraft });
  stack.use(await serveJson(socket, answer));
  if (agent.sandbox !== undefined) {
    stack.use(await serveJson(reportSocketPath(env, own), answer));
  }
  const drivers = stack.use(
    await openDrivers({ clock, env, place: own, agents: [agent], mask, isForRun: true }),
  );
  const driver = drivers.of(agent);
  for (const session of (await driver.left?.()) ?? []) await session.end();
  const logFile = paths.log(plannerSeat);
  await mkdir(path.dirname(logFile), { recursive: true });
  const request = {
    slot: plannerSeat,
    agent: seated(agent),
    cwd: await seat.sit(),
    env: {
      TEMOIN_SLOT: plannerMark(place),
      TEMOIN_SOCKET: socket,
      TEMOIN_TOKEN: token,
    },
    logFile,
    privateDir: paths.agentFiles(plannerSeat),
  };
  const session = await within(parts, (signal) => driver.start(request, signal));
  const { window } = agent;
  const conversation = stack.use(new Conversation(unattended(session), clock, { window }));
  const onTold = (says: string): void => parts.onTold(mask.text(says));
  const prompts = promptsOf(loaded, place);
  const made = { conversation, prompts, logFile, mask, draftFile, seat };
  return new PlannerSession({ ...parts, onTold }, made, stack.move());
}

class PlannerSession implements Planning {
  readonly log: string;
  readonly #parts: PlanningParts;
  readonly #conversation: Conversation;
  readonly #prompts: Prompts;
  readonly #draftFile: string;
  readonly #logFile: string;
  readonly #mask: Mask;
  readonly #seat: PlannerSeat;
  readonly #open: AsyncDisposableStack;
  readonly #name = `${plannerSeat}/${randomUUID()}`;
  #turns = 0;

  constructor(
    parts: PlanningParts,
    made: {
      readonly conversation: Conversation;
      readonly prompts: Prompts;
      readonly logFile: string;
      readonly mask: Mask;
      readonly draftFile: string;
      readonly seat: PlannerSeat;
    },
    open: AsyncDisposableStack,
  ) {
    this.#parts = parts;
    this.#conversation = made.conversation;
    this.#prompts = made.prompts;
    this.#draftFile = made.draftFile;
    this.#logFile = made.logFile;
    this.#mask = made.mask;
    this.#seat = made.seat;
    this.log = path.relative(parts.place.root, made.logFile);
    this.#open = open;
  }

  async take(order: PlanningOrder, missing: Missing | undefined): Promise<PlanningTrouble | null> {
    const text =
      missing === undefined
        ? await this.#prompts.planning(order)
        : await this.#prompts.planAgain({
            order,
            missing,
            orderFile: this.#fileOf(1),
            draftFile: this.#draftFile,
          });
    if (missing === undefined) await this.#noteGoal(order);
    const prompt = await this.#write(text);
    await this.#seat.sit();
    const { turnMs = usualTurnMs } = this.#parts;
    const turn = await within(this.#parts, (signal) =>
      this.#conversation.takeTurn(prompt, {
        watch: this.#watch(),
        signal,
        onAccepted: () => Promise.resolve(),
      }),
    );
    return troubleOf(turn, turnMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }

  /** The log holds what was printed for one goal after the other. */
  async #noteGoal({ agent, goal }: PlanningOrder): Promise<void> {
    const { clock } = this.#parts;
    const at = new Date(timeOfDay(clock)).toISOString();
    await appendFile(
      this.#logFile,
      this.#mask.text(`\n--- ${at} plan by ${agent}: ${oneLine(goal, 200)}\n`),
    );
  }

  async #write(text: string): Promise<Prompt> {
    this.#turns += 1;
    const turn = this.#turns;
    const file = this.#fileOf(turn);
    await writeText(file, text);
    return {
      id: `${this.#name}/${turn}`,
      kind: turn === 1 ? "task" : "feedback",
      text,
      file,
      env: {
        TEMOIN_TASK: plannerSeat,
        TEMOIN_ATTEMPT: "1",
        TEMOIN_TURN: String(turn),
        TEMOIN_PROMPT_FILE: file,
      },
    };
  }

  #fileOf(turn: number): string {
    return pathsOf(this.#parts.place).prompt(plannerSeat, 1, turn);
  }

  /** A person waits for it, and ends it when they have waited enough. */
  #watch(): ConversationWatch {
    const { clock, turnMs = usualTurnMs, onTold } = this.#parts;
    const until = clock.now() + 2 * turnMs;
    return {
      isWithPerson: false,
      begin: () => undefined,
      pause: () => undefined,
      hear: (event) => {
        if (event.type === "activity" || event.type === "retrying") onTold(event.says);
        return false;
      },
      next: () => Promise.resolve({ do: "wait", until, isQuiet: false }),
    };
  }
}

/** Agents of one that was killed. */
async function endLeft(place: ProjectPlace, clock: Clock): Promise<void> {
  const [left] = await endPlanner(place, clock);
  if (left === undefined) return;
  throw new AppError("failed", `Process ${left.pid} of an earlier plan could not be ended.`, {
    hint: `End it yourself: kill -9 ${left.pid}`,
  });
}

function promptsOf({ config }: LoadedConfig, { stateDir }: ProjectPlace): Prompts {
  return createPrompts({
    style: config.prompts.style,
    template: null,
    target: config.target ?? "HEAD",
    gates: config.gates,
    stateDir,
  });
}

/** Called off when it takes too long, too. */
async function within<T>(
  { clock, turnMs = usualTurnMs, signal }: PlanningParts,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const says = `The agent had not begun after ${durationText(turnMs)}.`;
  const timer = clock.until(clock.now() + turnMs, done.signal).then(
    () => late.abort(new AppError("failed", says, { hint: "`temoin logs plan` shows why." })),
    // It has come to its end.
    () => undefined,
  );
  try {
    return await act(AbortSignal.any([signal, late.signal]));
  } finally {
    done.abort();
    await timer;
  }
}

function troubleOf(turn: Turn, turnMs: number): PlanningTrouble | null {
  if (turn.limit !== null) return { says: turn.limit.says, isOver: true };
  switch (turn.kind) {
    case "ended":
      if (turn.end.result === "failed") return { says: ownReason(turn.end.why), isOver: false };
      if (turn.end.result !== "interrupted") return null;
      return { says: "its turn was interrupted", isOver: true };
    case "not_accepted":
    case "session_over":
      return { says: turn.why, isOver: true };
    case "cut":
    case "stopped":
      return { says: `its turn had not ended after ${durationText(turnMs)}`, isOver: true };
  }
}

/** What temoin itself has told it is no reason of its own: a script that ends by `temoin draft` ends so. */
function ownReason(why: string): string {
  return why.endsWith(`: ${completeIt}`) ? why.slice(0, -completeIt.length - 2) : why;
}
