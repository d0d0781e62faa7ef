/** What an attempt has done so far in its workspace: committed after each look, saved at its end. */

import { noWork, type Outcome, type Work } from "../domain/attempt.ts";
import type { CommitSha } from "../domain/id.ts";
import { workMessage } from "../domain/message.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { timeOfDay } from "../lib/clock.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import { type AttemptEnd, unhurt } from "./attempt-end.ts";
import type { Desk } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { completedSection, type Found } from "./look.ts";
import type { Prepared } from "./prepare-attempt.ts";
import { saveWork } from "./save-work.ts";

export interface WorkParts {
  readonly hands: Hands;
  readonly order: AttemptOrder;
  readonly desk: Desk;
}

export class WorkInHand {
  readonly workspace: Workspace;
  /** What the change is measured against: where this line of work left the target. */
  readonly since: CommitSha;
  readonly #parts: WorkParts;
  #work: Work = noWork;

  constructor(parts: WorkParts, { workspace, since }: Prepared) {
    this.#parts = parts;
    this.workspace = workspace;
    this.since = since;
  }

  /** Of what was committed last; `null`: nothing was. */
  get head(): CommitSha | null {
    return this.#work.head;
  }

  async commit({ commits }: Found): Promise<CommitSha> {
    const head = await this.workspace.commit(workMessage(this.#parts.order));
    this.#work = { head, saved: null, commits };
    return head;
  }

  /** The end of the attempt, with everything that is there saved. */
  async endAs(outcome: Outcome, why: string): Promise<AttemptEnd> {
    const reason = `${outcome}: ${why}`;
    const saved = await saveWork({ ...this.#parts, workspace: this.workspace, reason });
    if (saved !== null) this.#work = { ...this.#work, saved };
    return { ...unhurt, outcome, why, work: this.#work };
  }

  /** The end of an attempt whose work is committed and green. */
  endVerified(why: string): AttemptEnd {
    return { ...unhurt, outcome: "verified", why, work: this.#work, verifyPassed: true };
  }

  /** With the section in `log.completed`, when the agent has not written it. */
  async withSection(end: AttemptEnd, found: Found): Promise<AttemptEnd> {
    const { hands, order } = this.#parts;
    if (hands.completedFile === null || found.hasSection) return end;
    const section = completedSection(order, found.changed, timeOfDay(hands.clock));
    await this.workspace.append(hands.completedFile, section);
    const head = await this.workspace.commit(workMessage(order));
    return { ...end, work: { ...this.#work, head, commits: this.#work.commits + 1 } };
  }
}
