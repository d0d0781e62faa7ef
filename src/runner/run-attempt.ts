/**
 * One task, told from its claim to its end: a workspace, a session, a prompt; the turn ends; look
 * at what changed; the gates; their output goes back to the same session while they are red and
 * rounds are left; green work is committed and the slot is free.
 *
 * It never throws for what an agent, a gate or a workspace does: the end is a value.
 */

import type { TurnEnd } from "../agents/driver.ts";
import type { Limit, Report } from "../domain/agent.ts";
import type { Outcome } from "../domain/attempt.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { listText } from "../domain/view-text.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { type AttemptEnd, nothingDone } from "./attempt-end.ts";
import { AttemptTurns, type HandoffDue, type Turn, type Words } from "./attempt-turns.ts";
import type { Baselines } from "./baselines.ts";
import { RoundCheck, type RoundFound } from "./check-round.ts";
import type { Conversation } from "./conversation.ts";
import type { Cut, Desk } from "./desk.ts";
import { evidence } from "./evidence.ts";
import type { Hands } from "./hands.ts";
import { joinAttempt } from "./join-attempt.ts";
import { type Found, keyOf, look } from "./look.ts";
import { type Prepared, prepareAttempt } from "./prepare-attempt.ts";
import { PromptBook } from "./prompt-book.ts";
import { isTrouble } from "./trouble.ts";
import { watchReports } from "./watch-reports.ts";
import { WorkInHand } from "./work-in-hand.ts";

export interface AttemptParts {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly desk: Desk;
  readonly baselines: Baselines;
  /** Starts the slot's session, or takes the one that it has. */
  readonly converse: (workspace: Workspace) => Promise<Conversation>;
  /** The agent has its first prompt. */
  readonly onPrompted: () => void;
}

export async function runAttempt(parts: AttemptParts): Promise<AttemptEnd> {
  const { isResumed } = parts.order;
  const prepared = await (isResumed ? joinAttempt(parts) : prepareAttempt(parts));
  if ("outcome" in prepared) return prepared;
  const attempt = new AttemptWork(parts, prepared);
  try {
    return await attempt.run();
  } catch (error) {
    if (!isTrouble(error)) throw error;
    return attempt.end("crashed", error.message);
  }
}

class AttemptWork {
  readonly #parts: AttemptParts;
  readonly #hand: WorkInHand;
  readonly #check: RoundCheck;
  readonly #prompts: PromptBook;
  readonly #turns: AttemptTurns;
  /** Reports in files that are told already, or were there before. */
  readonly #known: Set<string>;
  /** Reports in files that were told as they were written. */
  readonly #early = new Set<string>();
  /** It was told that it has changed the configuration. */
  #configTold = false;
  /** Its agent was asked for its handoff, and goes on. */
  #isPrepared = false;

  constructor(parts: AttemptParts, prepared: Prepared) {
    this.#parts = parts;
    this.#hand = new WorkInHand(parts, prepared);
    this.#check = new RoundCheck(parts, this.#hand);
    this.#prompts = new PromptBook(parts.hands, parts.order);
    this.#known = new Set(prepared.known);
    this.#turns = new AttemptTurns(parts, this.#prompts);
  }

  async run(): Promise<AttemptEnd> {
    const { order, desk, baselines } = this.#parts;
    await this.#move("starting", "schedule", order.because);
    const started = await this.#start();
    if ("outcome" in started) return started;
    baselines.seed(order.checks ?? []);
    let words = await this.#turns.first(this.#hand);
    // Beside the agent's work; it is waited for before the first verdict.
    await using look = baselines.begin(this.#hand.since, desk);
    for (let round = order.rounds; ; ) {
      const turn = await this.#takeTurn(started, words);
      const cut = desk.cut;
      if (cut !== null) return this.#endCut(cut);
      if (turn.kind !== "ended") return this.#endTurnless(turn);
      const found = await this.#look(turn);
      const end = this.#judge(turn, found);
      if (end !== null) return end;
      const checked = await this.#check.of(found, round, look);
      if (desk.cut !== null) return this.#endCut(desk.cut);
      if (checked.end?.outcome === "verified") {
        // Words that came while the gates ran are heard before the work is called finished.
        const tells = await this.#turns.newTells();
        if (desk.cut !== null) return this.#endCut(desk.cut);
        const full = this.#turns.fill.due("at_rest");
        if (tells.length > 0 && full.do === "execute") return this.#handOff(full);
        if (tells.length === 0) return this.#hand.withSection(checked.end, found);
        words = this.#turns.told(tells);
        continue;
      }
      if (checked.end !== null) return checked.end;
      const full = this.#turns.fill.due("at_rest");
      if (round >= order.policy.feedbackRounds) return this.#endRed(checked);
      if (full.do === "execute") return this.#handOff(full);
      round += 1;
      await desk.say({ type: "feedback_given", round, says: checked.says });
      const isNear = full.do === "prepare" && !this.#isPrepared ? full.why : null;
      this.#isPrepared ||= isNear !== null;
      const text = await this.#prompts.feedback({ ...checked, round, full: isNear });
      words = { kind: "feedback", text, tells: [] };
    }
  }

  end(outcome: Outcome, why: string): Promise<AttemptEnd> {
    return this.#hand.endAs(outcome, why);
  }

  async #start(): Promise<Conversation | AttemptEnd> {
    try {
      return await this.#parts.converse(this.#hand.workspace);
    } catch (error) {
      // Called off while it started.
      const { cut } = this.#parts.desk;
      if (cut !== null) return this.#endCut(cut);
      if (!isTrouble(error)) throw error;
      const end = nothingDone("crashed", error.message);
      return { ...end, slotBroken: error.message };
    }
  }

  async #takeTurn(conversation: Conversation, words: Words): Promise<Turn> {
    const { hands, order, desk } = this.#parts;
    await using _watching = await watchReports({
      clock: hands.clock,
      directory: this.#hand.workspace.path,
      files: hands.reportFiles,
      names: [order.task.id, ...order.task.aliases],
      onReport: async (report) => {
        this.#early.add(keyOf(report));
        if (desk.cut === null) await desk.say({ type: "reported", report });
      },
    });
    return await this.#turns.take(conversation, this.#hand.workspace, words);
  }

  async #look(turn: Extract<Turn, { kind: "ended" }>): Promise<Found> {
    const { hands, order, desk } = this.#parts;
    // Its time is that of the end, before the look.
    const over = evidence(hands.clock, "process", turn.says);
    const found = await look({
      hands,
      order,
      workspace: this.#hand.workspace,
      since: this.#hand.since,
      told: desk.takeReports(),
      known: this.#known,
    });
    for (const report of found.written) this.#known.add(keyOf(report));
    for (const report of found.unheard) {
      if (!this.#early.has(keyOf(report))) await desk.say({ type: "reported", report });
    }
    const isConfigNew = !this.#configTold && found.changed.includes("temoin.yaml");
    this.#configTold ||= isConfigNew;
    await desk.say({
      type: "attempt_moved",
      phase: "verifying",
      evidence: [over, ...found.evidence],
      ...(found.outside.length > 0 ? { outside: found.outside } : {}),
      ...(isConfigNew ? { config: true } : {}),
    });
    return found;
  }

  /** Is the attempt over before any gate? */
  #judge(turn: Extract<Turn, { kind: "ended" }>, found: Found): Promise<AttemptEnd> | null {
    const last: Report | undefined = found.reports.at(-1);
    if (last?.kind === "blocked") {
      return this.end("blocked", last.text).then((end) => ({ ...end, limit: turn.limit }));
    }
    if (turn.limit !== null) return this.#endLimited(turn.limit);
    if (last?.kind === "handoff" && !this.#isPrepared) {
      const why = `${this.#parts.order.agent} hands it on by its report`;
      return this.#handOff({ reason: "agent", why, limit: null });
    }
    if (turn.end.result === "failed") return this.#endFailed(turn.end);
    if (turn.end.result === "interrupted") return this.end("crashed", "its turn was interrupted");
    return null;
  }

  async #endFailed({ why, isBroken }: Extract<TurnEnd, { result: "failed" }>): Promise<AttemptEnd> {
    const end = await this.end("crashed", why);
    return isBroken === true ? { ...end, slotBroken: why } : end;
  }

  async #endRed(checked: RoundFound): Promise<AttemptEnd> {
    if (checked.red.length === 0) return this.end("gate_failed", checked.says);
    const names = listText(checked.red.map((one) => one.result.name));
    return this.end("gate_failed", `${names} still red: ${checked.says}`);
  }

  async #endLimited(limit: Limit): Promise<AttemptEnd> {
    return { ...(await this.end("limited", limit.says)), limit };
  }

  async #handOff({ reason, why, limit }: HandoffDue): Promise<AttemptEnd> {
    return { ...(await this.end("handed_off", why)), handoff: reason, limit };
  }

  async #endTurnless(turn: Exclude<Turn, { kind: "ended" }>): Promise<AttemptEnd> {
    if (turn.kind === "handed_off") return this.#handOff(turn);
    if (turn.kind !== "cut" && turn.limit !== null) return this.#endLimited(turn.limit);
    if (turn.kind === "session_over") return this.end("lost", turn.why);
    if (turn.kind === "given_up") return this.end(turn.outcome, turn.why);
    const why = turn.kind === "cut" ? "its turn was cut" : turn.why;
    const end = await this.end("crashed", why);
    return turn.kind === "not_accepted" ? { ...end, slotBroken: why } : end;
  }

  async #endCut(cut: Cut): Promise<AttemptEnd> {
    if (cut.kind === "lost") return this.end("lost", "its lease was lost");
    return this.end(cut.outcome, cut.why);
  }

  #move(phase: "starting" | "working", source: "schedule" | "process", says: string) {
    const { desk, hands } = this.#parts;
    const seen = [evidence(hands.clock, source, says)];
    return desk.say({ type: "attempt_moved", phase, evidence: seen });
  }
}
