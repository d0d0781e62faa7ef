/**
 * One task, told from its claim to its end: a workspace, a session, a prompt; the turn ends; look
 * at what changed; the gates; their output goes back to the same session while they are red and
 * rounds are left; green work is committed and the slot is free.
 *
 * It never throws for what an agent, a gate or a workspace does: the end is a value.
 */

import type { Report } from "../domain/agent.ts";
import type { Outcome, Work } from "../domain/attempt.ts";
import { noWork } from "../domain/attempt.ts";
import type { CommitSha } from "../domain/id.ts";
import { workMessage } from "../domain/message.ts";
import type { AttemptOrder } from "../domain/order.ts";
import type { Finding } from "../prompts/prompt.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { type AttemptEnd, nothingDone } from "./attempt-end.ts";
import { AttemptTurns, type Words } from "./attempt-turns.ts";
import type { Conversation, Turn } from "./conversation.ts";
import type { Cut, Desk } from "./desk.ts";
import { evidence, listed } from "./evidence.ts";
import type { Hands } from "./hands.ts";
import { joinAttempt } from "./join-attempt.ts";
import { completedSection, type Found, keyOf, look } from "./look.ts";
import { type Prepared, prepareAttempt } from "./prepare-attempt.ts";
import { PromptBook } from "./prompt-book.ts";
import { saveWork } from "./save-work.ts";
import { isTrouble } from "./trouble.ts";
import { allGates, allPassed, ownGates, redGates, verify } from "./verify.ts";
import { watchReports } from "./watch-reports.ts";

export interface AttemptParts {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly desk: Desk;
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
  readonly #workspace: Workspace;
  readonly #since: CommitSha;
  readonly #prompts: PromptBook;
  readonly #turns: AttemptTurns;
  /** Reports in files that are told already, or were there before. */
  readonly #known: Set<string>;
  /** Reports in files that were told as they were written. */
  readonly #early = new Set<string>();
  #work: Work = noWork;

  constructor(parts: AttemptParts, prepared: Prepared) {
    this.#parts = parts;
    this.#workspace = prepared.workspace;
    this.#since = prepared.since;
    this.#prompts = new PromptBook(parts.hands, parts.order);
    this.#known = new Set(prepared.known);
    this.#turns = new AttemptTurns(parts, this.#prompts);
  }

  async run(): Promise<AttemptEnd> {
    const { order, desk } = this.#parts;
    await this.#move("starting", "schedule", order.because);
    const started = await this.#start();
    if ("outcome" in started) return started;
    let words = await this.#turns.first();
    for (let round = order.rounds; ; ) {
      const turn = await this.#takeTurn(started, words);
      const cut = desk.cut;
      if (cut !== null) return this.#endCut(cut);
      if (turn.kind !== "ended") return this.#endTurnless(turn);
      const found = await this.#look(turn);
      const end = this.#judge(turn, found);
      if (end !== null) return end;
      const checked = await this.#check(found, round);
      if (desk.cut !== null) return this.#endCut(desk.cut);
      if (checked.end?.outcome === "verified") {
        // Words that came while the gates ran are heard before the work is called finished.
        const tells = await this.#turns.newTells();
        if (desk.cut !== null) return this.#endCut(desk.cut);
        if (tells.length === 0) return this.#endGreen(checked.end, found);
        words = this.#turns.told(tells);
        continue;
      }
      if (checked.end !== null) return checked.end;
      if (round >= order.policy.feedbackRounds) return this.#endRed(checked);
      round += 1;
      await desk.say({ type: "feedback_given", round, says: checked.says });
      const text = await this.#prompts.feedback(round, checked.red, checked.findings);
      words = { kind: "feedback", text, tells: [] };
    }
  }

  /** The end of the attempt, with everything that is there saved. */
  async end(outcome: Outcome, why: string): Promise<AttemptEnd> {
    const saved = await saveWork({
      ...this.#parts,
      workspace: this.#workspace,
      reason: `${outcome}: ${why}`,
    });
    if (saved !== null) this.#work = { ...this.#work, saved };
    return { outcome, why, work: this.#work, slotBroken: null, verifyPassed: false };
  }

  async #start(): Promise<Conversation | AttemptEnd> {
    try {
      return await this.#parts.converse(this.#workspace);
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
      directory: this.#workspace.path,
      files: hands.reportFiles,
      names: [order.task.id, ...order.task.aliases],
      onReport: async (report) => {
        this.#early.add(keyOf(report));
        if (desk.cut === null) await desk.say({ type: "reported", report });
      },
    });
    return await this.#turns.take(conversation, words);
  }

  async #look(turn: Extract<Turn, { kind: "ended" }>): Promise<Found> {
    const { hands, order, desk } = this.#parts;
    const found = await look({
      hands,
      order,
      workspace: this.#workspace,
      since: this.#since,
      told: desk.takeReports(),
      known: this.#known,
    });
    for (const report of found.written) this.#known.add(keyOf(report));
    for (const report of found.unheard) {
      if (!this.#early.has(keyOf(report))) await desk.say({ type: "reported", report });
    }
    await desk.say({
      type: "attempt_moved",
      phase: "verifying",
      evidence: [evidence(hands.clock, "process", turn.says), ...found.evidence],
    });
    return found;
  }

  /** Is the attempt over before any gate? */
  #judge(turn: Extract<Turn, { kind: "ended" }>, found: Found): Promise<AttemptEnd> | null {
    const last: Report | undefined = found.reports.at(-1);
    if (last?.kind === "blocked") return this.end("blocked", last.text);
    if (turn.end.result === "failed") return this.end("crashed", turn.end.why);
    if (turn.end.result === "interrupted") return this.end("crashed", "its turn was interrupted");
    return null;
  }

  async #check(found: Found, round: number): Promise<Verified> {
    const { hands, order } = this.#parts;
    if (found.changed.length === 0) return this.#checkNoChange(round);
    if (found.unmerged.length > 0) {
      const says = `a merge is unfinished in ${listed(found.unmerged)}`;
      return { end: null, says, red: [], findings: [{ says }] };
    }
    await this.#commit(found);
    const gates = allGates(hands, order.task);
    const results = await verify({ ...this.#verifying(round), gates });
    if (allPassed(results)) {
      const work = this.#work;
      const why = results.length === 0 ? "no gate is configured: unproven" : "its gates passed";
      const end = { outcome: "verified", why, work, slotBroken: null, verifyPassed: true } as const;
      return { end, says: why, red: [], findings: [] };
    }
    const red = redGates(results);
    return { end: null, says: red.map((one) => one.result.why).join("; "), red, findings: [] };
  }

  /** Nothing changed: done only if the task's own checks pass, else one more round, then a person. */
  async #checkNoChange(round: number): Promise<Verified> {
    const { order } = this.#parts;
    if (order.task.verify.length > 0) {
      const gates = ownGates(order.task);
      const results = await verify({ ...this.#verifying(round), gates });
      if (allPassed(results)) {
        const why = "nothing had to change: the task's own checks pass";
        const end = await this.end("no_change", why);
        return { end: { ...end, verifyPassed: true }, says: why, red: [], findings: [] };
      }
    }
    const says = "no file was changed";
    if (round > 0) {
      return { end: await this.end("no_change", `${says}, twice`), says, red: [], findings: [] };
    }
    const advice = `${says}. If nothing has to change, say so with \`temoin report blocked "why"\`.`;
    return { end: null, says, red: [], findings: [{ says: advice }] };
  }

  async #commit(found: Found): Promise<void> {
    const { order } = this.#parts;
    const head = await this.#workspace.commit(workMessage(order));
    this.#work = { head, saved: null, commits: found.commits };
  }

  /** With the section in `log.completed`, when the agent has not written it. */
  async #endGreen(end: AttemptEnd, found: Found): Promise<AttemptEnd> {
    const { hands, order } = this.#parts;
    if (hands.completedFile === null || found.hasSection) return end;
    const section = completedSection(order, found.changed, hands.clock.now());
    await this.#workspace.append(hands.completedFile, section);
    const head = await this.#workspace.commit(workMessage(order));
    return { ...end, work: { ...this.#work, head, commits: this.#work.commits + 1 } };
  }

  #verifying(round: number) {
    const { hands, order, desk } = this.#parts;
    const cwd = this.#workspace.path;
    return { hands, desk, cwd, slot: order.slot, order, round, where: "workspace" } as const;
  }

  async #endRed(checked: Verified): Promise<AttemptEnd> {
    if (checked.red.length === 0) return this.end("gate_failed", checked.says);
    const names = listed(checked.red.map((one) => one.result.name));
    return this.end("gate_failed", `${names} still red: ${checked.says}`);
  }

  async #endTurnless(turn: Exclude<Turn, { kind: "ended" }>): Promise<AttemptEnd> {
    if (turn.kind === "session_over") return this.end("lost", turn.why);
    if (turn.kind === "timed_out") return this.end("timed_out", "its turn outlasted watch.turn");
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

/** What the gates say of a round. */
interface Verified {
  /** `null`: red, and told so. */
  readonly end: AttemptEnd | null;
  readonly says: string;
  readonly red: ReturnType<typeof redGates>;
  readonly findings: readonly Finding[];
}
