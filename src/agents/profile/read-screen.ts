/**
 * What a screen shows, by a profile: its layout, then the first rule that holds. Pure.
 *
 * The title is heard first. A title that only a busy agent, or only an asking one, has, leaves only
 * states of that kind; one that a calm agent has excludes nothing, as the screen may be ahead of
 * it. Where no rule holds the state is unknown, with all that is left possible.
 */

import type { Screen } from "../screen.ts";
import { type Layout, layOut, type Span } from "./layout.ts";
import type { Assertion, Reading, ScreenState } from "./profile.ts";
import { readDialog } from "./read-dialog.ts";
import type { RuleSpec, ScreenSpec } from "./schema.ts";
import { isAlarm, isMuted, isRed, type StyledRow, styleAt, styledRows } from "./styled-rows.ts";

type KnownState = Exclude<ScreenState, "unknown">;

const busy: readonly ScreenState[] = ["working", "retrying"];

export interface ScreenProfile {
  readonly screen: ScreenSpec;
  /** The profile says how the title of an agent at rest looks: any other is not its own. */
  readonly titlesRest: boolean;
  readTitle(title: string): Assertion | null;
}

export function readScreen(profile: ScreenProfile, screen: Screen): Reading {
  const layout = layOut(styledRows(screen), profile.screen, screen.cursor);
  const title = screen.title === null ? null : profile.readTitle(screen.title);
  const binding = title !== null && isBinding(title.states) ? title.states : null;
  const { state, says, possible, until } = judge(profile.screen, layout, {
    title,
    binding,
    isTitled: screen.title !== null && (title !== null || !profile.titlesRest),
  });
  return {
    state,
    says,
    possible,
    composer: layout.composer?.shown ?? null,
    dialog: readDialog(layout, profile.screen, { state, says }),
    turn: turnOf(profile.screen, layout),
    hasEndSign: hasEnd(profile.screen, layout),
    until,
  };
}

/** What the title leaves. */
interface Heard {
  readonly title: Assertion | null;
  /** No other state is possible; `null`: any. */
  readonly binding: readonly KnownState[] | null;
  readonly isTitled: boolean;
}

function judge(
  spec: ScreenSpec,
  layout: Layout,
  heard: Heard,
): Pick<Reading, "state" | "says" | "possible" | "until"> {
  const { title, binding } = heard;
  const found = firstRule(spec, layout, heard);
  if (found !== null) {
    const { state, until } = found;
    const says = `${found.says}${binding === null ? "" : `; ${title?.says}`}`;
    return { state, says, possible: [state], until };
  }
  if (binding !== null && title !== null) {
    // Working or retrying: both are a turn at work, and nothing on the screen says that it repeats.
    const state = busy.includes(binding[0] ?? "unknown") ? "working" : single(binding);
    return { state, says: title.says, possible: [...binding], until: null };
  }
  const says = "no rule of the profile fits this screen";
  return { state: "unknown", says, possible: title?.states ?? [], until: null };
}

function turnOf({ composer: spec }: ScreenSpec, { rows, composer, regions }: Layout) {
  if (composer === null) return [];
  return rows.slice(regions.turn.from, regions.turn.to).map(({ text }) => {
    const end = spec?.beside === undefined ? -1 : text.search(spec.beside);
    return end < 0 ? text : text.slice(0, end);
  });
}

function hasEnd({ ends = [] }: ScreenSpec, { rows, regions, promptAt }: Layout): boolean {
  // One of an earlier turn would say that this one is over.
  if (promptAt === null) return false;
  const turn = rows.slice(regions.turn.from, regions.turn.to);
  return turn.some((row) => ends.some((end) => end.test(row.text)));
}

/** A title that an idle agent may have excludes nothing. */
function isBinding(states: readonly ScreenState[]): boolean {
  return !states.includes("idle");
}

function single(states: readonly KnownState[]): ScreenState {
  const [only, ...more] = states;
  return only !== undefined && more.length === 0 ? only : "unknown";
}

interface Found {
  readonly state: KnownState;
  readonly says: string;
  readonly until: string | null;
}

function firstRule(spec: ScreenSpec, layout: Layout, heard: Heard): Found | null {
  const { binding, isTitled } = heard;
  for (const rule of spec.rules ?? []) {
    if (binding !== null && !binding.includes(rule.state)) continue;
    if (rule.needsTitle === true && !isTitled) continue;
    const says = fit(rule, layout);
    if (says !== null) return { state: rule.state, says, until: untilIn(rule, layout) };
  }
  return null;
}

/** Why the rule holds; `null`: it does not. */
function fit(rule: RuleSpec, layout: Layout): string | null {
  if (!fitsComposer(rule, layout)) return null;
  const span = layout.regions[rule.region ?? "bottom"];
  const rows = layout.rows.slice(span.from, span.to);
  const has = (pattern: RegExp): boolean => rows.some((row) => pattern.test(row.text));
  if (rule.all?.every(has) === false || rule.none?.some(has) === true) return null;
  if (rule.row === undefined) return `rule ${rule.name}`;
  const at = findRow(rule, rule.row, layout, span);
  if (at === null) return null;
  return `rule ${rule.name}, row ${at + 1}: “${shorten(layout.rows[at]?.text ?? "")}”`;
}

function fitsComposer({ composer: wanted }: RuleSpec, { composer }: Layout): boolean {
  switch (wanted) {
    case undefined:
      return true;
    case "none":
      return composer === null;
    case "any":
      return composer !== null;
    case "empty":
      return composer !== null && composer.shown.text === "";
    case "draft":
      return composer !== null && composer.shown.text !== "";
  }
}

function findRow(rule: RuleSpec, pattern: RegExp, layout: Layout, span: Span): number | null {
  for (let at = span.to - 1; at >= span.from; at -= 1) {
    const row = layout.rows[at];
    const match = row === undefined ? null : pattern.exec(row.text);
    if (row !== undefined && match !== null && hasColour(rule, row, match)) return at;
  }
  return null;
}

/** Where the styles of a screen are not known the words have to do; an alarm has none. */
function hasColour({ colour }: RuleSpec, row: StyledRow, match: RegExpExecArray): boolean {
  if (colour === undefined) return true;
  if (row.styles === null) return colour !== "alarm";
  const style = styleAt(row, match);
  const shown = style?.foreground ?? null;
  switch (colour) {
    case "any":
      return shown !== null;
    case "red":
      return isRed(shown);
    case "alarm":
      return isAlarm(shown);
    case "muted":
      return style !== null && isMuted(style);
  }
}

function untilIn(rule: RuleSpec, layout: Layout): string | null {
  if (rule.until === undefined) return null;
  const { from, to } = layout.regions[rule.region ?? "bottom"];
  for (const row of layout.rows.slice(from, to)) {
    const until = rule.until.exec(row.text)?.groups?.["until"];
    if (until !== undefined) return until.trim();
  }
  return null;
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
