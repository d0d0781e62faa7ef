/** Readings of screens for tests, and dialogs on them, said in a few words. */

import type {
  Choice,
  Reading,
  ScreenState,
  ShownDialog,
} from "../../../../src/agents/profile/profile.ts";

export function reading(state: ScreenState, more: Partial<Reading> = {}): Reading {
  return {
    state,
    says: `the screen shows ${state}`,
    possible: [state],
    composer: null,
    dialog: null,
    turn: [],
    hasEndSign: false,
    until: null,
    ...more,
  };
}

/** A screen with this text in its composer. */
export function withComposer(text: string, state: ScreenState = text === "" ? "idle" : "draft") {
  return reading(state, { composer: { text, isFolded: false } });
}

export function dialog(labels: readonly string[], more: DialogMore = {}): ShownDialog {
  const { selected = 0, hasKeys = true, ...rest } = more;
  const choices: readonly Choice[] = labels.map((label, n) => ({
    key: hasKeys ? String(n + 1) : null,
    label,
    isSelected: n === selected,
  }));
  return { name: null, kind: "permission", says: "May it?", choices, takesText: false, ...rest };
}

export interface DialogMore extends Partial<Omit<ShownDialog, "choices">> {
  readonly selected?: number;
  readonly hasKeys?: boolean;
}
