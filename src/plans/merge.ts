/**
 * Found tasks into planned tasks: one for each, whatever number of places tells of it. A section
 * says more than an item of a list, and that more than a row of a table; what the better place
 * does not say, the next one fills in. Contradictions are warned of.
 */

import { type Brief, emptyBrief } from "../domain/brief.ts";
import { parseTaskId } from "../domain/id.ts";
import { type Found, type Place, ranks, type Warn } from "./found.ts";
import { groupFound, type Named, nameGroups, nameKey, numberKey } from "./identity.ts";
import type { PlannedTask } from "./plan.ts";
import { plainWords, type StateWord } from "./words.ts";

export interface MergeSource {
  readonly file: string;
  /** Begins the ids of tasks that have none. */
  readonly stem: string;
  readonly warn: Warn;
}

export interface Merged {
  readonly tasks: readonly PlannedTask[];
  /** The id of a task by any of its names, as a heading may write it. */
  readonly find: (name: string) => string | null;
}

export function mergeFound(found: readonly Found[], { file, stem, warn }: MergeSource): Merged {
  const groups = groupFound(found).filter((group) =>
    group.found.some((each) => each.place !== "report"),
  );
  const all = nameGroups(groups, stem, warn).map((group) => ({
    group,
    facts: mergeGroup(group, warn),
  }));
  const dropped = new Set<string>();
  for (const { group, facts } of all) {
    if (facts.state !== "dropped") continue;
    dropped.add(group.id);
    warn({
      line: facts.line,
      says: `${group.id} is called off in the document, and not imported.`,
    });
  }
  const names = new Names(
    all.map(({ group }) => group),
    stem,
  );
  const kept = all.filter(({ group }) => !dropped.has(group.id));
  const tasks = kept.map(({ group, facts }): PlannedTask => {
    const deps = depsOf(group, { names, dropped, warn });
    const { state, line, priority, ...others } = facts;
    return {
      id: group.id,
      aliases: group.aliases,
      ...others,
      titleKey: plainWords(facts.title),
      priority: priority ?? "medium",
      state: state === null || state === "dropped" ? "queued" : state,
      deps,
      source: { file, line },
    };
  });
  return { tasks, find: (name) => names.find(name) };
}

function mergeGroup({ id, found }: Named, warn: Warn) {
  const ranked = [...found].sort((a, b) => ranks[a.place] - ranks[b.place]);
  const [best] = ranked;
  const first = <T>(pick: (each: Found) => T | null): T | null => {
    for (const each of ranked) {
      const value = pick(each);
      if (value !== null) return value;
    }
    return null;
  };
  const list = (pick: (each: Found) => readonly string[]): readonly string[] =>
    ranked.map(pick).find((values) => values.length > 0) ?? [];
  for (const name of ["priority", "agent", "role", "state"] as const) {
    warnOfContradiction(id, name, ranked, warn);
  }
  warnOfTitles(id, found, warn);
  const reported = found.findLast((each) => each.place === "report")?.state ?? null;
  return {
    title: first((each) => each.title || null) ?? id,
    priority: first((each) => each.priority),
    agent: first((each) => each.agent),
    role: first((each) => each.role),
    state: reported ?? first((each): StateWord | null => each.state),
    skills: list((each) => each.skills),
    phase: first((each) => each.phase),
    estimate: first((each) => each.estimate),
    touches: list((each) => each.touches),
    verify: list((each) => each.verify),
    brief: first((each) => (isEmpty(each.brief) ? null : each.brief)) ?? emptyBrief,
    line: best?.line ?? 1,
  };
}

function isEmpty(brief: Brief): boolean {
  return Object.values(brief).every((part) => part.length === 0);
}

function warnOfContradiction(
  id: string,
  name: "priority" | "agent" | "role" | "state",
  ranked: readonly Found[],
  warn: Warn,
): void {
  const said = ranked.filter((each) => each[name] !== null);
  const [first, ...others] = said;
  const other = others.find((each) => each[name] !== first?.[name]);
  if (first === undefined || other === undefined) return;
  const isReport = name === "state" && other.place === "report";
  const kept = isReport ? other : first;
  warn({
    line: other.line,
    says: `${id} is told twice: its ${name} is \`${first[name]}\` on line ${first.line} and \`${other[name]}\` on line ${other.line}; \`${kept[name]}\` is taken.`,
  });
}

/** A table may shorten a title; two places of one kind that differ mean different tasks. */
function warnOfTitles(id: string, found: readonly Found[], warn: Warn): void {
  const seen = new Map<Place, Found>();
  for (const each of found) {
    const earlier = seen.get(each.place);
    if (earlier === undefined) seen.set(each.place, each);
    else if (each.title !== "" && plainWords(each.title) !== plainWords(earlier.title)) {
      warn({
        line: each.line,
        says: `${id} is told twice: as \`${earlier.title}\` on line ${earlier.line} and as \`${each.title}\` here; the first is taken.`,
      });
    }
  }
}

/** Every way in which a document may mean one of its tasks. */
class Names {
  readonly #byKey = new Map<string, string>();
  /** Of ids that the document gives itself. */
  readonly #byEnding = new Map<number, Set<string>>();
  /** `API-3 Divide` has no id by its form, yet others mean it by its first word. */
  readonly #byFirstWord = new Map<string, Set<string>>();
  readonly #stem: string;
  readonly #byFound = new Map<Found, string>();

  constructor(groups: readonly Named[], stem: string) {
    this.#stem = stem;
    for (const { id, aliases, found } of groups) {
      for (const name of [id, ...aliases, ...found.flatMap((each) => each.names)]) {
        this.#byKey.set(nameKey(name), id);
      }
      for (const each of found) {
        this.#byFound.set(each, id);
        if (each.number !== null) this.#byKey.set(numberKey(each.number), id);
        const [word] = /^\p{Lu}[\p{Lu}\p{N}_-]*-\d{1,9}[a-z]?(?=\s)/u.exec(each.title) ?? [];
        if (word === undefined) continue;
        const meant = this.#byFirstWord.get(nameKey(word)) ?? new Set();
        this.#byFirstWord.set(nameKey(word), meant.add(id));
      }
      const [, digits] = /(\d{1,9})$/.exec(id) ?? [];
      const isOwn = found.some((each) => each.names.length > 0);
      if (digits === undefined || !isOwn) continue;
      const ids = this.#byEnding.get(Number(digits)) ?? new Set();
      this.#byEnding.set(Number(digits), ids.add(id));
    }
  }

  find(name: string): string | null {
    const known = this.#byKey.get(nameKey(name)) ?? this.#byKey.get(numberKey(bareNumber(name)));
    if (known !== undefined) return known;
    const [meant, ...more] = this.#byFirstWord.get(nameKey(name)) ?? [];
    if (meant !== undefined && more.length === 0) return meant;
    if (!/^#?\d{1,9}$/.test(name)) return null;
    const [only, ...others] = this.#byEnding.get(Number(bareNumber(name))) ?? [];
    if (only !== undefined) return others.length === 0 ? only : null;
    return this.#byKey.get(nameKey(`${this.#stem}-${bareNumber(name)}`)) ?? null;
  }

  of(found: Found): string | null {
    return this.#byFound.get(found) ?? null;
  }
}

function bareNumber(name: string): string {
  return name.replace(/^#/, "");
}

interface DepsSource {
  readonly names: Names;
  readonly dropped: ReadonlySet<string>;
  readonly warn: Warn;
}

function depsOf({ id, found }: Named, { names, dropped, warn }: DepsSource): readonly string[] {
  const deps = new Set<string>();
  for (const each of found) {
    for (const written of each.deps) {
      const dep = names.find(written) ?? elsewhere(written);
      if (dep === null) {
        warn({ line: each.line, says: `${id} depends on \`${written}\`, which is no task here.` });
      } else if (dep === id) warn({ line: each.line, says: `${id} depends on itself.` });
      else if (dropped.has(dep)) {
        warn({ line: each.line, says: `${id} depends on ${dep}, which is called off.` });
      } else deps.add(dep);
    }
    for (const before of each.after) {
      const dep = names.of(before);
      // A subtask that says itself that it comes after its parent is believed.
      const isTurned = before.deps.some((written) => names.find(written) === id);
      if (dep !== null && dep !== id && !isTurned && !dropped.has(dep)) deps.add(dep);
    }
  }
  return [...deps];
}

/** An id of another plan; a bare number means nothing there. */
function elsewhere(written: string): string | null {
  return /^#?[\d.]+$/.test(written) ? null : parseTaskId(written);
}
