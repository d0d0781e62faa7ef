/** Plans into the queue: all files together, all of it or nothing. */

import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { briefText } from "../domain/brief.ts";
import type { InboxItem } from "../domain/event.ts";
import { goalName } from "../domain/goal-items.ts";
import type { TaskId } from "../domain/id.ts";
import type { Policy } from "../domain/policy.ts";
import { AppError } from "../lib/app-error.ts";
import { writeText } from "../lib/text-file.ts";
import { type ComparedPlan, type Comparison, comparePlans } from "./compare-plan.ts";
import type { Context } from "./context.ts";
import { someText } from "./fields.ts";
import type { Operation } from "./operation.ts";
import {
  criteriaOf,
  type InEffect,
  nothingInEffect,
  type Proposals,
  proposalsOf,
} from "./plan-criteria.ts";
import type { ReadPlan, Warning } from "./plan-names.ts";
import { readPlans } from "./read-plans.ts";
import { knownAgents } from "./warn-of-pin.ts";

export interface Imported {
  readonly files: readonly string[];
  readonly added: readonly TaskId[];
  readonly edited: readonly TaskId[];
  /** How many are in the queue as the plan has them. */
  readonly same: number;
  readonly left: ComparedPlan["left"];
  /** New lines of the inbox. */
  readonly inbox: readonly InboxItem[];
  /** Gates and goal items that were written into temoin.yaml, or would be. */
  readonly accepted: readonly string[];
  readonly warnings: readonly Warning[];
  /** What was read, for a look at it beforehand. */
  readonly plans: readonly { readonly read: ReadPlan; readonly compared: ComparedPlan }[];
}

const input = z.strictObject({
  files: z.array(someText).min(1, { error: "needs at least one file" }),
  dryRun: z.boolean(),
  accept: z.boolean(),
});

export const importPlans: Operation<z.infer<typeof input>, Imported> = {
  name: "import",
  summary: "tasks from plan files, Markdown or JSON",
  effect: "change",
  input,
  async run(context, { files, dryRun, accept }) {
    // Of two at once the second one sees the tasks of the first.
    using _ = dryRun ? null : await context.turn("import");
    const read = await readPlans(context, files);
    const first = comparePlans(await context.state(), read);
    const inEffect = await readInEffect(context);
    const accepted = accept ? acceptedOf(read, inEffect) : null;
    const isAccepted = accepted !== null && accepted.written.length > 0 && !dryRun;
    // Where it cannot be written, nothing comes in.
    const file = isAccepted ? await requireConfigFile(context) : null;
    const inbox = await untold(
      context,
      read.flatMap((one) => criteriaOf(one, accepted ?? inEffect)),
    );
    const comparison = dryRun ? first : await bringIn(context, { read, first, inbox });
    if (isAccepted && file !== null) await writeProposals(context, file, accepted);
    if (accept && !dryRun) await clearProposals(context, read);
    return summarize(read, comparison, {
      inbox,
      accepted: accepted?.written ?? [],
      warnings: await warnOfPins(context, comparison),
    });
  },
};

interface Incoming {
  readonly read: readonly ReadPlan[];
  /** Against the queue as it was looked at. */
  readonly first: Comparison;
  readonly inbox: readonly InboxItem[];
}

/** As it has come in: against the queue as it is by then. */
async function bringIn(context: Context, { read, first, inbox }: Incoming): Promise<Comparison> {
  for (let comparison = first; ; ) {
    await keepBriefs(context, comparison);
    try {
      await ask(context, comparison, inbox);
      return comparison;
    } catch (error) {
      // Somebody has added a task meanwhile, by an id that was free.
      const now = await context.state();
      const added = comparison.plans.flatMap(({ add }) => add.map(({ spec }) => spec.id));
      if (!(error instanceof AppError) || !added.some((id) => now.names.has(id))) throw error;
      comparison = comparePlans(now, read);
    }
  }
}

function summarize(
  read: readonly ReadPlan[],
  { plans, warnings }: Comparison,
  rest: Pick<Imported, "inbox" | "accepted" | "warnings">,
): Imported {
  return {
    files: plans.map(({ file }) => file),
    added: plans.flatMap(({ add }) => add.map(({ spec }) => spec.id)),
    edited: plans.flatMap(({ edit }) => edit.map(({ id }) => id)),
    same: plans.reduce((sum, { same }) => sum + same.length, 0),
    left: plans.flatMap(({ left }) => left),
    ...rest,
    warnings: [...warnings, ...rest.warnings],
    plans: read.flatMap((one, place) => {
      const compared = plans[place];
      return compared === undefined ? [] : [{ read: one, compared }];
    }),
  };
}

/** In one call for all: the disk is waited for once. */
async function keepBriefs(context: Context, { plans }: Comparison): Promise<void> {
  const texts = plans.flatMap(({ tasks, add, edit }) => {
    const changed = new Set([...add.map(({ spec }) => spec.id), ...edit.map(({ id }) => id)]);
    return tasks
      .filter(({ spec }) => changed.has(spec.id))
      .map(({ planned }) => briefText(planned.brief));
  });
  if (texts.length > 0) await context.keep(texts);
}

/**
 * Tasks of all files come in with one wish, since they may depend on each other. Phases go first:
 * a task whose phase is not known yet would be handed out too early.
 */
async function ask(
  context: Context,
  { plans }: Comparison,
  inbox: readonly InboxItem[],
): Promise<void> {
  const [first, ...others] = plans;
  if (first === undefined) return;
  for (const { file, phases } of others) {
    if (phases.length === 0) continue;
    await context.ask({ type: "import", file, add: [], edit: [], phases, inbox: [] });
  }
  const add = plans.flatMap((plan) => plan.add);
  const edit = plans.flatMap((plan) => plan.edit);
  await context.ask({ type: "import", file: first.file, add, edit, phases: first.phases, inbox });
}

/** What a person has been told once and has cleared does not come back with every import. */
async function untold(
  context: Context,
  items: readonly InboxItem[],
): Promise<readonly InboxItem[]> {
  if (items.length === 0) return [];
  const told = new Set<string>();
  for (const event of await context.events(0)) {
    if (event.type === "inbox_added") told.add(`${event.item.key}\n${event.item.says}`);
  }
  return items.filter(({ key, says }) => !told.has(`${key}\n${says}`));
}

interface Accepted extends InEffect {
  readonly additions: Proposals;
  readonly written: readonly string[];
}

function acceptedOf(read: readonly ReadPlan[], inEffect: InEffect): Accepted {
  const additions = proposalsOf(
    read.map(({ plan }) => plan),
    inEffect,
  );
  const { gates, goal } = additions;
  const names = goal.map((item) =>
    goalName(
      "run" in item ? { kind: "run", command: item.run } : { kind: "changed", path: item.changed },
    ),
  );
  const written = [...gates.map(({ name, run }) => `gate ${name}: ${run}`), ...names];
  return {
    additions,
    gates: new Set([...inEffect.gates, ...gates.map(({ run }) => run)]),
    gateNames: new Set([...inEffect.gateNames, ...gates.map(({ name }) => name)]),
    goal: new Set([...inEffect.goal, ...names]),
    written,
  };
}

async function requireConfigFile(context: Context): Promise<string> {
  const { file } = await context.config();
  if (file !== null) return file;
  const { root } = await context.place();
  throw new AppError("config", `There is no ${path.join(root, "temoin.yaml")} to write into.`, {
    hint: "`temoin init` writes one; nothing was imported.",
  });
}

async function writeProposals(
  context: Context,
  file: string,
  { additions }: Accepted,
): Promise<void> {
  const { addToConfig } = await import("../config/write.ts");
  using _ = await context.turn("config");
  await writeText(file, addToConfig(await readFile(file, "utf8"), additions));
}

async function clearProposals(context: Context, read: readonly ReadPlan[]): Promise<void> {
  for (const { key } of [...(await context.state()).inbox.values()]) {
    const isOurs = read.some(({ file }) => key.startsWith(`proposal:${file}:`));
    if (isOurs) await context.ask({ type: "clear_inbox", key });
  }
}

/** A configuration that cannot be read has nothing in effect; who needs it says why. */
async function readInEffect(context: Context): Promise<InEffect> {
  try {
    const { config } = await context.config();
    const goal: Policy["goal"] = config.goal;
    return {
      gates: new Set(config.gates.map(({ run }) => run)),
      gateNames: new Set(config.gates.map(({ name }) => name)),
      goal: new Set(goal.map(goalName)),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "config") return nothingInEffect;
    throw error;
  }
}

/** One line for each agent that is not there, however many tasks are pinned to it. */
async function warnOfPins(context: Context, { plans }: Comparison): Promise<readonly Warning[]> {
  const known = await knownAgents(context);
  if (known === null) return [];
  const pins = new Map<string, { file: string; line: number | null; ids: TaskId[] }>();
  for (const { file, tasks } of plans) {
    for (const { spec } of tasks) {
      if (spec.agent === null || known.has(spec.agent)) continue;
      const pin = pins.get(spec.agent) ?? { file, line: spec.source?.line ?? null, ids: [] };
      pin.ids.push(spec.id);
      pins.set(spec.agent, pin);
    }
  }
  return [...pins].map(([agent, { file, line, ids }]) => {
    const names =
      ids.slice(0, 3).join(", ") + (ids.length > 3 ? ` and ${ids.length - 3} more` : "");
    const verb = ids.length === 1 ? "is" : "are";
    const says = `${names} ${verb} pinned to \`${agent}\`, which is not configured; \`temoin assign ID --agent NAME\` gives such a task to another`;
    return { file, line, says };
  });
}
