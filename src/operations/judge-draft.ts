/** A draft as an agent hands it in: read as any plan, and judged with what is known of the project. */

import type { LoadedConfig } from "../config/load.ts";
import {
  type DraftedTask,
  type DraftFinding,
  judgeDraft,
  mostChecks,
  mostDrafted,
} from "../domain/drafted-plan.ts";
import type { State } from "../domain/state.ts";
import { AppError } from "../lib/app-error.ts";
import type { Plan, PlannedTask } from "../plans/plan.ts";
import { comparePlans } from "./compare-plan.ts";
import type { Context } from "./context.ts";
import { type PlacedSkills, placeSkills } from "./place-skills.ts";
import { isCount } from "./plan-names.ts";
import { knownAgents } from "./warn-of-pin.ts";

export interface JudgedDraft {
  readonly tasks: number;
  readonly findings: readonly DraftFinding[];
}

/** Larger is no plan that anybody reads (chosen). */
const mostBytes = 1024 * 1024;

export async function judgeText(
  context: Context,
  { file, text, loaded }: { file: string; text: string; loaded: LoadedConfig },
): Promise<JudgedDraft> {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) return whole(`it has ${bytes} bytes, and may have ${mostBytes}`);
  // What a person is shown must be what is accepted.
  if (/[^\P{Cc}\n\r\t]|[\u202a-\u202e\u2066-\u2069]/u.test(text)) {
    return whole("it holds characters that steer a terminal or the direction of words");
  }
  // Agents read them as letters, and nobody sees them: a brief within the brief.
  if (/[\u{e0000}-\u{e0fff}]/u.test(text)) {
    return whole("it holds letters that nobody sees (U+E0000 to U+E0FFF): write plain text");
  }
  const plan = await context.plans.read(file, Buffer.from(text));
  const state = await context.state();
  // Of what is refused for its size nothing more is looked up.
  const few = plan.tasks.length > mostDrafted ? [] : plan.tasks;
  const skills = await placeSkills(
    context,
    few.flatMap((task) => task.skills),
  );
  const known = { plan, state, file, skills };
  const drafted = plan.tasks.map((task) => draftedTask(task, known));
  const findings = judgeDraft(drafted, {
    state,
    file,
    gates: new Set(loaded.config.gates.map(({ run }) => run.trim())),
    agents: await knownAgents(context),
    commands: await commandTroubles(context, few),
  });
  const tasks = plan.tasks.length;
  if (findings.length > 0) return { tasks, findings };
  try {
    comparePlans(state, [{ file, plan }]);
    return { tasks, findings: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...whole(error.message), tasks };
  }
}

function whole(says: string): JudgedDraft {
  return { tasks: 0, findings: [{ task: null, line: null, says }] };
}

/** In few calls, as a draft may name the same command for each task. */
async function commandTroubles(
  context: Context,
  tasks: readonly PlannedTask[],
): Promise<ReadonlyMap<string, string>> {
  const troubles = new Map<string, string>();
  const commands = tasks.flatMap(({ verify }) => verify.slice(0, mostChecks));
  for (const command of new Set(commands)) {
    const trouble = await context.commandTrouble(command);
    if (trouble !== null) troubles.set(command, trouble);
  }
  return troubles;
}

interface Known {
  readonly plan: Plan;
  readonly state: State;
  readonly file: string;
  readonly skills: PlacedSkills;
}

function draftedTask(task: PlannedTask, { plan, state, file, skills }: Known): DraftedTask {
  const { id, title, agent, role, touches, verify, brief, source } = task;
  return {
    name: id,
    line: source.line,
    id: isCount(file, id) ? null : id,
    title,
    isOpen: task.state === "queued",
    agent,
    role,
    touches,
    verify,
    deps: task.deps.map((name) => ({ name, to: dependencyOf(name, plan, state) })),
    missingSkills: task.skills.flatMap((skill) => skillProblem(skill, skills) ?? []),
    brief,
  };
}

/** A person may name any file of theirs for an agent to load; an agent may not. */
function skillProblem(skill: string, { missing }: PlacedSkills): string | null {
  const isOut = skill.startsWith("/") || skill.startsWith("~") || skill.split("/").includes("..");
  return isOut ? "its skill leads out of the repository" : (missing.get(skill) ?? null);
}

function dependencyOf(
  name: string,
  { tasks }: Plan,
  { names }: State,
): DraftedTask["deps"][number]["to"] {
  for (const text of [name, name.toUpperCase()]) {
    const drafted = tasks.find(({ id, aliases }) => id === text || aliases.includes(text));
    if (drafted !== undefined) return { drafted: drafted.id };
    const queued = names.get(text);
    if (queued !== undefined) return { queued };
  }
  return null;
}
