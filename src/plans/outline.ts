/** A document as sections: each heading with the blocks up to the next, and the headings above it. */

import type { Block, Heading } from "./blocks.ts";
import { oneLine } from "./blocks.ts";
import { trimSigns } from "./found.ts";
import { isListHeading, isPhaseHeading } from "./words.ts";

export interface Section {
  /** `null`: what stands before the first heading. */
  readonly heading: Heading | null;
  /** From the outermost heading to its own. */
  readonly path: readonly Heading[];
  readonly blocks: readonly Block[];
}

export function outline(blocks: readonly Block[]): readonly Section[] {
  let current: { heading: Heading | null; path: readonly Heading[]; blocks: Block[] } = {
    heading: null,
    path: [],
    blocks: [],
  };
  const sections = [current];
  for (const block of blocks) {
    if (block.kind === "heading") {
      const above = current.path.filter((heading) => heading.depth < block.depth);
      current = { heading: block, path: [...above, block], blocks: [] };
      sections.push(current);
    } else current.blocks.push(block);
  }
  return sections;
}

/** Index of the first section after `at` that is not below it. */
export function endOfSection(sections: readonly Section[], at: number): number {
  const depth = sections[at]?.heading?.depth ?? 0;
  let end = at + 1;
  while (depth > 0 && (sections[end]?.heading?.depth ?? 0) > depth) end += 1;
  return end;
}

export interface PhaseHeading {
  readonly name: string;
  /** Ids in parentheses: `Phase 1 (AUTO-001, AUTO-002)`. */
  readonly tasks: readonly string[];
}

export function readPhaseHeading(text: string): PhaseHeading {
  const bare = trimSigns(text).replace(/\s*:$/, "");
  const [whole = "", inner = ""] = /\s*\(([^()]*)\)$/.exec(bare) ?? [];
  const ids = inner.split(/[,;+&]|\s(?:and|et)\s/u).map((id) => id.trim());
  const isList = ids.every((id) => /^#?[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(id) && /\d/.test(id));
  const name = isList ? bare.slice(0, bare.length - whole.length) : bare;
  return { name: oneLine(trimSigns(name)).replace(/\s*:$/, ""), tasks: isList ? ids : [] };
}

/** The phase that the section stands in; `null` outside of any. */
export function phaseAbove({ path }: Section): string | null {
  const heading = path.findLast(({ text }) => isPhaseHeading(trimSigns(text)));
  return heading === undefined ? null : readPhaseHeading(heading.text).name;
}

/** For tasks in lists: the phase, else the heading that groups them. */
export function groupAbove(section: Section): string | null {
  const phase = phaseAbove(section);
  if (phase !== null) return phase;
  const { heading } = section;
  if (heading === null || heading.depth < 2) return null;
  const { name } = readPhaseHeading(heading.text);
  return name === "" || isListHeading(name) ? null : name;
}
