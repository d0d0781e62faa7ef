/**
 * A queue as a table: a column with titles, and at least one that says who, how urgent, how far or
 * after what. A table with a column of dates or times is a log, and no queue.
 */

import type { Table } from "./blocks.ts";
import {
  agentIn,
  cutTitle,
  depsIn,
  type Found,
  foundAt,
  identify,
  listIn,
  trimSigns,
  type Warn,
} from "./found.ts";
import { skillsIn } from "./skills.ts";
import {
  isNone,
  isPlaceholder,
  isPlaceholderId,
  type Key,
  keyOf,
  logColumns,
  plainWords,
  priorityOf,
  secondTitles,
  stateOf,
} from "./words.ts";

type Columns = ReadonlyMap<Key, number>;

const tellingColumns: readonly Key[] = ["agent", "priority", "status", "deps"];

export function readTaskTable(table: Table, phase: string | null, warn: Warn): readonly Found[] {
  const columns = columnsOf(table);
  if (columns === null) return [];
  return table.rows.flatMap(({ cells, line }) => {
    const found = readRow({ columns, cells, line, warn });
    return found === null ? [] : [{ ...found, phase: found.phase ?? phase }];
  });
}

function columnsOf({ head }: Table): Columns | null {
  if (head.some((name) => logColumns.has(plainWords(name)))) return null;
  const columns = new Map<Key, number>();
  for (const [index, name] of head.entries()) {
    const key = keyOf(name) ?? (name.trim() === "#" ? "id" : null);
    if (key !== null && !columns.has(key)) columns.set(key, index);
  }
  if (!columns.has("title")) {
    const index = head.findIndex((name) => secondTitles.has(plainWords(name)));
    if (index < 0) return null;
    columns.set("title", index);
  }
  return tellingColumns.some((key) => columns.has(key)) ? columns : null;
}

interface Row {
  readonly columns: Columns;
  readonly cells: readonly string[];
  readonly line: number;
  readonly warn: Warn;
}

function readRow({ columns, cells, line, warn }: Row): Found | null {
  const cell = (key: Key): string => {
    const text = cells[columns.get(key) ?? -1] ?? "";
    return isNone(text) && !/\p{So}/u.test(text) ? "" : text.trim();
  };
  const { title } = cutTitle(trimSigns(cell("title")));
  const id = cell("id");
  if (isPlaceholder(title) || (id !== "" && isPlaceholderId(id))) {
    if (title === "" && id !== "") warn({ line, says: `The row \`${id}\` has no title.` });
    return null;
  }
  const status = cell("status");
  const state = status === "" ? null : stateOf(status);
  if (status !== "" && state === null) {
    warn({ line, says: `\`${status.slice(0, 80)}\` is no state.` });
  }
  const agent = cell("agent");
  const role = cell("role").replace(/`/g, "").toLowerCase();
  return {
    ...foundAt("table", line),
    ...identify(id === "" ? "" : trimSigns(id)),
    title,
    priority: priorityOf(cell("priority")) ?? priorityOf(id),
    agent: agent === "" ? null : agentIn(agent, line, warn),
    role: role === "" ? null : role,
    state,
    deps: depsIn(cell("deps"), line, warn),
    skills: skillsIn({ named: [cell("skills")], skillsText: "", prompt: "" }),
    phase: cell("phase") || null,
    estimate: cell("estimate") || null,
    touches: listIn(cell("touches")),
  };
}
