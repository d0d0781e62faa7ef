/** `temoin clean [--yes] [--dry-run] [--older-than AGE]` */

import type { CleanKind, Judged } from "../domain/clean.ts";
import { oneLine } from "../domain/view-text.ts";
import { clean } from "../operations/clean.ts";
import { type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";
import { sayNext } from "./print-change.ts";

const nouns: Readonly<Record<CleanKind, string>> = {
  agent: "agent",
  worktree: "worktree",
  branch: "branch",
  saved: "saved work",
  proof: "proofs of",
  leftover: "leftover",
};

export const command: CliCommand = {
  describe: (command) =>
    command
      .option("--yes", "remove what is listed", false)
      .option("--dry-run", "only list, whatever else is said", false)
      .option("--older-than <age>", "proofs of tasks that ended longer ago go too", "30d"),
  async run(call) {
    const { face, options } = call;
    const yes = options["yes"] === true && options["dryRun"] !== true;
    const answer = await perform(call, clean, { yes, olderThan: options["olderThan"] });
    const { goes, stays, removed, failed } = answer;
    const exitCode = failed.length === 0 ? 0 : 1;
    if (face.isJson) {
      face.printJson(answer);
      return exitCode;
    }
    printList(face, yes ? "removed" : "would be removed", yes ? removed : goes);
    printList(face, "could not be removed", failed);
    printList(face, "stays", stays);
    if (goes.length === 0) face.say("There is nothing to remove.");
    else if (!yes) sayNext(face, "temoin clean --yes");
    return exitCode;
  },
};

function printList(face: Face, title: string, list: readonly Judged[]): void {
  if (list.length === 0) return;
  face.print(face.style("bold", `${title} (${list.length}):`));
  for (const { kind, name, why } of list) {
    face.print(`  ${nouns[kind]} ${oneLine(name)}: ${oneLine(why)}`);
  }
}
