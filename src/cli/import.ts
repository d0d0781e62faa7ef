/** `temoin import FILE… [--dry-run] [--accept]` */

import type { TaskDraft } from "../domain/input.ts";
import type { ChangedTask } from "../domain/plan-difference.ts";
import { alignColumns } from "../domain/view-columns.ts";
import { commandLines } from "../domain/view-command.ts";
import { countText, listText } from "../domain/view-text.ts";
import { importJson } from "../operations/import-json.ts";
import { type Imported, importPlans } from "../operations/import-plan.ts";
import { changedTasks } from "../operations/plan-look.ts";
import { type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";
import { sayNext, tellWarnings } from "./print-change.ts";
import { printChanged, printUnasked } from "./print-plan-look.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<files...>", "plans: Markdown, or a JSON queue")
      .option("--dry-run", "show what would come in, and change nothing", false)
      .option("--accept", "write the gates and goals that a plan proposes into temoin.yaml", false),
  async run(call) {
    const { face, args, options } = call;
    const isDry = options["dryRun"] === true;
    const input = { files: args, dryRun: isDry, accept: options["accept"] };
    const imported = await perform(call, importPlans, input);
    const changed = isDry ? await changedTasks(call.context, imported) : [];
    if (face.isJson) {
      const { plans: _plans, ...rest } = imported;
      face.printJson(isDry ? importJson(imported, changed) : rest);
      return 0;
    }
    tellWarnings(
      face,
      imported.warnings.map(({ file, line, says }) =>
        line === null ? `${file}: ${says}` : `${file}:${line}: ${says}`,
      ),
    );
    if (isDry) printPlanned(face, imported, changed);
    printImported(face, imported, isDry);
    if (!isDry) printChecks(face, imported);
    sayWhatNext(face, imported, isDry);
    return 0;
  },
};

function printImported(face: Face, imported: Imported, isDry: boolean): void {
  const { added, edited, same, left, inbox, accepted, files } = imported;
  const would = isDry ? "would be " : "";
  if (added.length + edited.length + same + left.length === 0) {
    face.print(`There is no task in ${files.join(", ")}: nothing ${would}imported.`);
  } else {
    const parts = [
      `${countText(added.length, "task")} ${would}added`,
      ...(edited.length > 0 ? [`${edited.length} ${would}changed (${listText(edited)})`] : []),
      ...(same > 0 ? [`${same} as before`] : []),
    ];
    face.print(`${parts.join(", ")}.`);
  }
  for (const { id, fields } of left) {
    face.print(
      `${id} has started: its new ${fields.join(", ")} ${isDry ? "would be" : "is"} left out.`,
    );
  }
  // Their words may be commands, which a person allows by them.
  for (const { says } of inbox) face.print(`${would}for you: ${commandLines(says).join(" ")}`);
  for (const one of accepted) {
    face.print(`temoin.yaml ${isDry ? "would have" : "has now"}: ${commandLines(one).join(" ")}`);
  }
  if (accepted.length > 0 && !isDry) {
    face.say("A run that goes on takes this up when it is started again.");
  }
}

/** Each check that came in, once, with whose it is: what is run is seen, whoever looked before. */
function printChecks(face: Face, { plans }: Imported): void {
  const checks = plans.flatMap(({ compared: { add, edit } }) => [
    ...add.flatMap(({ spec, start }) =>
      start === "imported" ? [] : spec.verify.map((run) => ({ run, id: spec.id })),
    ),
    ...edit.flatMap(({ id, changes }) => (changes.verify ?? []).map((run) => ({ run, id }))),
  ]);
  for (const [run, of] of Map.groupBy(checks, (check) => check.run)) {
    face.print(`checked when verified: ${listText(of.map(({ id }) => id))}`);
    printUnasked(face, { verify: [run] });
  }
}

function sayWhatNext(face: Face, { files, inbox, accepted }: Imported, isDry: boolean): void {
  const hasProposal = inbox.some(({ kind }) => kind === "proposal");
  const accept = isDry && accepted.length > 0 ? " --accept" : "";
  if (isDry) sayNext(face, `temoin import ${files.join(" ")}${accept}`);
  else if (hasProposal)
    sayNext(face, `temoin import ${files.join(" ")} --accept   or   temoin inbox`);
  else sayNext(face, "temoin run --dry-run");
}

/** As it was understood, so that a mark that was read as words of the title is seen beforehand. */
function printPlanned(face: Face, { plans }: Imported, changed: readonly ChangedTask[]): void {
  const added = plans.flatMap(({ compared }) => compared.add);
  const rows = added.map((draft) => ["+", ...plannedRow(draft)]);
  for (const [place, line] of alignColumns(rows, face.width).entries()) {
    face.print(line);
    const draft = added[place];
    if (draft !== undefined && draft.start !== "imported") printUnasked(face, draft.spec);
  }
  for (const task of changed) printChanged(face, task);
}

function plannedRow({ spec, start }: TaskDraft): readonly string[] {
  const facts = [
    start === "imported" ? "done" : null,
    start === "needs_human" ? "waits for you" : null,
    spec.priority,
    spec.agent === null ? null : `@${spec.agent}`,
    spec.role === null ? null : `role ${spec.role}`,
    spec.deps.length === 0 ? null : `after ${listText(spec.deps, 3)}`,
  ];
  return [spec.id, facts.filter((fact) => fact !== null).join(" · "), spec.title];
}
