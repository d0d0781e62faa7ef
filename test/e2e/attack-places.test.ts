/** What a run stands on goes away under it: disk, repository, store, branch, socket. */

import assert from "node:assert/strict";
import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { socketPath } from "../../src/app/places.ts";
import type { Hands } from "../../src/runner/hands.ts";
import type { Workspace } from "../../src/workspaces/workspace.ts";
import { id } from "../task-spec.ts";
import { landings } from "./scratch-project.ts";
import { openStage, type Stage, sh, wait, write } from "./stage.ts";

const full = () => Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });

/** Hands whose disk is full for the first call of one of a workspace's verbs. */
function onceFull(verb: "prepare" | "save"): { decorate: (hands: Hands) => Hands } {
  let refusals = 0;
  const refuseOnce = (): void => {
    refusals += 1;
    if (refusals === 1) throw full();
  };
  const around = (workspace: Workspace): Workspace => ({
    path: workspace.path,
    branch: workspace.branch,
    inspect: (base, files) => workspace.inspect(base, files),
    addedLines: (between, files) => workspace.addedLines(between, files),
    commit: (message) => workspace.commit(message),
    append: (file, text) => workspace.append(file, text),
    restore: (head) => workspace.restore(head),
    has: (file) => workspace.has(file),
    glance: () => workspace.glance(),
    async save(of, reason) {
      if (verb === "save") refuseOnce();
      return workspace.save(of, reason);
    },
  });
  const decorate = (hands: Hands): Hands => ({
    ...hands,
    workspaces: {
      ...hands.workspaces,
      async prepare(request) {
        if (verb === "prepare") refuseOnce();
        return around(await hands.workspaces.prepare(request));
      },
    },
  });
  return { decorate };
}

test("a disk that is full as a task begins fails no task: it waits, says so, and begins", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { attempts: { perTask: 1 } },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start(onceFull("prepare"));
  await run.untilTold(/T-1 waits: .*no space left\. It is tried again\./);
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
});

/** Hands whose conductor's seat cannot be put right at first. */
function seatlessOnce(hands: Hands): Hands {
  let refusals = 0;
  const seat: Hands["target"]["seat"] = {
    checkout: (sha) => {
      refusals += 1;
      if (refusals === 1) throw full();
      return hands.target.seat.checkout(sha);
    },
    tidy: () => hands.target.seat.tidy(),
  };
  const target = new Proxy(hands.target, {
    get(of, key) {
      if (key === "seat") return seat;
      const value: unknown = Reflect.get(of, key, of);
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
  return { ...hands, target };
}

test("a repository that is in trouble as the conductor is called takes nobody's role: the call waits", async () => {
  const script = {
    "conductor/1/1": [sh("temoin acknowledge; touch $HOME/mended; temoin retry T-1")],
    "T-1": [sh("[ -e $HOME/mended ] && echo done > t1.txt")],
  };
  await using stage = await openStage({
    script,
    agents: { ada: {} },
    config: { conductor: { order: ["ada"], coolDown: "100ms" }, attempts: { perTask: 1 } },
  });
  await stage.add("T-1");
  const run = await stage.start({ decorate: seatlessOnce });
  await run.untilTold(/The conductor's call waits: .*no space left\. It is tried again\./);
  assert.equal((await run.over).exitCode, 0, run.problems.join("\n"));
  assert.deepEqual(
    run.of("conductor_call_ended").map(({ term, isJudged }) => [term, isJudged]),
    [[1, true]],
  );
});

test("work that a full disk does not take is saved when there is room, and gone on from", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1/1": [write("half.txt", "half\n"), { crash: 1 }],
      "*": [sh("cat half.txt > all")],
    },
  });
  await stage.add("T-1");
  const run = await stage.start(onceFull("save"));
  await run.untilTold(/The work of T-1 could not be saved now: .* It is tried again\./);
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["crashed ada", "verified ada"]);
  assert.equal(await stage.scratch.git("show", "main:all"), "half");
});

test("a gate whose proof a full disk does not take is laid on nobody: it is run again", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "there", run: "ls work" }], attempts: { perTask: 1 } },
  });
  await stage.add("T-1");
  const proof = path.join(stage.scratch.dir, ".temoin/proof/T-1/1/workspace-0-there.log");
  await mkdir(path.dirname(proof), { recursive: true });
  await symlink("/dev/full", proof);
  const run = await stage.start();
  await run.untilTold(/Gate `there` waits: the disk is full at .*there\.log`\. It is run again\./);
  await rm(proof);
  assert.equal((await run.over).exitCode, 0);
  assert.equal(run.of("feedback_given").length, 0);
  assert.deepEqual(await stage.attempts("T-1"), ["verified ada"]);
});

test("a repository that is away for a while fails nobody but the attempt at work", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { attempts: { perTask: 2 } },
    script: { "T-1/1": [wait("go")], "*": [write("{task}.txt", "x\n")] },
  });
  await stage.add("T-1 T-2 T-3");
  const run = await stage.start();
  await run.untilWorking("T-1");
  const git = path.join(stage.scratch.dir, ".git");
  await rename(git, `${git}-away`);
  await stage.open("go");
  await run.untilTold(
    /T-2 waits: the workspace could not be prepared: .*no such directory\. It is/,
  );
  await rename(`${git}-away`, git);
  assert.equal((await run.over).exitCode, 0);
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ["T-1", "T-2", "T-3"]);
  assert.deepEqual(await stage.attempts("T-2"), ["verified ada"]);
});

test("a run whose store is removed ends with its agents, and says what is kept", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: { "*": [write("x.txt", "x\n"), wait("go")] },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  // The run may write into it meanwhile.
  await rm(path.join(stage.scratch.dir, ".temoin"), { recursive: true, maxRetries: 5 });
  await assert.rejects(
    stage.app.ask({ type: "pause", id: null }),
    /was removed while it was in use/,
  );
  await assert.rejects(run.over, { code: "failed", message: /store\.db` was removed/ });
});

async function land(stage: Stage, ...ids: readonly string[]): Promise<number> {
  await stage.add(ids.join(" "));
  return (await (await stage.start()).over).exitCode;
}

test("landed work that is in no branch of the person's is not left behind by a git switch", async () => {
  await using stage = await openStage({ agents: { ada: {} } });
  const { scratch } = stage;
  await scratch.git("branch", "other");
  await scratch.write("work/T-1.txt", "in the way\n");
  assert.equal(await land(stage, "T-1"), 4);
  await rm(path.join(scratch.dir, "work"), { recursive: true });
  await scratch.git("switch", "--quiet", "other");
  await assert.rejects(stage.start(), {
    code: "refused",
    message: /Cannot land on `other`: .*`main` has not followed/,
    hint: /git merge refs\/temoin\/target\/main/,
  });
  await scratch.git("merge", "--quiet", "refs/temoin/target/main");
  const run = await stage.run();
  assert.deepEqual([(await run.over).exitCode, run.problems], [0, []]);
});

test("a run that lands elsewhere than the last one says what is not there", async () => {
  await using stage = await openStage({ agents: { ada: {} } });
  await stage.scratch.git("branch", "other");
  assert.equal(await land(stage, "T-1"), 0);
  await stage.scratch.git("switch", "--quiet", "other");
  const run = await stage.run();
  assert.equal(run.problems.length, 1);
  assert.match(run.problems.join(), /lands on `other`, which lacks what has landed on `main`/);
});

test("where nobody could ask the run, none begins and no task is handed out", async () => {
  await using stage = await openStage({ agents: { ada: {} } });
  await stage.add("T-1");
  const file = path.join(stage.scratch.folder, "file");
  await writeFile(file, "");
  stage.scratch.env["XDG_RUNTIME_DIR"] = file;
  await assert.rejects(stage.start(), { code: "ENOTDIR" });
  assert.deepEqual(
    (await stage.app.events(0)).map((event) => event.type),
    ["task_added"],
  );
  const shared = path.join(stage.scratch.folder, "shared");
  await mkdir(path.join(shared, "temoin"), { recursive: true });
  await chmod(path.join(shared, "temoin"), 0o777);
  stage.scratch.env["XDG_RUNTIME_DIR"] = shared;
  await assert.rejects(stage.start(), { code: "refused", message: /written to by other users/ });
});

test("garbage, guesses and a hundred idle connections on the socket disturb no run", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: { "*": [wait("go"), write("x.txt", "x\n")] },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  const socket = socketPath(stage.scratch.env, await stage.app.place());
  const idle = Array.from({ length: 100 }, () => connect(socket).on("error", () => undefined));
  const lines = [
    "garbage",
    "null",
    '{"verb":"constructor"}',
    '{"verb":"stop","how":"now","token":"guess"}',
    '{"verb":"ask","token":null,"input":{"type":"toString"}}',
    '{"verb":"ask","token":null,"input":{"type":"nonsense"}}',
    '{"verb":"report","token":"guess","report":{"kind":"done","text":"","files":[],"tests":null,"at":1}}',
  ];
  const codes: unknown[] = [];
  for (const line of lines) codes.push(JSON.parse(await say(socket, line)).error.code);
  assert.deepEqual(codes, ["usage", "usage", "usage", "refused", "usage", "usage", "refused"]);
  // What only a person may ask, in no form in which one would; each is told the field.
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  for (const [field, wish] of [
    ["id", '{"type":"skip","id":{"toString":"x"}}'],
    ["agent", '{"type":"assign","id":"T-1","agent":["ada"]}'],
    ["to", '{"type":"hand_off","id":"T-1","to":{}}'],
    ["reason", `{"type":"revert","id":"T-1","reason":${nested}}`],
    ["add.0.spec", '{"type":"import","file":"p","add":[{}],"edit":[],"phases":[],"inbox":[]}'],
    ["phases", '{"type":"import","file":"p","add":[],"edit":[],"phases":{},"inbox":[]}'],
  ] as const) {
    const { error } = JSON.parse(await say(socket, `{"verb":"ask","token":null,"input":${wish}}`));
    assert.equal(error.code, "usage", wish.slice(0, 80));
    assert.ok(error.message.includes(field), error.message);
  }
  await stage.app.ask({ type: "tell", id: id("T-1"), tellId: "T-1/tell/1-1", text: "hello" });
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
  for (const connection of idle) connection.destroy();
});

function say(socket: string, line: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  let text = "";
  connect(socket)
    .on("data", (chunk) => {
      text += chunk.toString();
    })
    .on("close", () => answer.resolve(text))
    .on("error", answer.reject)
    .write(`${line}\n`);
  return answer.promise;
}
