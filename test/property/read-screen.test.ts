import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadProfile, shippedProfiles } from "../../src/agents/profile/load-profile.ts";

const profiles = await Promise.all(
  (await shippedProfiles()).map((profile) => loadProfile({ profile, root: "/" })),
);

/** Pieces that profiles look for, so that random screens come close to real ones. */
const piece = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom(
    "─".repeat(60),
    "❯ ",
    "› ",
    " > ",
    "┃ ",
    "╹▀▀▀▀▀▀▀▀▀▀▀▀",
    "● ",
    "⎿ ",
    "✻ ",
    "■ ",
    "⬝⬝⬝■■■",
    "esc to interrupt",
    "1. Yes",
    "2. No",
    "Enter to select",
    "Esc to cancel",
    "\u001b[38;5;220m",
    "\u001b[2m",
    "\u001b[0m",
    "\u001b[38;2;1",
    "\u001b]8;;x\u001b\\",
    "\u001b",
    " ".repeat(30),
  ),
);
const line = fc
  .array(piece, { maxLength: 8 })
  .map((pieces) => pieces.join("").replaceAll("\n", " "));
const screen = fc.record({
  cols: fc.constant(200),
  rows: fc.constant(50),
  lines: fc.array(line, { maxLength: 60 }),
  ansi: fc.array(line, { maxLength: 60 }),
  cursor: fc.constant(null),
  title: fc.option(
    fc.oneof(fc.string(), fc.constantFrom("✳ x", "⠂ x", "[ ! ] Action Required", "")),
  ),
  isAlternate: fc.boolean(),
});

test("any screen is read by any profile, and what is possible holds what is said", () => {
  fc.assert(
    fc.property(screen, fc.constantFrom(...profiles), (shown, profile) => {
      const { state, possible, says } = profile.read(shown);
      assert.notEqual(says, "");
      assert(possible.length > 0);
      if (state !== "unknown") assert(possible.includes(state), `${state} of ${possible.join()}`);
    }),
    { numRuns: 500 },
  );
});

test("a row as long as a program can make it is read in bounded time", () => {
  const hostile = ["─", "a", " ", "1. ", "esc ", "● API Error ", "❯ ", "(", "⠂"].map((part) =>
    part.repeat(2_000).slice(0, 2_000),
  );
  const lines = Array.from({ length: 200 }, (_, at) => hostile[at % hostile.length] ?? "");
  const shown = {
    cols: 2000,
    rows: 200,
    lines,
    ansi: lines,
    cursor: null,
    title: null,
    isAlternate: false,
  };
  for (const profile of profiles) {
    const startedAt = performance.now();
    profile.read(shown);
    // A hundred times what it takes: a pattern that backtracks for ever takes minutes.
    assert(performance.now() - startedAt < 5_000, profile.name);
  }
});
