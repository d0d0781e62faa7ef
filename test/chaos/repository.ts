/**
 * A repository in memory, as far as a run needs one: commits with the lines that are in them, a
 * target that moves by compare-and-swap, and refs that nobody removes. It outlives every kill.
 */

import assert from "node:assert/strict";
import { type CommitSha, parseSha } from "../../src/domain/id.ts";

export interface Commit {
  readonly sha: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly lines: ReadonlySet<string>;
  /** Its gates are red, whatever lands on it. */
  readonly isRed: boolean;
  /** The task that it is the landing of. */
  readonly lands: string | null;
}

export class Repository {
  readonly #commits = new Map<string, Commit>();
  /** Branches of attempts and saved refs. */
  readonly #refs = new Set<CommitSha>();
  #target: CommitSha;

  constructor() {
    this.#target = this.commit({ parents: [], lines: new Set(["README"]) });
  }

  get target(): CommitSha {
    return this.#target;
  }

  at(sha: CommitSha): Commit {
    const commit = this.#commits.get(sha);
    assert(commit !== undefined, `there is no commit ${sha}`);
    return commit;
  }

  commit(parts: Pick<Commit, "parents" | "lines"> & Partial<Commit>): CommitSha {
    const sha = parseSha((this.#commits.size + 1).toString(16).padStart(40, "0"));
    assert(sha !== null);
    this.#commits.set(sha, { isRed: false, lands: null, ...parts, sha });
    return sha;
  }

  /** A commit that a ref keeps: the branch of an attempt, or what was saved of it. */
  keep(lines: ReadonlySet<string>, parent: CommitSha): CommitSha {
    const sha = this.commit({ parents: [parent], lines: new Set(lines) });
    this.#refs.add(sha);
    return sha;
  }

  /** A person's commit on the target. */
  push(line: string, isRed: boolean): void {
    const before = this.at(this.#target);
    const lines = new Set([...before.lines, line]);
    this.#target = this.commit({ parents: [before.sha], lines, isRed });
  }

  /** `head` on `onto`, in the object store alone. */
  merge(onto: CommitSha, head: CommitSha, what: { lands: string; mends: boolean }): CommitSha {
    const ours = this.at(onto);
    const lines = new Set([...ours.lines, ...this.at(head).lines]);
    const isRed = ours.isRed && !what.mends;
    return this.commit({ parents: [onto, head], lines, isRed, lands: what.lands });
  }

  /** Fails the world where a task would land twice. */
  swap(expected: CommitSha, next: CommitSha): boolean {
    if (this.#target !== expected) return false;
    this.#target = next;
    const landed = this.landings();
    assert.equal(new Set(landed).size, landed.length, `landed twice: ${landed.join(", ")}`);
    return true;
  }

  contains(sha: CommitSha): boolean {
    return this.#history().some((commit) => commit.sha === sha);
  }

  /** The tasks that have landed, the oldest first. */
  landings(): readonly string[] {
    return this.#history().flatMap(({ lands }) => lands ?? []);
  }

  /** Is the line in the target, or in what a ref keeps? */
  has(line: string): boolean {
    if (this.at(this.#target).lines.has(line)) return true;
    return [...this.#refs].some((sha) => this.at(sha).lines.has(line));
  }

  /** Along the first parents, the oldest first. */
  #history(): readonly Commit[] {
    const commits: Commit[] = [];
    let at: CommitSha | undefined = this.#target;
    while (at !== undefined) {
      const commit: Commit = this.at(at);
      commits.push(commit);
      [at] = commit.parents;
    }
    return commits.toReversed();
  }
}
