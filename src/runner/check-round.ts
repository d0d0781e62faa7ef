/**
 * What a round of an attempt has come to: is there a change, within its scope, with nothing of the
 * other side lost, and green? What may be told once is given back once; then it ends the attempt.
 */

import { isInterrupted } from "../domain/handoff.ts";
import type { CommitSha } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { listText, plainWord } from "../domain/view-text.ts";
import type { FailedGate, Finding } from "../prompts/prompt.ts";
import type { AttemptEnd } from "./attempt-end.ts";
import type { Baselines, Look } from "./baselines.ts";
import { checkWork } from "./check-work.ts";
import { findDropped } from "./kept-lines.ts";
import type { Found } from "./look.ts";
import { allPassed, ownGates, verify } from "./verify.ts";
import type { WorkInHand, WorkParts } from "./work-in-hand.ts";

/** What a round has come to. */
export interface RoundFound {
  /** `null`: red, and told so. */
  readonly end: AttemptEnd | null;
  readonly says: string;
  readonly red: readonly FailedGate[];
  readonly findings: readonly Finding[];
}

type Told = Omit<RoundFound, "end">;

/** What is there was left by an attempt that was interrupted, and nothing has come to it; `null`: not so. */
function leftByOthers({ base }: AttemptOrder, head: CommitSha): string | null {
  if (base.from !== "attempt" || base.commit !== head || !isInterrupted(base.because)) return null;
  return `nothing was changed in this attempt: the work is that of attempt ${base.attempt}, which ended ${plainWord(base.because)}`;
}

export class RoundCheck {
  readonly #parts: WorkParts & { readonly baselines: Baselines };
  readonly #hand: WorkInHand;
  /** What was given back to the agent once. */
  readonly #told = new Set<"deliverables" | "dropped" | "scope" | "idle" | "nothing">();

  constructor(parts: WorkParts & { readonly baselines: Baselines }, hand: WorkInHand) {
    this.#parts = parts;
    this.#hand = hand;
  }

  async of(found: Found, round: number, look: Look): Promise<RoundFound> {
    if (found.changed.length === 0) return this.#checkNoChange(round);
    if (found.unmerged.length > 0) {
      const says = `a merge is unfinished in ${listText(found.unmerged)}`;
      return { end: null, says, red: [], findings: [{ says }] };
    }
    const strayed = await this.#checkScope(found);
    if (strayed !== null) return strayed;
    const head = await this.#hand.commit(found);
    const lost = await this.#checkKept(head);
    if (lost !== null) return lost;
    const checked = await checkWork({
      verifying: this.#verifying(round),
      workspace: this.#hand.workspace,
      baselines: this.#parts.baselines,
      look,
      since: this.#hand.since,
      head,
      changed: found.changed,
      missingTold: this.#told.has("deliverables"),
    });
    // The cut is looked at by the caller.
    if (checked === null) return { end: null, says: "called off", red: [], findings: [] };
    const { end, red, findings } = checked;
    if (checked.hasMissing) this.#told.add("deliverables");
    if (end.kind === "feedback") return { end: null, says: end.says, red, findings };
    const told = { says: end.why, red, findings };
    if (end.kind === "red") return { end: await this.#hand.endAs("gate_failed", end.why), ...told };
    if (end.kind === "doubt") {
      return { end: { ...(await this.#hand.endAs("refused", end.why)), doubt: end.why }, ...told };
    }
    const why = checked.isUnproven ? "no gate is configured: unproven" : end.why;
    const idle = leftByOthers(this.#parts.order, head);
    if (idle === null || found.reports.at(-1)?.kind === "done") {
      return { end: this.#hand.endVerified(why), ...told };
    }
    return this.#checkIdle(idle, { round, why, told });
  }

  /** Green by the work of those before it, who did not finish: it is asked once whether that is all. */
  #checkIdle(
    idle: string,
    { round, why, told }: { readonly round: number; readonly why: string; readonly told: Told },
  ): RoundFound {
    if (this.#told.has("idle") || round >= this.#parts.order.policy.feedbackRounds) {
      return { end: this.#hand.endVerified(`${why}; ${idle}`), ...told };
    }
    this.#told.add("idle");
    const advice = `${idle}. It passes, but nobody has said that it is all. Compare it with the task: do what is left, or say \`temoin report done "…"\`.`;
    return { end: null, says: idle, red: [], findings: [{ says: advice }] };
  }

  /** Lines of the other side that a joining has lost: told once, then a person looks at it. */
  async #checkKept(head: CommitSha): Promise<RoundFound | null> {
    const { hands, order } = this.#parts;
    const says = await findDropped(hands, order, { since: this.#hand.since, head });
    if (says === null) return null;
    if (this.#told.has("dropped")) {
      return { end: await this.#hand.endAs("blocked", says), says, red: [], findings: [] };
    }
    this.#told.add("dropped");
    const advice = `${says}. Put them back, each in its place; where one must go, say in your report why.`;
    return { end: null, says, red: [], findings: [{ says: advice }] };
  }

  /** Nothing changed: done only if the task's own checks pass, else one more round, then a person. */
  async #checkNoChange(round: number): Promise<RoundFound> {
    const { order } = this.#parts;
    if (order.task.verify.length > 0) {
      const gates = ownGates(order.task);
      const results = await verify({ ...this.#verifying(round), gates });
      if (allPassed(results)) {
        const why = "nothing had to change: the task's own checks pass";
        const end = await this.#hand.endAs("no_change", why);
        return { end: { ...end, verifyPassed: true }, says: why, red: [], findings: [] };
      }
    }
    const says = "no file was changed";
    const wasTold = this.#told.has("nothing");
    if (wasTold || (round > 0 && round >= order.policy.feedbackRounds)) {
      const why = wasTold ? `${says}, twice` : says;
      return { end: await this.#hand.endAs("no_change", why), says, red: [], findings: [] };
    }
    this.#told.add("nothing");
    const advice = `${says}. If nothing has to change, say so with \`temoin report blocked "why"\`.`;
    return { end: null, says, red: [], findings: [{ says: advice }] };
  }

  /** With `landing.scope: strict` a change beyond the given scope is refused: told once, then over. */
  async #checkScope({ outside }: Found): Promise<RoundFound | null> {
    const { policy, task } = this.#parts.order;
    if (policy.scope !== "strict" || outside.length === 0) return null;
    const says = `changed outside its scope: ${listText(outside)}`;
    if (this.#told.has("scope")) {
      return { end: await this.#hand.endAs("gate_failed", says), says, red: [], findings: [] };
    }
    this.#told.add("scope");
    const advice = `${says}. This task may change only ${listText(task.touches)}: take the rest back.`;
    return { end: null, says, red: [], findings: [{ says: advice }] };
  }

  #verifying(round: number) {
    const { hands, order, desk } = this.#parts;
    const cwd = this.#hand.workspace.path;
    const { head } = this.#hand;
    return {
      ...({ hands, desk, cwd, slot: order.slot, order, round, where: "workspace" } as const),
      ...(head === null ? {} : { tidy: () => this.#hand.workspace.restore(head) }),
    };
  }
}
