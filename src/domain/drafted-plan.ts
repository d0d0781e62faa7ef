/**
 * A draft: a plan that an agent has written for a goal, and that nobody has accepted yet. Here it is
 * judged, before a person sees it: whatever would make its tasks go wrong is a finding, in words by
 * which the agent can mend it. Pure: files and programs were looked for beforehand.
 */

import { type Brief, briefLines, isThin, thinBelowLines } from "./brief.ts";
import type { TaskId } from "./id.ts";
import type { State } from "./state.ts";
import { isTerminal } from "./task.ts";
import { oneLine } from "./view-text.ts";

export interface DraftedTask {
  /** As the draft writes it. */
  readonly name: string;
  readonly line: number;
  /** `null`: the draft gives it none, it only counts. */
  readonly id: string | null;
  readonly title: string;
  /** What the draft says of its state. */
  readonly isOpen: boolean;
  readonly agent: string | null;
  readonly role: string | null;
  readonly touches: readonly string[];
  readonly verify: readonly string[];
  readonly deps: readonly DraftedDependency[];
  /** One sentence about each that is no file of the repository. */
  readonly missingSkills: readonly string[];
  readonly brief: Brief;
}

export interface DraftedDependency {
  readonly name: string;
  /** A task of the draft by its `name`, or one of the queue; `null`: neither. */
  readonly to: { readonly drafted: string } | { readonly queued: TaskId } | null;
}

export interface DraftFacts {
  readonly state: State;
  /** Of the file under which the draft will be known: its tasks of an earlier time may change. */
  readonly file: string;
  /** Command lines that judge each task, whatever its draft says. */
  readonly gates: ReadonlySet<string>;
  /** Names of agents and roles; `null`: not known. */
  readonly agents: ReadonlySet<string> | null;
  /** What is wrong with a command, as the end of a sentence; of one that is not there: nothing. */
  readonly commands: ReadonlyMap<string, string>;
}

export interface DraftFinding {
  /** `null`: it is about the whole draft. */
  readonly task: string | null;
  readonly line: number | null;
  /** One sentence. */
  readonly says: string;
}

/** A plan of more is read by nobody (chosen). */
export const mostDrafted = 200;
/** More checks of one task are a gate (chosen). */
export const mostChecks = 10;
/** Of more than that the first ones are told: an agent mends them, and hands it in again (chosen). */
export const mostFindings = 30;

/** Empty: it is complete. */
export function judgeDraft(
  tasks: readonly DraftedTask[],
  facts: DraftFacts,
): readonly DraftFinding[] {
  const whole = (says: string): DraftFinding => ({ task: null, line: null, says });
  if (tasks.length === 0) return [whole("there is no task in it")];
  if (tasks.length > mostDrafted) {
    return [
      whole(`it has ${tasks.length} tasks, and may have ${mostDrafted}: plan the first part`),
    ];
  }
  const found = tasks.flatMap((task): DraftFinding[] =>
    problemsOf(task, facts).map((says) => ({ task: task.name, line: task.line, says })),
  );
  const circle = circleOf(tasks);
  if (circle !== null) found.push(whole(`these wait for each other: ${circle.join(" → ")}`));
  const more = found.length - mostFindings;
  return more > 0
    ? [...found.slice(0, mostFindings), whole(`there are ${more} more like these`)]
    : found;
}

export function findingText({ task, line, says }: DraftFinding): string {
  if (task === null) return says;
  return `${oneLine(task, 80)}${line === null ? "" : ` (line ${line})`}: ${says}`;
}

function problemsOf(task: DraftedTask, facts: DraftFacts): readonly string[] {
  const { isOpen, role, agent, touches, verify, brief } = task;
  const lines = briefLines(brief);
  return [
    ...idProblems(task, facts),
    ...(isOpen ? [] : ["it is marked as done or blocked: a plan is of what is to be done"]),
    ...(role === null ? ["it has no role: `(role: feature)`"] : []),
    ...(agent === null || facts.agents === null || facts.agents.has(agent)
      ? []
      : [`its agent \`${oneLine(agent, 40)}\` is not configured`]),
    ...(touches.length === 0 ? ["it has no scope: `(touches: src/a/**, test/a/**)`"] : []),
    ...touches.flatMap(scopeProblem),
    ...(brief.acceptance.length === 0
      ? ["it has no acceptance criteria: a list below `**Acceptance**:`"]
      : []),
    ...(isThin(lines)
      ? [`its brief is thin: ${lines} of at least ${thinBelowLines} lines below its title`]
      : []),
    ...(verify.length === 0 && facts.gates.size === 0
      ? ["nothing proves it, as there are no gates: `(verify: COMMAND)`"]
      : []),
    ...(verify.length > mostChecks
      ? [`it has ${verify.length} checks, and may have ${mostChecks}: write a script`]
      : []),
    ...verify.flatMap((command) =>
      facts.gates.has(command.trim())
        ? [
            `its check \`${oneLine(command, 80)}\` is a gate already, and proves nothing more: check what this task alone brings`,
          ]
        : [],
    ),
    ...verify.flatMap((command) => {
      const wrong = facts.commands.get(command);
      return wrong === undefined ? [] : [`its check \`${oneLine(command, 80)}\` ${wrong}`];
    }),
    ...task.deps.flatMap((dep) => dependencyProblem(dep, facts.state)),
    ...task.missingSkills,
  ];
}

function idProblems({ id }: DraftedTask, { state, file }: DraftFacts): readonly string[] {
  if (id === null) return ["it has no id: begin its title with one, such as `SHOP-1:`"];
  const holder = state.names.get(id);
  const spec = holder === undefined ? undefined : state.tasks.get(holder)?.spec;
  if (spec === undefined || spec.source?.file === file) return [];
  return [`its id is that of a task in the queue (${oneLine(spec.title, 60)}): take another one`];
}

/** Within the repository, and less than all of it. */
function scopeProblem(glob: string): readonly string[] {
  const shown = oneLine(glob, 60);
  const parts = glob.split("/");
  if (glob.startsWith("/") || glob.startsWith("~") || parts.includes("..") || glob.includes("\\")) {
    return [`its scope \`${shown}\` leads out of the repository`];
  }
  if (/\p{C}/u.test(glob)) return [`its scope \`${shown}\` holds characters that cannot be seen`];
  const isAll = parts.every((part) => part === "**" || part === "*" || part === ".");
  return isAll ? [`its scope \`${shown}\` is the whole repository: say which part`] : [];
}

function dependencyProblem({ name, to }: DraftedDependency, state: State): readonly string[] {
  const shown = oneLine(name, 60);
  if (to === null) return [`it depends on ${shown}, which is no task of the draft or the queue`];
  if ("drafted" in to) return [];
  const found = state.tasks.get(to.queued)?.state;
  const isDead =
    found !== undefined && isTerminal(found) && found !== "done" && found !== "skipped";
  return isDead ? [`it depends on ${shown}, which is ${found}: it would wait for ever`] : [];
}

/** Within the draft: no task of the queue waits for one that is not there yet. */
function circleOf(tasks: readonly DraftedTask[]): readonly string[] | null {
  const after = new Map(
    tasks.map(({ name, deps }) => [
      name,
      deps.flatMap(({ to }) => (to !== null && "drafted" in to ? [to.drafted] : [])),
    ]),
  );
  const open = new Map([...after].map(([name, deps]) => [name, new Set(deps)]));
  for (let isMoving = true; isMoving; ) {
    isMoving = false;
    for (const [name, deps] of open) {
      if ([...deps].some((dep) => open.has(dep))) continue;
      open.delete(name);
      isMoving = true;
    }
  }
  const [first] = open.keys();
  if (first === undefined) return null;
  // Each that is left waits for another one that is left.
  const path = [first];
  for (;;) {
    const next = after.get(path.at(-1) ?? "")?.find((dep) => open.has(dep));
    if (next === undefined) return path;
    const at = path.indexOf(next);
    if (at >= 0) return [...path.slice(at), next];
    path.push(next);
  }
}
