/**
 * What an attempt costs besides the agent, against the usual way: a shell loop that resets a
 * worktree, runs the agent, commits, runs the gate and merges. The same agent, gate and tasks in
 * the same kind of repository; the loop keeps no log, asks nobody, and tests no merged result.
 */

import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { openScratch } from "../test/e2e/scratch-project.ts";
import { type Figure, type Measurement, timedAsync } from "./measurement.ts";
import { agentScript, mustEnd, openQuickProject } from "./quick-project.ts";

const tasks = 40;

export const overhead: Measurement = {
  name: "overhead",
  about: "one task from start to landing with an agent that takes no time, against a shell loop",
  async run(say) {
    say(`${tasks} tasks by a shell loop`);
    const loop = await timeLoop();
    say(`${tasks} tasks by temoin run, one slot`);
    const temoin = await timeTemoin();
    const figure = (what: string, unit: string, value: number): Figure => {
      return { what, unit, value, atMost: null, count: tasks };
    };
    return [
      figure("temoin run, a task, its own start and end included", "ms", temoin / tasks),
      figure("the shell loop, a task", "ms", loop / tasks),
      figure("temoin to the shell loop", "×", temoin / loop),
    ];
  },
};

async function timeTemoin(): Promise<number> {
  await using scratch = await openQuickProject({ tasks, slots: 1, works: "0" });
  const { ms } = await timedAsync(() => mustEnd(scratch, "run"));
  return ms;
}

async function timeLoop(): Promise<number> {
  await using scratch = await openScratch({ files: { "agent.sh": agentScript("0") } });
  await chmod(path.join(scratch.dir, "agent.sh"), 0o755);
  const script = path.join(scratch.folder, "loop.sh");
  await writeFile(script, loopScript);
  const tree = path.join(scratch.folder, "tree");
  await scratch.git("worktree", "add", "--quiet", "--detach", tree);
  const { result, ms } = await timedAsync(() =>
    scratch.run("/bin/sh", [script, tree, String(tasks)]),
  );
  if (result.code !== 0) throw new Error(`the loop ended with ${result.code}: ${result.stderr}`);
  return ms;
}

const loopScript = `set -eu
tree=$1 tasks=$2 main=$PWD n=1
while [ "$n" -le "$tasks" ]; do
  cd "$tree"
  git reset --quiet --hard
  git clean --quiet -fd
  git checkout --quiet -B "work/$n" main
  echo "Do the work $n" | TEMOIN_TASK="W-$n" "$main/agent.sh"
  git add --all
  git commit --quiet --message "Work $n"
  sh -c true
  cd "$main"
  git merge --quiet --no-ff --message "Land work $n" "work/$n"
  n=$((n + 1))
done
`;
