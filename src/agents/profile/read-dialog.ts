/** What takes the keys in place of the composer: which dialog it is, and what it offers. Pure. */

import type { Autonomy } from "../../domain/agent.ts";
import type { Layout } from "./layout.ts";
import type { Choice, ShownDialog } from "./profile.ts";
import type { DialogSpec, ScreenSpec } from "./schema.ts";
import type { StyledRow } from "./styled-rows.ts";

/** `null`: a composer takes the keys, or nothing that looks like a dialog is there. */
export function readDialog(layout: Layout, spec: ScreenSpec): ShownDialog | null {
  if (layout.composer !== null) return null;
  const { from, to } = layout.regions.dialog;
  const rows = layout.rows.slice(from, to);
  const known = knownDialog(rows, spec);
  const choices = [...listedChoices(rows, spec), ...buttonsIn(rows, spec)];
  if (known === null && choices.length === 0) return null;
  const takesText = rows.some((row) => spec.takesText?.test(row.text) === true);
  return {
    name: known?.name ?? null,
    kind: known?.kind ?? "dialog",
    says: sayingOf(rows, spec),
    choices,
    takesText,
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

/** Side by side in one row; what is selected has a background that the others do not have. */
function buttonsIn(rows: readonly StyledRow[], { buttons = [] }: ScreenSpec): readonly Choice[] {
  if (buttons.length === 0) return [];
  const row = rows.findLast(({ text }) => buttons.filter((one) => text.includes(one)).length > 1);
  if (row === undefined) return [];
  const shown = buttons.filter((label) => row.text.includes(label));
  const ground = (label: string): string | null =>
    row.styles?.[row.text.indexOf(label)]?.background ?? null;
  return shown.map((label) => ({
    key: null,
    label,
    isSelected: shown.every((other) => other === label || ground(other) !== ground(label)),
  }));
}

function sayingOf(rows: readonly StyledRow[], { asks, choice }: ScreenSpec): string {
  const clean = (text: string): string =>
    text
      .replace(/[─━═╌┃│╭╮╰╯▀▄]+/gu, " ")
      .replace(/\s+/g, " ")
      .trim();
  const asked = rows.findLast((row) => asks?.test(row.text) === true);
  if (asked !== undefined) return clean(asked.text).slice(0, 300);
  const words = rows
    .filter((row) => choice?.test(row.text) !== true)
    .map((row) => clean(row.text))
    .filter((text) => text !== "");
  return words.slice(0, 3).join(" ").slice(0, 300);
}
