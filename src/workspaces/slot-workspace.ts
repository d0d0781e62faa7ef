/**
 * The directory of one slot, as the attempt that works there sees it. One call after the other:
 * they share an index of their own.
 */

import { appendFile, mkdir, rename } from "node:fs/promises";
import path from "node:path";
import { type CommitSha, parseSha } from "../domain/id.ts";
import { allEnded } from "../lib/all-ended.ts";
import { AppError } from "../lib/app-error.ts";
import { Mutex } from "../lib/mutex.ts";
import { readRegularFile } from "../lib/text-file.ts";
import { cameFrom } from "./came-from.ts";
import { commitTree } from "./commit-tree.ts";
import { glanceAt } from "./glance.ts";
import { mergeBaseOf, readRef, treeOf } from "./history.ts";
import { findInside } from "./inside.ts";
import { inspectPlace, listAddedLines } from "./inspection.ts";
import { takeInObjects } from "./own-objects.ts";
import { gitAt, isThere, type Place } from "./place.ts";
import type { Repository } from "./repository.ts";
import { restore } from "./restore.ts";
import { keepOnSavedRef } from "./saved-ref.ts";
import { type SlotRecord, writeRecord } from "./slot-record.ts";
import { removeIndex, type Seen, type Snapshot, sameSnapshot, takeSnapshot } from "./snapshot.ts";
import { type CheckedOut, checkedOutAt, statusOf } from "./status-of.ts";
import { type Taken, takeIn } from "./stray.ts";
import { keepSubmoduleFiles } from "./submodules.ts";
import type { Between, Inspection, WorkOf, Workspace } from "./workspace.ts";
import { quitUnfinished } from "./worktree.ts";

export interface SlotParts {
  readonly repository: Repository;
  readonly place: Place;
  readonly record: SlotRecord;
  readonly recordFile: string;
  readonly onProblem: (says: string) => void;
}

/** Everything that is there, as one commit. */
interface Everything {
  readonly sha: CommitSha;
  readonly out: CheckedOut;
  readonly indexFile: string;
}

export class SlotWorkspace implements Workspace {
  readonly path: string;
  readonly #repository: Repository;
  readonly #place: Place;
  readonly #recordFile: string;
  readonly #onProblem: (says: string) => void;
  readonly #oneAtATime = new Mutex();
  #record: SlotRecord;
  /** By the look before; whatever takes a snapshot uses it up. */
  #seen: Seen | null = null;

  constructor({ repository, place, record, recordFile, onProblem }: SlotParts) {
    this.path = place.path;
    this.#repository = repository;
    this.#place = place;
    this.#record = record;
    this.#recordFile = recordFile;
    this.#onProblem = onProblem;
  }

  inspect(base: CommitSha, reportFiles: readonly string[]): Promise<Inspection> {
    return this.#oneAtATime.run(async () => {
      const { branch, made } = this.#record;
      const repository = this.#repository;
      const request = { repository, base, reportFiles, branch, made };
      this.#seen = null;
      const { inspection, seen } = await inspectPlace(this.#place, request);
      this.#seen = seen;
      return inspection;
    });
  }

  addedLines(between: Between, files: readonly string[]): Promise<Inspection["addedLines"]> {
    return listAddedLines(this.#place, between, files);
  }

  glance(): Promise<string> {
    return this.#oneAtATime.run(() => glanceAt(this.#place));
  }

  save(of: WorkOf, reason: string): Promise<CommitSha | null> {
    return this.#oneAtATime.run(async () => {
      await this.#takeInObjects();
      const message = `Saved work of ${of.task}, attempt ${of.attempt}\n\n${reason}\n`;
      const work = await this.#takeEverything(message, []);
      await removeIndex(work.indexFile);
      const branch = await this.#tipOf(work);
      const { head } = await this.#takeIn(work, branch);
      if (head === this.#known()) return null;
      if (head !== branch) await keepOnSavedRef(this.#repository, of, head);
      return head;
    });
  }

  /** As `save`, for a directory that is about to be reset; what is certainly saved costs one look. */
  async saveLeftovers(of: WorkOf): Promise<void> {
    const status = await statusOf(this.#place);
    const isKnown = status.head === this.#known() && status.branch === this.#record.branch;
    if (isKnown && status.isClean) return;
    await this.save(of, "left in the directory when its next task came");
    await keepSubmoduleFiles({ repository: this.#repository, place: this.#place, of }, status);
  }

  commit(message: string): Promise<CommitSha> {
    return this.#oneAtATime.run(async () => {
      await this.#takeInObjects();
      const work = await this.#takeEverything(message, await this.#readMergeHeads());
      const branch = await this.#tipOf(work);
      const { head, left } = await this.#takeIn(work, branch);
      for (const dropped of new Set([left, this.#known()])) {
        if (dropped === null || dropped === head || dropped === this.#record.base) continue;
        const isHeld = (await mergeBaseOf(this.#repository, dropped, head)) === dropped;
        if (!isHeld) await keepOnSavedRef(this.#repository, this.#record.of, dropped);
      }
      await this.#settleOn(head, branch, work);
      return head;
    });
  }

  restore(head: CommitSha): Promise<readonly string[]> {
    return this.#oneAtATime.run(() => {
      this.#seen = null;
      return restore(this.#place, { sha: head, branch: this.#record.branch });
    });
  }

  async has(file: string): Promise<boolean> {
    return isThere(path.join(this.path, file));
  }

  async append(file: string, text: string): Promise<void> {
    const target = await findInside(this.path, file);
    await mkdir(path.dirname(target), { recursive: true });
    const before = await readRegularFile(target).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      const says = `Cannot write to \`${file}\`: it is no file that could be read.`;
      throw new AppError("refused", says, { cause: error, hint: "Put a plain file in its place." });
    });
    const gap = before === "" || before.endsWith("\n") ? "" : "\n";
    await appendFile(target, `${gap}${text}`);
  }

  get branch(): string {
    return this.#record.branch;
  }

  /** Before anything rests on what an agent in a sandbox has committed. */
  #takeInObjects(): Promise<void> {
    return takeInObjects(this.#repository, path.basename(this.path));
  }

  /** The last commit that temoin itself has put on the branch. */
  #known(): CommitSha {
    return this.#record.made.at(-1) ?? this.#record.base;
  }

  /** A commit that temoin makes when the files differ from HEAD, else HEAD itself. */
  async #takeEverything(message: string, merging: readonly CommitSha[]): Promise<Everything> {
    const looked = checkedOutAt(this.#place);
    const parentOf = async () => (await looked).head ?? this.#record.base;
    const [out, { tree, indexFile, missing }] = await allEnded([
      looked,
      this.#takeSnapshot(parentOf),
      // Asked meanwhile: it is mostly the answer to the next question.
      parentOf().then((parent) => treeOf(this.#repository, parent)),
    ]);
    const parent = await this.#cameFrom(out, tree);
    const oldTree = await treeOf(this.#repository, parent);
    for (const line of missing) {
      this.#onProblem(`A file in \`${this.path}\` could not be saved: ${line}.`);
    }
    // With conflicts left in it, the other side is not taken in yet.
    const others = out.unmerged.length === 0 ? merging : [];
    if (oldTree === tree && others.length === 0) return { sha: parent, out, indexFile };
    const parents = [parent, ...others];
    const sha = await commitTree(this.#repository, { tree, parents, message });
    return { sha, out, indexFile };
  }

  /** What was seen just before, where nothing differs since; else anew. */
  async #takeSnapshot(parentOf: () => Promise<CommitSha | null>): Promise<Snapshot> {
    const seen = this.#seen;
    this.#seen = null;
    const same = seen === null ? null : await sameSnapshot(this.#place, seen);
    return same ?? takeSnapshot(this.#place, parentOf);
  }

  /** The commit that the files come from: on a branch that is not its own others may have moved it on. */
  async #cameFrom({ branch, head }: CheckedOut, tree: string): Promise<CommitSha> {
    if (head === null) return this.#record.base;
    if (branch === null || branch === this.#record.branch) return head;
    return cameFrom(this.#repository, this.#place, { head, branch, tree });
  }

  /** HEAD on the branch, the branch at `head`, files and index as they are in `head`. */
  async #settleOn(head: CommitSha, before: CommitSha | null, work: Everything): Promise<void> {
    const ref = `refs/heads/${this.#record.branch}`;
    await quitUnfinished(this.#place);
    if (before !== head) {
      await this.#run(["update-ref", "-m", "temoin: work", ref, head, before ?? ""]);
    }
    if (work.out.branch !== this.#record.branch) {
      await this.#run(["symbolic-ref", "-m", "temoin: back", "HEAD", ref]);
    }
    // It has the state of the files already, so that git need not read them all again.
    await rename(work.indexFile, path.join(this.#place.gitDir, "index"));
    if (head !== work.sha) await this.#run(["reset", "--quiet", "--hard", head]);
    if (this.#record.made.at(-1) !== head) {
      const made = [...this.#record.made, work.sha, head];
      this.#record = { ...this.#record, made: [...new Set(made)] };
      await writeRecord(this.#recordFile, this.#record);
    }
  }

  /** On its branch the work is ahead of it in any case. */
  async #takeIn(work: Everything, branch: CommitSha | null): Promise<Taken> {
    if (this.#isStray(work.out)) {
      return takeIn(this.#repository, { work: work.sha, branch });
    }
    return { head: work.sha, left: null };
  }

  #isStray({ branch, head }: CheckedOut): boolean {
    return branch !== this.#record.branch || head === null;
  }

  /** Where the attempt's branch is; `null`: it is gone. */
  async #tipOf({ out }: Everything): Promise<CommitSha | null> {
    if (!this.#isStray(out)) return out.head;
    return readRef(this.#repository, `refs/heads/${this.#record.branch}`);
  }

  /** What an unfinished merge would have had as its other parents. */
  async #readMergeHeads(): Promise<CommitSha[]> {
    const file = path.join(this.#place.gitDir, "MERGE_HEAD");
    if (!(await isThere(file))) return [];
    const lines = (await readRegularFile(file)).split("\n");
    return lines.map(parseSha).filter((sha) => sha !== null);
  }

  #run(args: readonly string[]) {
    return gitAt(this.#place, args);
  }
}
