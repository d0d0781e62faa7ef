/** What every command that alters the queue prints: what has changed, and one next step. */

import type { Change } from "../operations/change.ts";
import type { Face } from "./face.ts";

/** The next step where the queue is empty. */
export const addTasks = 'temoin add "…"   or   temoin import FILE';

export function printChange(face: Face, change: Change): number {
  if (face.isJson) {
    face.printJson(change);
    return 0;
  }
  face.print(change.changed);
  tellWarnings(face, change.warnings);
  sayNext(face, change.next);
  return 0;
}

export function tellWarnings(face: Face, warnings: readonly string[]): void {
  for (const warning of warnings) face.say(`${face.style("yellow", "warning:")} ${warning}`);
}

export function sayNext(face: Face, next: string): void {
  face.say(face.style("dim", `next: ${next}`));
}
