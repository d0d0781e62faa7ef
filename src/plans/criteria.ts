/**
 * What must be true at the end, told apart: a command that holds for any project of its kind is
 * proposed as a gate, another command as a goal, a file that must change as a goal, and the rest
 * is for a person to judge. Nothing of it is ever run because a document says so.
 */

import { type Block, type Item, lineText, oneLine, plainText } from "./blocks.ts";
import { trimSigns } from "./found.ts";
import type { Plan } from "./plan.ts";

export type Criterion =
  | { readonly kind: "gate"; readonly run: string }
  | { readonly kind: "run"; readonly run: string }
  | { readonly kind: "changed"; readonly changed: string }
  | { readonly kind: "prose" };

/** Every item of the lists under a heading of criteria, without its check mark. */
export function criteriaIn(blocks: readonly Block[]): readonly string[] {
  const items: string[] = [];
  const add = (item: Item): void => {
    for (const block of item.blocks) {
      if (block.kind === "paragraph") {
        const text = oneLine(trimSigns(plainText(block)));
        if (text !== "") items.push(text);
      } else if (block.kind === "list") for (const inner of block.items) add(inner);
    }
  };
  for (const block of blocks) {
    if (block.kind === "list") for (const item of block.items) add(item);
    if (block.kind === "paragraph") {
      // `✅ cargo test` on lines of its own, without a list.
      const lines = block.lines.map(lineText).filter((line) => /^[✅✔☑]/u.test(line));
      items.push(...lines.map((line) => trimSigns(line)).filter((line) => line !== ""));
    }
  }
  return items;
}

export function classify(criterion: string): Criterion {
  const command = commandIn(criterion);
  if (command !== null) return { kind: isGeneral(command) ? "gate" : "run", run: command };
  const changed = changedFileIn(criterion);
  return changed === null ? { kind: "prose" } : { kind: "changed", changed };
}

/** Programs whose name is no word of English or French: what begins with one is a command. */
const programs =
  /^(?:cargo|npm|npx|pnpm|yarn|bunx?|deno|pytest|tox|mvn|gradle|dotnet|tsc|eslint|biome|vitest|jest|ruff|mypy|flake8|phpunit|composer|rspec|rubocop|bundle|mix|zig|cmake|ctest|shellcheck|golangci-lint|uv|poetry|\.\.?\/[\w./-]+)(?= |$)/;
/** Programs whose name may be a word of a sentence: only in a code span are they commands. */
const wordPrograms = /^(?:go|make|just|node|python3?|bash|sh|swift|git|test|docker) /;

/** Chosen: a command further along is part of a story. */
const longestCriterion = 500;
/** What follows a command that stands at the beginning of a line. */
const endOfCommand =
  / ?(?::(?= |$)|\(|→|->|=>|—|–| - )| (?:doit|doivent|must|should|passes|pass|passe|succeeds|is|est|ok|OK|returns|runs)(?= |$)/;

/** The command in `cargo test: PASSED`, ``` `make check` → ok ```, `tests pass (cargo test)`. */
export function commandIn(text: string): string | null {
  const line = oneLine(text).slice(0, longestCriterion);
  for (const [, span = ""] of line.matchAll(/`([^`]+)`/g)) {
    if (isCommand(span, true)) return span.trim();
  }
  const plain = line.replace(/`/g, "");
  const [head = ""] = plain.split(endOfCommand);
  if (isCommand(head, false)) return head.trim();
  for (const [, inner = ""] of plain.matchAll(/\(([^()]*)\)/g)) {
    if (isCommand(inner, false)) return inner.trim();
  }
  return null;
}

function isCommand(text: string, isSpan: boolean): boolean {
  const command = text.trim();
  if (command.length > 200 || !/^[\x20-\x7e]+$/.test(command)) return false;
  return programs.test(command) || isGeneral(command) || (isSpan && wordPrograms.test(command));
}

/** Checks of a whole project, by tool; flags that widen or harden them belong to them. */
const generalCommands: readonly RegExp[] = [
  /^cargo (?:build|check|test|clippy|fmt|doc)(?: --(?:release|all|workspace|all-targets|all-features|locked|check|no-deps))*(?: -- (?:-D warnings|--check))?$/,
  /^(?:npm|pnpm|yarn|bun)(?: run)? (?:test|build|lint|check|typecheck|type-check|format|ci)$/,
  /^deno (?:test|lint|check|fmt --check)$/,
  /^node --test$/,
  /^(?:npx )?(?:tsc(?: --noEmit)?|eslint \.|biome (?:ci|check)(?: \.)?|vitest(?: run)?|jest)$/,
  /^(?:uv run |poetry run |python3? -m )?(?:pytest(?: -[qvx])*|mypy \.|ruff check(?: \.)?|tox|flake8)$/,
  /^go (?:build|test|vet)(?: -race)? \.\/\.\.\.$/,
  /^golangci-lint run$/,
  /^(?:make|just) (?:all|build|test|tests|check|lint|ci)$/,
  /^mvn (?:test|verify|package)$/,
  /^(?:gradle|\.\/gradlew) (?:build|test|check)$/,
  /^dotnet (?:build|test)$/,
  /^(?:swift|zig build|mix) test$|^swift build$|^zig build$/,
  /^composer test$|^phpunit$|^(?:bundle exec )?(?:rspec|rubocop)$|^ctest$/,
];

export function isGeneral(command: string): boolean {
  return generalCommands.some((pattern) => pattern.test(command));
}

const isUpToDate =
  /^(?:à jour|a jour|mise? à jour|mis a jour|modifiée?|changée?|updated|up to date|up-to-date|changed|is (?:updated|up to date|changed)|has changed)$/iu;

function changedFileIn(text: string): string | null {
  const [, file = "", rest = ""] = /^`?([\w./-]+\.\w{1,8})`?\s+(.{1,60})$/u.exec(text) ?? [];
  return isUpToDate.test(rest.trim().replace(/\.$/, "")) ? file : null;
}

/** Each once, and of two commands of which one only adds words to the other, the longer. */
export function proposedGates(commands: readonly string[]): Plan["gates"] {
  const each = [...new Set(commands)];
  return each
    .filter((run) => !each.some((other) => other.startsWith(`${run} `)))
    .map((run) => ({ run }));
}
