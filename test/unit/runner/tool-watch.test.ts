import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { processesOf, type SeenProcess, ToolWatch } from "../../../src/runner/tool-watch.ts";

function seen(key: string, busyMs = 0): SeenProcess {
  return { key, name: key, busyMs };
}

/** Looks 30 s apart, at what there is each time; the first is the begin. */
function looks(...censuses: readonly (readonly SeenProcess[])[]): readonly (string | null)[] {
  let found: readonly SeenProcess[] = [];
  const watch = new ToolWatch(() => found);
  return censuses.map((census, n) => {
    found = census;
    if (n === 0) watch.begin(0);
    return watch.look(n * 30_000);
  });
}

test("the agent's own processes are no tools, however busy they are", () => {
  assert.deepEqual(looks([seen("claude", 1)], [seen("claude", 9_000)]), [null, null]);
});

test("a process that comes, works or goes is a tool at work; one that only waits is not", () => {
  const agent = seen("claude");
  const found = looks(
    [agent],
    [agent, seen("cargo", 10)],
    [agent, seen("cargo", 5_000)],
    [agent, seen("cargo", 5_010)],
    [agent],
    [agent],
  );
  assert.deepEqual(found, [
    null,
    "a tool is at work: cargo",
    "a tool is at work: cargo",
    null,
    "a tool has ended: cargo",
    null,
  ]);
});

test("of real processes those count that were started after the begin and use the processor", async () => {
  const env = { TEMOIN_SLOT: `test/${randomUUID()}` };
  await using running = new AsyncDisposableStack();
  const start = (script: string): ChildProcess => {
    const command = [process.execPath, ["-e", script]] as const;
    const child = spawn(...command, { env: { ...process.env, ...env }, stdio: "pipe" });
    running.defer(() => kill(child));
    return child;
  };
  // What it is told, it has done when it answers; then it waits.
  const busy =
    "const end = process.cpuUsage().user + 200_000; while (process.cpuUsage().user < end);";
  const waiting = `process.stdin.on("data", () => { ${busy} console.log("done"); });`;
  const agent = start(waiting);
  await once(agent, "spawn");
  const watch = new ToolWatch(() => processesOf(env));
  watch.begin(0);
  assert.equal(watch.look(1), null);
  const tool = start(waiting);
  await once(tool, "spawn");
  assert.match(watch.look(30_000) ?? "", /^a tool is at work: /);
  for (const [child, life] of [
    [tool, /^a tool is at work: /],
    [agent, /^$/],
  ] as const) {
    // What it has used for its own start does not count here.
    child.stdin?.write("go\n");
    assert(child.stdout !== null);
    await once(child.stdout, "data");
    watch.look(60_000);
    child.stdin?.write("go\n");
    await once(child.stdout, "data");
    assert.match(watch.look(61_000) ?? "", life);
  }
  await kill(tool);
  assert.match(watch.look(90_000) ?? "", /^a tool has ended/);
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
