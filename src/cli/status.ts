/** `temoin status` */

import { isTerminal } from "../domain/task.ts";
import { durationText } from "../domain/view-duration.ts";
import { oneLine } from "../domain/view-text.ts";
import { type Status, status } from "../operations/status.ts";
import { alignColumns } from "./columns.ts";
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
    const { agents, goal } = answer.json;
    face.print(face.style("bold", runLine(answer, now)));
    const rows = agents.map((agent) => [
      agent.name,
      agent.state,
      agent.task ?? "–",
      durationText(now - Date.parse(agent.since)),
      reason(agent),
    ]);
    for (const line of alignColumns(rows, face.width)) face.print(`  ${line}`);
    face.print(`tasks: ${tasksText(answer)}`);
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

/** What a person can do something about comes first. */
function reason({ asks, held, why, phase }: Status["json"]["agents"][number]): string {
  const parts = [
    ...(held ? ["a person is typing"] : []),
    ...(asks.length === 0 ? [] : [asks.join(", ")]),
    ...(why === null ? [] : [why]),
  ];
  return parts.length === 0 ? (phase ?? "") : parts.join(": ");
}

/** `null`: a run is at work, and needs nothing. */
function nextStep({ json, state }: Status): string | null {
  const { run, inbox } = json;
  if (inbox > 0) return `temoin inbox   (${inbox} for you)`;
  if (run.state === "running" || run.state === "paused" || run.state === "stopping") return null;
  const isOver = [...state.tasks.values()].every((task) => isTerminal(task.state));
  return isOver && (run.state === "none" || run.exitCode === 0) ? addTasks : "temoin run";
}

function runLine({ json }: Status, now: number): string {
  const { run, holder } = json;
  const eta = run.eta === null ? "" : `, about ${durationText(Date.parse(run.eta) - now)} to go`;
  const why = run.why === null ? "" : `: ${oneLine(run.why)}`;
  const ago = (at: string | null): string => durationText(now - Date.parse(at ?? ""));
  switch (run.state) {
    case "none":
      return "No run has begun yet.";
    case "ended":
      return `The last run ended ${ago(run.endedAt)} ago${why}`;
    case "interrupted":
      return "The last run was cut off; the next one goes on from there.";
    case "running":
    case "paused":
    case "stopping": {
      const who = holder === null ? "" : ` (process ${holder.pid}, temoin ${holder.command})`;
      return `${run.state} on ${run.target}${who} for ${ago(run.startedAt)}${why}${eta}`;
    }
  }
}

function tasksText({ json }: Status): string {
  const counts = Object.entries(json.tasks)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state.replaceAll("_", " ")}`);
  return counts.join(" · ") || "none";
}
