/** A goal becomes tasks: what an agent hands in is judged, shown, and applied when a person says so. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { exampleDraft } from "../../src/prompts/planning-prompt.ts";
import { PersonTerminal } from "./person-terminal.ts";
import { handIn, ids, item, keptFiles, openInTerminal, openPlanner, temoin } from "./plan-stage.ts";
import { openScratch } from "./scratch-project.ts";
import { sh } from "./stage.ts";
import { openTools } from "./tool-client.ts";

test("a complete draft is shown in full and changes nothing; the command that is told brings it in", async () => {
  const script = { plan: [sh('cat "$TEMOIN_PROMPT_FILE" > $HOME/prompt'), handIn(exampleDraft)] };
  await using scratch = await openPlanner(script);
  await scratch.temoin("add", "Bake bread", "--role", "docs");
  // Paths that are told are good from where one is.
  const within = (...args: readonly string[]) =>
    scratch.run("sh", ["-c", 'mkdir -p docs; cd docs; exec "$@"', "sh", temoin, ...args]);
  const ended = await within("plan", "Sell \u001b[31mbread\u001b]0;x\u0007 online");
  assert.equal(ended.code, 0, ended.stderr);
  for (const says of [
    /^\+ SHOP-1: Store orders\n {4}role feature · 1\d lines of brief\n/m,
    /touches src\/orders\/\*\*, test\/orders\/\*\*/,
    /agents are told, as accepted when: An order without lines is refused/,
    /^ {4}runs: npm test -- test\/orders$/m,
    /\+ SHOP-2: .*\n.*role docs · after SHOP-1/,
    /Nothing was changed\. The draft is kept in \.\.\/\.temoin\/plans\/sell-31mbread-0-x-online-\w+\.md/,
  ]) {
    assert.match(ended.stdout, says);
  }
  assert.deepEqual(await ids(scratch), ["T-1"]);
  const [, file = ""] = /next: temoin import (\S+)/.exec(ended.stderr) ?? [];
  const prompt = await scratch.run("cat", [`${scratch.folder}/prompt`]);
  assert.match(prompt.stdout, /T-1 queued: Bake bread \(role docs\)/);
  assert.match(prompt.stdout, /- `lines`: `true`/);
  assert.equal((await within("import", file)).code, 0);
  assert.deepEqual(await ids(scratch), ["T-1", "SHOP-1", "SHOP-2"]);
  const log = await scratch.temoin("logs", "plan");
  assert.match(log.stdout, /^--- \S+ plan by ada: Sell .*bread.* online$/m);
  assert.match(log.stdout, /complete: 2 tasks/);
  const again = await within("plan", "Sell \u001b[31mbread\u001b]0;x\u0007 online");
  assert.match(again.stdout, /The draft changes nothing in the queue\./);
  assert.match(again.stderr, /next: temoin status$/m);
  assert.equal(await scratch.git("status", "--porcelain"), "");
});

test("with --apply it is shown and brought in, and the same goal once more changes what has not started", async () => {
  const changed = exampleDraft
    .replace("SHOP-1: Store orders (role: feature)", "SHOP-1: Store orders (role: refactor)")
    .replace("(verify: test -s docs/orders.md)", "")
    .replace("An order without lines is refused", "An order without a name is refused");
  const script = {
    plan: [sh("if [ -e $HOME/again ]; then temoin draft $HOME/again; else true; fi")],
  };
  await using scratch = await openPlanner(script);
  const again = path.join(scratch.folder, "again");
  const write = (text: string) =>
    scratch.run("sh", ["-c", 'printf "%s" "$1" > "$2"', "sh", text, again]);
  await write(exampleDraft);
  const first = await scratch.json("plan", "Sell bread", "--apply");
  assert.deepEqual(
    [first.agent, first.complete, first.applied, first.added.length, first.rounds],
    ["ada", true, true, 2, 1],
  );
  assert.deepEqual(first.added[0].verify, ["npm test -- test/orders"]);
  await write(changed);
  const lines =
    /^ {6}- acceptance: An order without lines.*\n {6}\+ acceptance: An order without a name/m;
  await scratch.write("changed.md", changed);
  const [kept = ""] = await keptFiles(scratch);
  await scratch.run("sh", ["-c", `cp changed.md ".temoin/plans/${kept}"`]);
  const dry = await scratch.temoin("import", `.temoin/plans/${kept}`, "--dry-run");
  assert.match(dry.stdout, lines);
  const second = await scratch.temoin("plan", "Sell bread", "--apply");
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, lines);
  assert.match(second.stdout, /~ SHOP-1: Store orders\n {4}role: feature → refactor/);
  assert.match(second.stdout, /verify: test -s docs\/orders\.md → –/);
  assert.deepEqual(await ids(scratch), ["SHOP-1", "SHOP-2"]);
  const { task } = await scratch.json("show", "SHOP-1");
  assert.equal(task.role, "refactor");
});

test("a thin draft is sent back at once, and once more as a prompt after the turn", async () => {
  const thin = "- [ ] SHOP-1: Sell\n- [ ] Bake (depends on SHOP-9) (touches: ../x/**)";
  const script = {
    "plan/1/1": [handIn(thin)],
    "plan/1/2": [sh('cat "$TEMOIN_PROMPT_FILE" > $HOME/prompt'), handIn(exampleDraft)],
  };
  await using scratch = await openPlanner(script);
  const ended = await scratch.temoin("plan", "Sell bread", "--apply");
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(await ids(scratch), ["SHOP-1", "SHOP-2"]);
  const prompt = await scratch.run("cat", [`${scratch.folder}/prompt`]);
  const [, order = "", before = ""] =
    /are in (\S+)\. Your last draft is in (\S+)\./.exec(prompt.stdout) ?? [];
  assert.match(await readFile(order, "utf8"), /## The goal\n\nSell bread\n/);
  assert.equal(await readFile(before, "utf8"), `${exampleDraft}\n`);
  const log = await scratch.temoin("logs", "plan");
  for (const says of [
    /SHOP-1 \(line 1\): it has no role/,
    /SHOP-1 \(line 1\): its brief is thin: 0 of at least 15 lines/,
    /SHOP-1 \(line 1\): it has no acceptance criteria/,
    /it depends on SHOP-9, which is no task of the draft or the queue/,
    /its scope `\.\.\/x\/\*\*` leads out of the repository/,
    /it has no id/,
  ]) {
    assert.match(prompt.stdout, says);
    assert.match(log.stdout, says);
  }
});

test("a turn that fails with a draft that is not complete is followed by another, three in all", async () => {
  const command = ["sh", "-c", "cat > $HOME/prompt-$TEMOIN_TURN; exec temoin draft $HOME/text"];
  await using scratch = await openPlanner(undefined, { agents: { ada: { command } } });
  const text = path.join(scratch.folder, "text");
  await scratch.run("sh", ["-c", `echo '- [ ] SHOP-1: Sell' > ${text}`]);
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /ada was asked 3 times, and its draft is not complete/);
  assert.match(ended.stderr, /^ada: it exited with 1$/m);
  const last = await readFile(path.join(scratch.folder, "prompt-3"), "utf8");
  assert.match(last, /it has no role/);
});

for (const key of ["C-c", "C-d"]) {
  test(`who leaves the question by ${key} is told the file that was kept, and how to import it`, async () => {
    await using scratch = await openPlanner({ plan: [handIn(exampleDraft)] });
    const size = { cols: 120, rows: 60 };
    await using person = await PersonTerminal.open(scratch, [temoin, "plan", "Sell bread"], size);
    await person.shows(/Apply\? \(y\/N\)/);
    await person.keys(key);
    const screen = await person.shows(/ended: \d/);
    assert.match(screen, /The draft is kept in \.temoin\/plans\/sell-bread-\w+\.md/);
    assert.match(screen, /next: temoin import \.temoin\/plans\/sell-bread-\w+\.md/);
    assert.doesNotMatch(screen, /--yes|Call it again/);
    assert.match(screen, /ended: 0/);
    assert.deepEqual(await ids(scratch), []);
  });
}

test("an agent that only says that it is done has handed in nothing, and nothing is believed", async () => {
  await using scratch = await openPlanner({ plan: ["claim"] });
  const ended = await scratch.temoin("plan", "Sell bread", "--apply");
  assert.equal(ended.code, 1);
  assert.match(
    ended.stderr,
    /ada was asked 3 times and has handed in no draft; nothing was changed/,
  );
  assert.match(ended.stderr, /next: temoin logs plan {3}\(\.temoin\/logs\/plan\.log\)/);
  assert.deepEqual([await ids(scratch), await keptFiles(scratch)], [[], []]);
});

test("a draft that stays incomplete is kept beside a complete one, and never applied", async () => {
  const script = { plan: [sh("temoin draft $HOME/text"), sh("temoin draft $HOME/text")] };
  await using scratch = await openPlanner(script);
  const write = (text: string) =>
    scratch.run("sh", ["-c", 'printf "%s" "$1" > $HOME/text', "sh", text]);
  await write(exampleDraft);
  assert.equal((await scratch.temoin("plan", "Sell bread")).code, 0);
  await write(exampleDraft.replace("npm test -- test/orders", "rm -rf / --no-preserve-root"));
  const ended = await scratch.temoin("plan", "Sell bread", "--apply");
  assert.equal(ended.code, 1);
  assert.match(ended.stdout, /^- SHOP-1 \(line 1\): its check `rm -rf .*` is never run by itself/m);
  assert.match(ended.stderr, /mend \.temoin\/plans\/sell-bread-\w+\.unfinished\.md/);
  assert.equal((await keptFiles(scratch)).length, 2);
  assert.deepEqual(await ids(scratch), []);
  const told = await scratch.temoin("plan", "Sell bread", "--apply", "--json");
  assert.equal(told.code, 1);
  const json = JSON.parse(told.stdout);
  assert.deepEqual([json.complete, json.applied, json.rounds], [false, false, 3]);
});

test("garbage, ten thousand tasks, five megabytes and hidden characters are refused in a line each", async () => {
  const script = {
    plan: [
      sh("head -c 3000 /dev/urandom > $HOME/noise; temoin draft $HOME/noise"),
      sh("seq 10000 | sed 's/.*/- [ ] A-&: x/' > $HOME/many; temoin draft $HOME/many"),
      sh("head -c 5000000 /dev/zero | tr '\\0' x > $HOME/large; temoin draft $HOME/large"),
      sh("printf -- '- [ ] A-1: x\\033[2J' > $HOME/steers; temoin draft $HOME/steers"),
      sh("printf -- '- [ ] A-1: x\\363\\240\\201\\201' > $HOME/unseen; temoin draft $HOME/unseen"),
      sh("temoin draft $HOME/nothing; temoin add 'by the way'; temoin plan more"),
      sh("env -u TEMOIN_TOKEN temoin add 'by the way'"),
    ],
  };
  await using scratch = await openPlanner(script);
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.equal(ended.code, 1);
  const log = await scratch.temoin("logs", "plan");
  for (const says of [
    /stdin|`.*noise`: it is no UTF-8 text/,
    /it has 10000 tasks, and may have 200/,
    /Cannot read the plan from `.*large`: it has 4\.8 MiB/,
    /it holds characters that steer a terminal/,
    /it holds letters that nobody sees/,
    /nothing`: there is no such file/,
    /A planner cannot add: TEMOIN_TOKEN is set\.\nPut it into your draft/,
    /cannot plan: TEMOIN_TOKEN is set/,
    /Here only a draft of a plan is heard/,
  ]) {
    assert.match(log.stdout, says);
  }
  assert.deepEqual(await ids(scratch), []);
});

test("what its agent writes stays out of the repository, and out of the next plan", async () => {
  const script = {
    plan: [sh("ls; echo x > left.txt; git commit -qam x --allow-empty"), handIn(exampleDraft)],
  };
  await using scratch = await openPlanner(script);
  assert.equal((await scratch.temoin("plan", "Sell bread")).code, 0);
  assert.equal((await scratch.temoin("plan", "Sell cake")).code, 0);
  assert.doesNotMatch((await scratch.temoin("logs", "plan")).stdout, /^left\.txt$/m);
  const cleaned = await scratch.json("clean", "--dry-run");
  const seat = cleaned.goes.map(({ kind, name }: { kind: string; name: string }) => [
    kind,
    path.basename(name),
  ]);
  assert.deepEqual([seat, cleaned.stays], [[["worktree", "plan"]], []]);
  assert.equal(await scratch.git("status", "--porcelain"), "");
});

test("beside a run it plans, and what is applied is worked on by that run", async () => {
  const plan = [item("SHOP-1: Sell"), item("SHOP-2: Tell (depends on SHOP-1)")].join("\n");
  const script = {
    plan: [handIn(plan)],
    "T-1": [sh("until [ -e $HOME/go ]; do sleep 0.05; done; mkdir -p work; echo x > work/T-1.txt")],
    "*": [{ write: { path: "work/{task}.txt", text: "x\n" } }],
  };
  await using scratch = await openPlanner(script);
  await scratch.temoin("add", "Bake bread");
  const run = scratch.startTemoin("run");
  const over = scratch.ended(run);
  const ended = await scratch.temoin("plan", "Sell bread", "--apply");
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /next: temoin status {3}\(the run that is open takes them up\)/);
  await scratch.run("touch", [`${scratch.folder}/go`]);
  const { code, stderr } = await over;
  assert.equal(code, 0, stderr);
  const { tasks } = await scratch.json("ls");
  const landed = tasks.map(({ id, state }: { id: string; state: string }) => `${id} ${state}`);
  assert.deepEqual(landed, ["T-1 done", "SHOP-1 done", "SHOP-2 done"]);
});

test("who cannot be asked is told with the reason, and --dry-run asks nobody", async () => {
  const agents = { ghost: { command: ["no-such-agent"] }, ada: {} };
  await using scratch = await openPlanner({ plan: [handIn(exampleDraft)] }, { agents });
  const dry = await scratch.temoin("plan", "Sell bread", "--dry-run");
  assert.match(dry.stdout, /^ada would be asked to plan:\nSell bread\n/);
  const steering = await scratch.temoin("plan", "Sell\u001b[2J bread\nand cake", "--dry-run");
  assert.match(steering.stdout, /^ada would be asked to plan:\nSell.*bread\nand cake\n/);
  assert.doesNotMatch(steering.stdout, /\p{Cc}\[/u);
  for (const [args, code, says] of [
    [["plan", "x", "--agent", "ghost"], 1, /Nobody can plan now: ghost: .*was not found/],
    [["plan", "x", "--agent", "adda"], 1, /There is no agent adda.*Did you mean ada/s],
    [["plan", " "], 2, /Cannot plan for this goal: it is empty/],
    [["plan"], 2, /goal/],
    [["plan", "x", "--apply", "--dry-run"], 2, /Cannot plan with `--apply` and `--dry-run`/],
    [["draft", "temoin.yaml"], 1, /TEMOIN_TOKEN is not set/],
  ] as const) {
    const ended = await scratch.temoin(...args);
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, says);
  }
  await using bare = await openScratch({ agents: {} });
  assert.match((await bare.temoin("plan", "x")).stderr, /No agent is configured/);
});

test("one that cannot go on and has handed in nothing is followed by the next, unless it was named", async () => {
  const agents = { eve: { command: ["sh", "-c", "echo no credit; exit 3"] }, ada: {} };
  await using scratch = await openPlanner({ plan: [handIn(exampleDraft)] }, { agents });
  const ended = await scratch.temoin("plan", "Sell bread");
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /^eve is asked.*eve: .*exited with 3.*ada is asked/s);
  const named = await scratch.temoin("plan", "Sell bread", "--agent", "eve");
  assert.equal(named.code, 1);
  assert.match(named.stderr, /eve: it exited with 3: no credit/);
  assert.match(named.stderr, /has handed in no draft/);
});

test("an agent in a terminal plans too, and a person says yes at theirs", async () => {
  await using scratch = await openInTerminal({ "*": [handIn(exampleDraft), "claim"] });
  await using person = await PersonTerminal.open(scratch, [temoin, "plan", "Sell bread"]);
  await person.shows(/Apply\? \(y\/N\)/);
  assert.deepEqual(await ids(scratch), []);
  await person.keys("y", "Enter");
  await person.shows(/2 tasks added, 0 changed\..*ended: 0/s);
  assert.deepEqual(await ids(scratch), ["SHOP-1", "SHOP-2"]);
});

test("by its tools a planner looks and hands in, and no tool of it alters anything", async () => {
  const script = {
    plan: [
      sh("echo $TEMOIN_TOKEN > $HOME/token; echo $TEMOIN_SOCKET > $HOME/socket"),
      sh("until [ -e $HOME/go ]; do sleep 0.05; done"),
    ],
  };
  await using scratch = await openPlanner(script);
  const planning = scratch.startTemoin("plan", "Sell bread", "--json");
  const over = scratch.ended(planning);
  const told = await scratch.run("sh", [
    "-c",
    "until [ -s $HOME/socket ]; do sleep 0.05; done; cat $HOME/token $HOME/socket",
  ]);
  const [token = "", socket = ""] = told.stdout.split("\n");
  {
    const env = { TEMOIN_TOKEN: token, TEMOIN_SOCKET: socket };
    await using tools = await openTools(scratch, ["--role", "planner"], env);
    assert.deepEqual((await tools.tools()).slice(0, 3), ["draft", "status", "ls"]);
    const thin = await tools.call("draft", { text: "- [ ] SHOP-1: Sell" });
    assert.deepEqual([thin.value?.["complete"], thin.value?.["tasks"]], [false, 1], thin.text);
    const whole = await tools.call("draft", { text: exampleDraft });
    assert.deepEqual(whole.value, { complete: true, tasks: 2, findings: [] });
    await using conductors = await openTools(scratch, ["--role", "conductor"], env);
    const refused = await conductors.call("add", { title: "by the way" });
    assert.match(refused.text, /A planner cannot add/);
    const stranger = { TEMOIN_TOKEN: "x".repeat(32), TEMOIN_SOCKET: socket };
    await using others = await openTools(scratch, ["--role", "planner"], stranger);
    assert.match(
      (await others.call("draft", { text: "x" })).text,
      /not that of the agent that plans/,
    );
  }
  await scratch.run("touch", [`${scratch.folder}/go`]);
  const { code, stdout } = await over;
  assert.deepEqual([code, JSON.parse(stdout).added.length, await ids(scratch)], [0, 2, []]);
});
