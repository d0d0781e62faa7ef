/**
 * Which found tasks are one, and what they are called. A task is known by each of its names, with
 * and without `TODO-` or `TASK-` before it, in upper or lower case; a bare number is known within
 * its document only. A task without any name is only itself.
 */

import { parseTaskId, taskIdFrom } from "../domain/id.ts";
import { type Found, ranks, type Warn } from "./found.ts";

/** Everything that the document tells of one task, in its order. */
export interface Group {
  readonly found: readonly Found[];
}

export interface Named extends Group {
  readonly id: string;
  readonly aliases: readonly string[];
}

export function groupFound(found: readonly Found[]): readonly Group[] {
  const groups = new Set<Found[]>();
  const byKey = new Map<string, Found[]>();
  for (const each of found) {
    const keys = keysOf(each);
    const known = new Set(keys.map((key) => byKey.get(key)).filter((one) => one !== undefined));
    const [group = [], ...others] = known;
    groups.add(group);
    group.push(each);
    for (const other of others) {
      group.push(...other);
      groups.delete(other);
      for (const one of other) for (const key of keysOf(one)) byKey.set(key, group);
    }
    for (const key of keys) byKey.set(key, group);
  }
  return [...groups].map((group) => ({ found: group.sort((a, b) => a.line - b.line) }));
}

function keysOf({ names, number }: Found): readonly string[] {
  const keys = names.map(nameKey);
  return number === null ? keys : [...keys, numberKey(number)];
}

export function nameKey(name: string): string {
  return name.toUpperCase().replace(/^(?:TODO|TASK|TACHE|TÂCHE)-(?=[\p{L}\p{N}]+-)/u, "");
}

export function numberKey(number: string): string {
  return `#${number}`;
}

/** Ids in the order of the groups. `stem` begins the ids of tasks that have none of their own. */
export function nameGroups(groups: readonly Group[], stem: string, warn: Warn): readonly Named[] {
  const taken = new Set<string>();
  const own = groups.map((group) => ownId(group, { stem, taken, warn }));
  let n = 0;
  const ids = own.map((id) => {
    if (id !== null) return id;
    do n += 1;
    while (taken.has(`${stem}-${n}`.toUpperCase()));
    return `${stem}-${n}`;
  });
  const used = new Set(ids.map((id) => id.toUpperCase()));
  return groups.map((group, index) => {
    const id = ids[index] ?? "";
    return { ...group, id, aliases: aliasesOf(group, { id, used }) };
  });
}

function ownId(
  { found }: Group,
  {
    stem,
    taken,
    warn,
  }: { readonly stem: string; readonly taken: Set<string>; readonly warn: Warn },
): string | null {
  const ranked = [...found].sort((a, b) => ranks[a.place] - ranks[b.place]);
  const number = found.find((each) => each.number !== null)?.number ?? null;
  const [name] = ranked.flatMap((each) => each.names);
  const text = name ?? (number === null ? null : `${stem}-${number}`);
  const id = text === null ? null : (parseTaskId(text) ?? taskIdFrom(text));
  if (id === null) return null;
  let unique: string = id;
  for (let n = 2; taken.has(unique.toUpperCase()); n += 1) unique = `${id.slice(0, 72)}-${n}`;
  if (unique !== id) {
    const line = found[0]?.line ?? 1;
    warn({ line, says: `\`${text}\` would be \`${id}\`, which is taken: it is \`${unique}\`.` });
  }
  taken.add(unique.toUpperCase());
  return unique;
}

function aliasesOf(
  { found }: Group,
  { id, used }: { readonly id: string; readonly used: Set<string> },
): readonly string[] {
  const names = found.flatMap((each) => each.names);
  const numbers = found.flatMap((each) => (each.number === null ? [] : [each.number]));
  const titles = new Set(found.filter((each) => each.number !== null).map((each) => each.title));
  // Two rows of one number and of different titles: the number says neither.
  const wanted = titles.size > 1 ? names : [...names, ...numbers];
  const aliases = [...new Set(wanted)].filter((name) => {
    const isFree = name !== id && !used.has(name.toUpperCase());
    return isFree && /^[^\s\p{Cc}]+$/u.test(name);
  });
  for (const alias of aliases) used.add(alias.toUpperCase());
  return aliases;
}
