/** `temoin plan GOAL [--agent NAME] [--apply] [--dry-run]` */

import { findingText } from "../domain/drafted-plan.ts";
import { countText, oneLine } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { type Drafted, draftPlan, planOrder } from "../operations/plan.ts";
import { applyDraft, lookAtPlan, type PlanLook } from "../operations/plan-look.ts";
import { type Call, type CliCommand, signalExit } from "./command.ts";
import { sayNext } from "./print-change.ts";
import { printPlanLook } from "./print-plan-look.ts";
import { openQuestions } from "./questions.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("<goal>", "what is to be true, in quotes")
      .option("--agent <name>", "who drafts it; without, the first that can")
      .option("--apply", "bring the tasks in after they were shown", false)
      .option("--dry-run", "show whom it would ask, and what; nobody is asked", false),
  endsBySignal: true,
  async run(call) {
    const { options, signal } = call;
    if (options["dryRun"] === true && options["apply"] === true) {
      throw new AppError("usage", "Cannot plan with `--apply` and `--dry-run`: one asks nobody.", {
        hint: "Leave one of them away.",
      });
    }
    try {
      return options["dryRun"] === true ? await show(call) : await plan(call);
    } catch (error) {
      // Which signal it was is told by whoever has heard it.
      if (signal.aborted) {
        call.face.say("temoin: ended; nothing was kept, and nothing was changed.");
        return signalExit.SIGINT;
      }
      throw error;
    }
  },
};

function wishOf({ args, options }: Call) {
  const { agent } = options;
  return { goal: String(args[0]), agent: typeof agent === "string" ? agent : null };
}

async function show(call: Call): Promise<number> {
  const { context, face } = call;
  const { order } = await planOrder(context, wishOf(call));
  if (face.isJson) {
    face.printJson(order);
    return 0;
  }
  face.print(`${order.agent} would be asked to plan:`);
  for (const line of order.goal.split("\n")) face.print(oneLine(line, 2_000));
  face.print(`with ${countText(order.board.length, "line")} of the board:`);
  for (const line of order.board) face.print(`  ${line}`);
  const gates = order.gates.map(({ name }) => name).join(", ");
  face.print(`gates: ${gates === "" ? "none: each task would need a check of its own" : gates}`);
  sayNext(face, 'temoin plan "…"');
  return 0;
}

async function plan(call: Call): Promise<number> {
  const { context, face, options, signal } = call;
  const drafted = await draftPlan(context, wishOf(call), {
    signal,
    onAgent: ({ name }) =>
      face.say(`${name} is asked to plan; Ctrl-C ends it, \`temoin logs plan -f\` shows it.`),
    onTold: (says) => {
      if (!face.isJson) face.say(face.style("dim", `  ${oneLine(says, 200)}`));
    },
  });
  const { file, findings } = drafted;
  if (file === null || findings.length > 0) return tellUnfinished(call, drafted);
  const look = await lookAtPlan(context, file);
  if (!face.isJson) printPlanLook(face, look);
  if (drafted.trouble !== null && !face.isJson) {
    face.say(`${drafted.agent} has handed it in; after that: ${oneLine(drafted.trouble)}`);
  }
  const applies = options["apply"] === true || (await isWanted(call, look));
  return applies ? apply(call, { drafted, look }) : leave(call, { drafted, look });
}

async function isWanted({ face }: Call, { added, changed }: PlanLook): Promise<boolean> {
  if (!face.canAsk || added.length + changed.length === 0) return false;
  using questions = openQuestions({ input: process.stdin, output: process.stderr });
  try {
    return await questions.askWhether("Apply?", false);
  } catch (error) {
    // Whoever leaves it by Ctrl-C or Ctrl-D has not said yes, and the draft is kept.
    if (error instanceof AppError) return false;
    throw error;
  }
}

interface Shown {
  readonly drafted: Drafted;
  readonly look: PlanLook;
}

async function apply(call: Call, { drafted, look }: Shown): Promise<number> {
  const { context, face } = call;
  const { added, edited, inbox } = await applyDraft(context, look, drafted.text);
  if (face.isJson) {
    face.printJson({ ...jsonOf({ drafted, look }), applied: true });
    return 0;
  }
  face.print(`${countText(added.length, "task")} added, ${edited.length} changed.`);
  for (const { says } of inbox) face.print(`for you: ${says}`);
  const isHeld = (await context.holder()) !== null;
  sayNext(
    face,
    isHeld ? "temoin status   (the run that is open takes them up)" : "temoin run --dry-run",
  );
  return 0;
}

function leave({ face }: Call, { drafted, look }: Shown): number {
  if (face.isJson) {
    face.printJson({ ...jsonOf({ drafted, look }), applied: false });
    return 0;
  }
  face.print(`Nothing was changed. The draft is kept in ${drafted.file}.`);
  if (look.added.length + look.changed.length === 0) {
    sayNext(face, "temoin status");
    return 0;
  }
  sayNext(face, `temoin import ${drafted.file}   brings its tasks in`);
  return 0;
}

/** An agent's word that it is done is no draft. */
function tellUnfinished({ face }: Call, drafted: Drafted): number {
  const { agent, file, findings, rounds, trouble, log } = drafted;
  if (face.isJson) {
    const said = findings.map(findingText);
    face.printJson({ ...draftJson(drafted), complete: false, findings: said, applied: false });
    return 1;
  }
  const asked = `${agent} was asked ${countText(rounds, "time")}`;
  if (trouble !== null) face.say(`${agent}: ${oneLine(trouble)}`);
  if (file === null) {
    face.say(`temoin: ${asked} and has handed in no draft; nothing was changed.`);
    const other = trouble === null ? "" : '   or   temoin plan "…" --agent NAME';
    sayNext(face, `temoin logs plan   (${log})${other}`);
    return 1;
  }
  face.say(`temoin: ${asked}, and its draft is not complete; nothing was changed:`);
  for (const finding of findings) face.print(`- ${findingText(finding)}`);
  sayNext(face, `mend ${file}, then temoin import ${file} --dry-run   or   temoin logs plan`);
  return 1;
}

function jsonOf({ drafted, look }: Shown): object {
  const { path: _, ...difference } = look;
  return { ...draftJson(drafted), complete: true, findings: [], ...difference };
}

function draftJson({ agent, file, tasks, rounds, trouble, log }: Drafted): object {
  return { agent, file, tasks, rounds, trouble, log };
}
