/** `temoin status` */

import { durationText } from "../domain/view-duration.ts";
import { oneLine } from "../domain/view-text.ts";
import { type Status, status } from "../operations/status.ts";
import { alignColumns } from "./columns.ts";
import { type CliCommand, perform } from "./command.ts";
import { sayNext } from "./print-change.ts";

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
    const { run, agents, goal, inbox } = answer.json;
    face.print(face.style("bold", runLine(answer)));
    const rows = agents.map((agent) => [
      agent.name,
      agent.state,
      agent.task ?? "–",
      durationText(now - Date.parse(agent.since)),
      agent.why ?? agent.phase ?? "",
    ]);
    for (const line of alignColumns(rows, face.width)) face.print(`  ${line}`);
    face.print(`tasks: ${tasksText(answer)}`);
    for (const { name, met, detail } of goal) {
      face.print(`goal ${met ? "✓" : "·"} ${oneLine(name)}: ${oneLine(detail)}`);
    }
    if (answer.isStale) {
      face.say("temoin.yaml has changed since this run began; it takes effect with the next one.");
    }
    if (inbox > 0) sayNext(face, `temoin inbox   (${inbox} for you)`);
    else if (run.state === "none" || run.state === "ended") sayNext(face, "temoin run");
    return 0;
  },
};

function runLine({ json }: Status): string {
  const { run, holder } = json;
  const eta = run.eta === null ? "" : `, expected to end ${run.eta}`;
  const why = run.why === null ? "" : `: ${oneLine(run.why)}`;
  switch (run.state) {
    case "none":
      return "No run has begun yet.";
    case "ended":
      return `The last run has ended with exit code ${run.exitCode}${why}`;
    case "interrupted":
      return "The last run was cut off; the next one goes on from there.";
    case "running":
    case "paused":
    case "stopping": {
      const who = holder === null ? "" : ` (process ${holder.pid}, temoin ${holder.command})`;
      return `${run.state} on ${run.target}${who} since ${run.startedAt}${why}${eta}`;
    }
  }
}

function tasksText({ json }: Status): string {
  const counts = Object.entries(json.tasks)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state.replaceAll("_", " ")}`);
  return counts.join(" · ") || "none";
}
