/** The looks by name. */

import type { Look } from "../view.ts";
import { claude } from "./claude.ts";
import { codex } from "./codex.ts";
import { gemini } from "./gemini.ts";
import { generic } from "./generic.ts";
import { opencode } from "./opencode.ts";

const looks = { claude, codex, gemini, opencode, generic } as const satisfies Readonly<
  Record<string, Look>
>;

export type LookName = keyof typeof looks;

export function isLookName(name: string): name is LookName {
  return Object.hasOwn(looks, name);
}

export function lookOf(name: LookName): Look {
  return looks[name];
}
