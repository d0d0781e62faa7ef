/** What the turns of one attempt have used: told at the end of each, and meanwhile now and then. */

import type { Usage } from "../domain/agent.ts";
import type { Instant } from "../domain/id.ts";
import { addUsage } from "../domain/usage.ts";

/** What a turn has used is told at its end, and meanwhile at most so often (chosen). */
const tellEveryMs = 30_000;

export class AttemptUsage {
  readonly #tell: (usage: Usage) => void;
  /** Of the turns that have ended, and of the one that runs. */
  #before: Usage | null = null;
  #now: Usage | null = null;
  #toldAt: Instant = 0;

  constructor(tell: (usage: Usage) => void) {
    this.#tell = tell;
  }

  /** `null`: none of it tells. */
  get whole(): Usage | null {
    return addUsage(this.#before, this.#now);
  }

  /** `used`: by earlier turns of the attempt that begins, or is taken up. */
  begin(used: Usage | null): void {
    this.#before = used;
    this.#now = null;
  }

  /** Of the turn that runs: each figure counts for the whole turn. */
  take(usage: Usage, at: Instant): void {
    this.#now = { ...this.#now, ...usage };
    if (at - this.#toldAt >= tellEveryMs) this.#tellAt(at);
  }

  endTurn(at: Instant): void {
    if (this.#now === null) return;
    this.#tellAt(at);
    this.#before = this.whole;
    this.#now = null;
  }

  #tellAt(at: Instant): void {
    const { whole } = this;
    if (whole === null) return;
    this.#toldAt = at;
    this.#tell(whole);
  }
}
