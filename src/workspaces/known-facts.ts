/**
 * What is true of commits for ever, in whichever repository, and so need not be asked twice: each
 * question is a process.
 */

import type { CommitSha } from "../domain/id.ts";

/** Enough for some hundred landings; the oldest goes first (chosen). */
const most = 2_000;

export class KnownFacts<Fact> {
  readonly #facts = new Map<string, Fact>();

  /** The fact of these commits, in this order; asked once. A failure, or that there is none, is not kept. */
  async of<Answer extends Fact | null>(
    commits: readonly CommitSha[],
    ask: () => Promise<Answer>,
  ): Promise<Answer | Fact> {
    const key = commits.join(" ");
    const known = this.#facts.get(key);
    if (known !== undefined) return known;
    const fact = await ask();
    if (fact !== null) this.note(commits, fact);
    return fact;
  }

  note(commits: readonly CommitSha[], fact: Fact): void {
    this.#facts.set(commits.join(" "), fact);
    if (this.#facts.size <= most) return;
    const [oldest] = this.#facts.keys();
    if (oldest !== undefined) this.#facts.delete(oldest);
  }
}
