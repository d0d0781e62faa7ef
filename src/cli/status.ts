/** `temoin status` */

import { fullnessText } from "../domain/fullness.ts";
import type { TaskId } from "../domain/id.ts";
import type { State } from "../domain/state.ts";
import { isTerminal } from "../domain/task.ts";
import { alignColumns } from "../domain/view-columns.ts";
import { conductorLine } from "../domain/view-conductor.ts";
import { durationText } from "../domain/view-duration.ts";
import { runLine, slotReason, tasksLine } from "../domain/view-run.ts";
import { attemptsSpend, runSpend, tellsSpend } from "../domain/view-spend.ts";
import { oneLine } from "../domain/view-text.ts";
import type { Planner } from "../operations/context.ts";
import { type Status, status } from "../operations/status.ts";
import { type CliCommand, perform } from "./command.ts";
import { addTasks, sayNext } from "./print-change.ts";

export const command: CliCommand = {
  describe: (command) => command,
  async run(call) {
    const { face, context } = call;
    const answer = await perform(call, status, {});
    if (face.isJson) {
      face.printJson(answer.json);
      return 0;
    }
    const now = context.clock.now();
    const { agents, goal, holder } = answer.json;
    const who = holder === null ? "" : `process ${holder.pid}, temoin ${holder.command}`;
    const facts = { now, hasRunner: holder !== null, who };
    face.print(face.style("bold", runLine(answer.state, facts)));
    const { state } = answer;
    const isTold = tellsSpend(state);
    const rows = agents.map((agent) => [
      agent.name,
      agent.state,
      agent.task ?? "–",
      durationText(now - Date.parse(agent.since)),
      fullnessText(agent),
      ...(isTold ? [taskSpend(state, agent.task)] : []),
      slotReason(agent, agent.asks),
    ]);
    const width = face.width === null ? null : face.width - 2;
    for (const line of alignColumns(rows, width)) face.print(`  ${line}`);
    face.print(`tasks: ${tasksLine(answer.state)}`);
    if (state.run !== null && (state.run.spent !== null || state.run.policy.budget !== undefined)) {
      face.print(`spend: ${runSpend(state, state.run)}`);
    }
    const conductor = conductorLine(state, facts.hasRunner);
    if (conductor !== null) face.print(`conductor: ${conductor}`);
    const { planner } = answer.json;
    if (planner !== null) face.print(`plan: ${plannerText(planner)}`);
    for (const { name, met, detail } of goal) {
      face.print(`goal ${met ? "✓" : "·"} ${oneLine(name)}: ${oneLine(detail)}`);
    }
    if (answer.isStale) {
      face.say("temoin.yaml has changed since this run began; it takes effect with the next one.");
    }
    const next = nextStep(answer);
    if (next !== null) sayNext(face, next);
    return 0;
  },
};

/** What all attempts of the task at hand have used up. */
function taskSpend(state: State, task: TaskId | null): string {
  return task === null ? "–" : attemptsSpend(state.tasks.get(task)?.attempts ?? []);
}

function plannerText({ pid, isLeft }: Planner): string {
  if (!isLeft)
    return `process ${pid} drafts one; \`temoin logs plan -f\` shows what its agent prints`;
  return `process ${pid} goes on, though its \`temoin plan\` was killed; the next plan or run ends it, or \`temoin clean --yes\``;
}

/** `null`: a run is at work, and needs nothing. */
function nextStep({ json, state }: Status): string | null {
  const { run, inbox, planner } = json;
  if (planner?.isLeft === true) return "temoin clean   (lists what a killed plan has left)";
  if (inbox > 0) return `temoin inbox   (${inbox} for you)`;
  if (run.state === "running" || run.state === "paused" || run.state === "stopping") return null;
  const isOver = [...state.tasks.values()].every((task) => isTerminal(task.state));
  return isOver && (run.state === "none" || run.exitCode === 0) ? addTasks : "temoin run";
}
