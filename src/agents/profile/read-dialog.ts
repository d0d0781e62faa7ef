/** What takes the keys in place of the composer: which dialog it is, and what it offers. Pure. */

import type { Autonomy } from "../../domain/agent.ts";
import type { Layout } from "./layout.ts";
import type { Choice, ScreenState, ShownDialog } from "./profile.ts";
import type { DialogSpec, ScreenSpec } from "./schema.ts";
import type { StyledRow } from "./styled-rows.ts";

/** In characters (chosen: a few lines of a terminal). */
const longestSaying = 300;

/** What the state of the screen says of whatever takes the keys. */
const kinds: Partial<Record<ScreenState, ShownDialog["kind"]>> = {
  asking_permission: "permission",
  asking_question: "question",
  dialog: "dialog",
};

/**
 * `null`: a composer takes the keys, or nothing that looks like a dialog is there. One that asks
 * by its state, and offers nothing that could be read, is told without choices: a person must look.
 */
export function readDialog(
  layout: Layout,
  spec: ScreenSpec,
  { state, says }: { readonly state: ScreenState; readonly says: string },
): ShownDialog | null {
  if (state === "exited") return null;
  const kind = kinds[state];
  const { from, to } = layout.regions.dialog;
  const rows = layout.composer === null ? layout.rows.slice(from, to) : [];
  const known = knownDialog(rows, spec);
  const listed = listedChoices(rows, spec);
  const choices = [...listed, ...buttonsIn(rows, spec)];
  if (known === null && choices.length === 0 && kind === undefined) return null;
  return {
    name: known?.name ?? null,
    kind: known?.kind ?? kind ?? "dialog",
    says: sayingOf(rows, spec) || says,
    choices,
    takesText: rows.some((row) => spec.takesText?.test(row.text) === true),
  };
}

/** The label that the profile lets be chosen without a person; `null`: a person decides. */
export function answerFor(
  dialog: ShownDialog,
  autonomy: Autonomy,
  dialogs: readonly DialogSpec[],
): string | null {
  const answer = dialogs.find((one) => one.name === dialog.name)?.answers?.[autonomy];
  if (answer === undefined) return null;
  const fitting = dialog.choices.filter((choice) => answer.test(choice.label));
  // Two that fit are none: nobody knows which one is meant.
  return fitting.length === 1 ? (fitting[0]?.label ?? null) : null;
}

function knownDialog(rows: readonly StyledRow[], { dialogs = [] }: ScreenSpec): DialogSpec | null {
  const has = (pattern: RegExp): boolean => rows.some((row) => pattern.test(row.text));
  return dialogs.find(({ all, none = [] }) => all.every(has) && !none.some(has)) ?? null;
}

/** Numbered rows; the last list on the screen, which begins with 1 where it has numbers. */
function listedChoices(rows: readonly StyledRow[], { choice }: ScreenSpec): readonly Choice[] {
  if (choice === undefined) return [];
  let listed: (Choice & { readonly look: string })[] = [];
  for (const row of rows) {
    const groups = choice.exec(row.text)?.groups;
    if (groups === undefined) continue;
    const key = groups["key"] ?? null;
    if (key === "1") listed = [];
    const label = (groups["label"] ?? "").trim();
    const isSelected = (groups["mark"] ?? "").trim() !== "";
    listed.push({ key, label, isSelected, look: lookOf(row, label) });
  }
  const isMarked = listed.some((one) => one.isSelected);
  return listed.map(({ look, ...one }) => ({
    ...one,
    // Without a mark, the selected one is the one that looks like no other.
    isSelected: isMarked
      ? one.isSelected
      : isAlone(
          look,
          listed.map((other) => other.look),
        ),
  }));
}

function lookOf(row: StyledRow, label: string): string {
  const style = row.styles?.[row.text.indexOf(label)];
  return `${style?.foreground} ${style?.background} ${style?.isInverse}`;
}

function isAlone(look: string, looks: readonly string[]): boolean {
  return (
    looks.length > 2 &&
    looks.filter((other) => other === look).length === 1 &&
    new Set(looks).size === 2
  );
}

/** Side by side in one row; the selected one has a background that is not the row's own. */
function buttonsIn(rows: readonly StyledRow[], { buttons = [] }: ScreenSpec): readonly Choice[] {
  const row = rows.findLast(({ text }) => buttons.filter((one) => text.includes(one)).length > 1);
  if (row === undefined) return [];
  const ground = commonGround(row);
  return buttons
    .filter((label) => row.text.includes(label))
    .map((label) => {
      const style = row.styles?.[row.text.indexOf(label)];
      return {
        key: null,
        label,
        isSelected: style !== undefined && style.background !== ground,
      };
    });
}

function commonGround({ styles }: StyledRow): string | null {
  const groups = Map.groupBy(styles ?? [], (style) => style.background);
  const [most] = [...groups].toSorted(([, one], [, other]) => other.length - one.length);
  return most?.[0] ?? null;
}

/** What stands above the choices, and the question itself whole. */
function sayingOf(rows: readonly StyledRow[], spec: ScreenSpec): string {
  const words = ({ text }: StyledRow): string => clean(text, spec);
  const first = rows.findIndex(({ text }) => isChoice(text, spec));
  const asked = rows.findLast((row) => spec.asks?.test(row.text) === true);
  // What has neither may count or move: its heading is what stays.
  if (first < 0 && asked === undefined) return rows.map(words).find((text) => text !== "") ?? "";
  const question = asked === undefined ? "" : shorten(words(asked), longestSaying);
  const context = (first < 0 ? rows : rows.slice(0, first))
    .filter((row) => row !== asked)
    .map(words)
    .filter((text) => text !== "")
    .join(" · ");
  const room = Math.max(0, longestSaying - question.length);
  return [shorten(context, room), question].filter((part) => part !== "").join(" · ");
}

function isChoice(text: string, { choice, buttons = [] }: ScreenSpec): boolean {
  return choice?.test(text) === true || buttons.filter((one) => text.includes(one)).length > 1;
}

/** Without what frames it, and without what stands beside it. */
function clean(text: string, { composer }: ScreenSpec): string {
  const line = text.replace(/[─━═╌┃│╭╮╰╯▀▄╹]+/gu, " ");
  const end = composer?.beside === undefined ? -1 : line.search(composer.beside);
  return (end < 0 ? line : line.slice(0, end)).replace(/\s+/g, " ").trim();
}

function shorten(text: string, room: number): string {
  if (room < 2) return "";
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}
