/**
 * Strikes from outside: it watches the marks of the conductors and the documents of their handoffs,
 * and kills whom the plan names as soon as its step is there. It also sees who lives beside whom.
 */

import { type FSWatcher, readFileSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { findProcess } from "../src/lib/process-table.ts";
import { termOfDocument } from "./succession-notes.ts";
import { type Hit, isDue, type Mark, type RoundPlan, type Struck } from "./succession-plan.ts";

export interface StrikerParts {
  readonly plan: RoundPlan;
  /** Of the agents: `marks/` and `next` lie in it. */
  readonly notes: string;
  /** Where temoin writes the documents; it is there. */
  readonly documents: string;
  readonly owns: (pid: number) => boolean;
  readonly killTemoin: () => void;
  /** A conductor wants to leave: a person moves its role. */
  readonly moveRole: () => void;
}

export class Striker implements Disposable {
  readonly struck: Struck[] = [];
  readonly overlaps: { readonly old: number; readonly term: number }[] = [];
  readonly #parts: StrikerParts;
  readonly #watchers: readonly FSWatcher[];
  readonly #known = new Set<string>();
  /** Of each conductor's program, by its term. */
  readonly #pids = new Map<number, number>();
  #pending: readonly Hit[];
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: StrikerParts) {
    this.#parts = parts;
    this.#pending = parts.plan.hits;
    this.#tellNext();
    this.#watchers = [
      watch(path.join(parts.notes, "marks"), (_event, name) => this.#seeMark(String(name))),
      watch(parts.documents, (_event, name) => this.#seeDocument(String(name))),
    ];
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers) watcher.close();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** `begun.2.4711`: what, in which term, by which process. */
  #seeMark(name: string): void {
    if (this.#known.has(name)) return;
    this.#known.add(name);
    const [kind, term, pid] = name.split(".");
    const mark = { kind: kind as Mark["kind"], term: Number(term) };
    if (mark.kind === "begun") this.#lookForOld(mark.term);
    this.#pids.set(mark.term, Number(pid));
    if (mark.kind === "leaving") this.#parts.moveRole();
    this.#see(mark);
  }

  #seeDocument(name: string): void {
    // What is written beside it first has another name.
    if (/^[a-z]+_to_[a-z]+\.md$/.test(name) && !name.startsWith("nobody_")) {
      this.#see({ kind: "document", term: null }, path.join(this.#parts.documents, name));
    }
  }

  #see(mark: Mark, document: string | null = null): void {
    const [hit] = this.#pending;
    if (hit === undefined || this.#timer !== null || !isDue(hit, mark)) return;
    if (hit.delayMs === 0) this.#strike(hit, mark, document);
    else this.#timer = setTimeout(() => this.#strike(hit, mark, document), hit.delayMs);
  }

  #strike(hit: Hit, mark: Mark, document: string | null): void {
    this.#timer = null;
    const at = Date.now();
    if (hit.victim !== "the conductor") this.#parts.killTemoin();
    const pid = mark.term === null ? undefined : this.#pids.get(mark.term);
    if (hit.victim !== "temoin" && pid !== undefined) this.#kill(pid);
    const term = mark.term ?? termOfDocument(readFileSync(document ?? "", "utf8"));
    this.struck.push({ hit, at, term });
    this.#pending = this.#pending.slice(1);
    this.#tellNext();
  }

  #kill(pid: number): void {
    try {
      if (this.#parts.owns(pid)) process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself: the hit has met nothing, which is told.
    }
  }

  #lookForOld(term: number): void {
    for (const [old, pid] of this.#pids) {
      const lives = findProcess(pid) !== null && this.#parts.owns(pid);
      if (old < term && lives) this.overlaps.push({ old, term });
    }
  }

  /** While there is something in it, each conductor gives up its role at the end of its call. */
  #tellNext(): void {
    writeFileSync(path.join(this.#parts.notes, "next"), this.#pending[0]?.step ?? "");
  }
}
