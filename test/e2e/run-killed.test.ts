/** What is told after temoin was killed: that it is not running, what is taken up, and when nobody worked. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { openStage, wait, write } from "./stage.ts";

test("after a kill status and why say that temoin is not running; the next start says what it takes up, and show what came late", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: { "*": [write("half.txt", "half\n"), wait("go"), write("work/{task}.txt", "x\n")] },
  });
  const { scratch } = stage;
  await stage.add("T-1");
  const child = scratch.startTemoin("run");
  const gone = once(child, "exit");
  await stage.rows("ada", "started", "T-1");
  child.kill("SIGKILL");
  await gone;

  const status = await scratch.temoin("status");
  assert.match(status.stdout, /temoin is not running: the next `temoin up` takes up 1 attempt at/);
  assert.doesNotMatch(status.stdout, /working/);
  const shown = await scratch.json("status");
  assert.equal(shown.run.state, "interrupted");
  assert.deepEqual([shown.agents[0].state, shown.agents[0].phase], ["offline", null]);
  const why = await scratch.json("why", "ada");
  assert.equal(why.state, "offline");
  assert.match(why.because.at(-1).says, /temoin is not running/);
  const cutOff = await scratch.json("summary");

  await stage.open("go");
  const next = await scratch.temoin("run");
  assert.equal(next.code, 0, next.stderr);
  assert.match(next.stdout, /^T-1: attempt 1 was lost as temoin was killed; .*tried again\.$/m);
  const begins = next.stdout.indexOf("T-1 begins attempt 2");
  assert.ok(begins > next.stdout.indexOf("attempt 1 was lost"), next.stdout);
  const after = await scratch.json("summary");
  const [ended] = (await stage.app.events(0)).filter((event) => event.type === "run_ended");
  assert(ended?.type === "run_ended" && ended.aliveAt !== undefined);
  assert(ended.aliveAt < ended.at, "it was dead for a while");
  assert(after.awayMs >= ended.at - ended.aliveAt);
  assert(Date.parse(cutOff.endedAt) <= ended.aliveAt, "nothing had gone on");
  const [first] = (await stage.task("T-1")).attempts;
  assert(first?.phase === "ended");
  assert.equal(first.endedAt, ended.aliveAt);

  const tree = await scratch.git("rev-parse", "HEAD^{tree}");
  const known = await scratch.temoin("show", "T-1");
  const head = (await stage.task("T-1")).attempts[1]?.work.head;
  assert.ok(known.stdout.includes(`work: 1 commit, ${head?.slice(0, 10)}`), known.stdout);
  assert.doesNotMatch(known.stdout, /late:/);
  const late = await scratch.git("commit-tree", tree, "-p", "HEAD", "-m", "too late");
  await scratch.git("update-ref", `refs/heads/${first.branch}`, late);
  const { stdout } = await scratch.temoin("show", "T-1");
  const says = `late: ${late.slice(0, 10)} came when it was over, and was refused: it is kept as temoin/T-1/1`;
  assert.ok(stdout.includes(says), stdout);
  const json = await scratch.json("show", "T-1");
  assert.deepEqual(json.task.attempts[0].late, { ref: "temoin/T-1/1", commit: late });
  assert.equal(json.task.attempts[1].late, null);
});
