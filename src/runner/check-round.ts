/**
 * What a round of an attempt has come to: is there a change, within its scope, with nothing of the
 * other side lost, and green? What may be told once is given back once; then it ends the attempt.
 */

import type { CommitSha } from "../domain/id.ts";
import { listText } from "../domain/view-text.ts";
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

export class RoundCheck {
  readonly #parts: WorkParts & { readonly baselines: Baselines };
  readonly #hand: WorkInHand;
  /** What was given back to the agent once. */
  readonly #told = new Set<"deliverables" | "dropped" | "scope">();

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
    return { end: this.#hand.endVerified(why), ...told };
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
    if (round > 0) {
      return {
        end: await this.#hand.endAs("no_change", `${says}, twice`),
        says,
        red: [],
        findings: [],
      };
    }
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
