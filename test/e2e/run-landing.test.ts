import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/lib/app-error.ts";
import { id } from "../task-spec.ts";
import { landings } from "./scratch-project.ts";
import { openStage, sh, wait, write } from "./stage.ts";

const target = "refs/temoin/target/main";

test("a conflict is never resolved silently: its own agent merges, and both lines are kept", async () => {
  await using stage = await openStage({
    files: { "list.txt": "first\n" },
    config: { gates: [{ name: "clean", run: "! grep -q '<<<<' list.txt" }] },
    script: {
      "T-1": [write("list.txt", "first\none\n")],
      "T-2/1": [wait("go"), write("list.txt", "first\ntwo\n")],
      "T-2/2/1": [{ merge: target }],
      "T-2/2/2": [sh("sed -i '/^[<=>]/d' list.txt"), { commit: "both" }],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.untilWorking("T-2");
  await run.until("landed", (one) => one.task === "T-1");
  await stage.open("go");
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  const [refused] = run.of("landing_refused");
  assert.equal(refused?.outcome, "conflict");
  assert.match(refused.why, /list\.txt/);
  assert.deepEqual(await stage.attempts("T-2"), ["conflict bo", "verified bo"]);
  const [first, second] = (await stage.task("T-2")).attempts;
  assert(second?.base.from === "attempt");
  assert.equal(second.base.commit, first?.work.head, "it starts from its own branch");
  assert.ok((await stage.prompt("T-2", 2, 1)).includes(`git merge ${target}`));
  const joining = await stage.prompt("T-2", 2, 1);
  assert.match(joining, /Your side is T-2: the work of T-2/);
  assert.match(joining, /- T-1: the work of T-1/, "the other side is named");
  assert.match(
    joining,
    /first\n<<<<<<< [^\n]+\none\n=======\ntwo\n>>>>>>> /,
    "with what is at odds",
  );
  assert.match(await stage.prompt("T-2", 2, 2), /a merge is unfinished in list\.txt/);
  assert.equal(await stage.scratch.read("list.txt"), "first\ntwo\none\n");
  assert.deepEqual(await landings(stage.scratch), ["T-1", "T-2"]);
});

test("two green changes that break together: the second does not land until it is mended", async () => {
  await using stage = await openStage({
    config: { gates: [{ name: "alone", run: "! { test -e a.txt && test -e b.txt; }" }] },
    script: {
      "T-1": [write("a.txt", "a\n")],
      "T-2/1": [wait("go"), write("b.txt", "b\n")],
      "T-2/2": [sh("git mv b.txt c.txt")],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.untilWorking("T-2");
  await run.until("landed", (one) => one.task === "T-1");
  await stage.open("go");
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(await stage.attempts("T-2"), ["gate_failed bo", "verified bo"]);
  assert.match(run.of("landing_refused")[0]?.why ?? "", /red on the merged result: alone/);
  assert.match(await stage.prompt("T-2", 2, 1), /red on the merged result/);
  assert.equal(await stage.scratch.git("ls-files", "?.txt"), "a.txt\nc.txt");
  const task = await stage.task("T-2");
  assert(task.state === "done" && task.proven);
});

test("two green changes with which no test runs any more: the second does not land until one does", async () => {
  const ran = "printf 'TAP version 13\\nok 1 - one\\n1..1\\n'";
  const none = "printf 'TAP version 13\\n1..0\\n'";
  const run = `if test -e a.txt && test -e b.txt; then ${none}; else ${ran}; fi`;
  await using stage = await openStage({
    config: { gates: [{ name: "test", run }] },
    script: {
      "T-1": [write("a.txt", "a\n")],
      "T-2/1": [wait("go"), write("b.txt", "b\n")],
      "T-2/2": [sh("git mv b.txt c.txt")],
    },
  });
  await stage.add("T-1 T-2");
  const going = await stage.start();
  await going.untilWorking("T-2");
  await going.until("landed", (one) => one.task === "T-1");
  await stage.open("go");
  const { exitCode, why } = await going.over;
  assert.equal(exitCode, 0, why);
  const says = /red on the merged result: test: .*no test ran, where 1 ran on the target/;
  assert.match(going.of("landing_refused")[0]?.why ?? "", says);
  assert.equal(await stage.scratch.git("ls-files", "?.txt"), "a.txt\nc.txt");
});

test("a landing that git refuses is told and tried again, and lands once", async () => {
  await using stage = await openStage();
  await stage.add("T-1 T-2");
  let refusals = 0;
  const run = await stage.start({
    decorate: (hands) => ({
      ...hands,
      target: {
        ...hands.target,
        async swap(expected, next) {
          const swapped = await hands.target.swap(expected, next);
          refusals += 1;
          // Once after the target has moved: what was recorded says so.
          if (refusals === 1) throw new AppError("repository", "git: the index is locked.");
          return swapped;
        },
      },
    }),
  });
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.equal(run.problems.length, 1);
  assert.match(run.problems[0] ?? "", /could not land now: git: the index is locked\. It is tried/);
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ["T-1", "T-2"]);
  assert.equal(run.of("landing_refused").length, 0);
});

test("a squash lands as one commit with its trailers", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { landing: { mode: "squash" } },
    script: {
      "T-1": [write("a.txt", "a\n"), { commit: "mine" }, write("b.txt", "b\n"), { commit: "too" }],
    },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  const log = await stage.scratch.git("log", "--format=%P|%(trailers:unfold,separator=%x7C)");
  const [top, first, ...more] = log.split("\n");
  assert.deepEqual(more, []);
  const [parents, ...trailers] = (top ?? "").split("|");
  assert.equal(parents?.split(" ").length, 1);
  assert.deepEqual(trailers.toSorted(), [
    "Temoin-Agent: ada",
    "Temoin-Attempt: 1",
    "Temoin-Task: T-1",
  ]);
  assert.equal(first, "|");
  assert.equal(await stage.scratch.git("status", "--porcelain", "--untracked-files=no"), "");
});

test("uncommitted work in the way is left alone; the branch follows when it is out of the way", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    script: {
      "T-1": [{ append: { path: "README.md", text: "from the agent\n" } }],
      "T-2": [write("two.txt", "2\n")],
    },
  });
  await stage.scratch.write("README.md", "# Mine, not committed\n");
  await stage.add("T-1 T-2");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 4, why);
  assert.deepEqual(await landings(stage.scratch, target), ["T-1", "T-2"], "the work went on");
  assert.equal(await stage.scratch.read("README.md"), "# Mine, not committed\n");
  const item = (await stage.app.state()).inbox.get("follow");
  assert.match(item?.says ?? "", /`README\.md` has uncommitted changes/);

  await stage.scratch.git("stash", "--quiet");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.equal(
    await stage.scratch.git("rev-parse", "main"),
    await stage.scratch.git("rev-parse", target),
  );
  assert.match(await stage.scratch.read("README.md"), /from the agent/);
  assert.equal((await stage.app.state()).inbox.size, 0);
});

test("what a person commits in between is taken in", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "both", run: "test -e README.md" }] },
    script: { "T-1": [wait("go"), write("agent.txt", "a\n")] },
  });
  await stage.add("T-1");
  const run = await stage.start();
  await run.untilWorking("T-1");
  await stage.scratch.write("person.txt", "p\n");
  await stage.scratch.git("add", "person.txt");
  await stage.scratch.git("commit", "--quiet", "--message", "by hand");
  await stage.open("go");
  assert.equal((await run.over).exitCode, 0);
  const files = await stage.scratch.git("ls-files", "agent.txt", "person.txt");
  assert.equal(files, "agent.txt\nperson.txt");
  assert.match(await stage.scratch.git("log", "--format=%s"), /by hand/);
});

test("a branch that is checked out nowhere follows; what is checked out stays as it is", async () => {
  await using stage = await openStage({ agents: { ada: {} }, config: { target: "main" } });
  await stage.scratch.git("switch", "--quiet", "--create", "other");
  const before = await stage.scratch.git("rev-parse", "other");
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.deepEqual(await landings(stage.scratch), ["T-1"]);
  assert.equal(await stage.scratch.git("rev-parse", "HEAD"), before);
  assert.equal(await stage.scratch.git("ls-files", "work"), "");
});

test("agents that use git by themselves land with all their commits", async () => {
  await using stage = await openStage({
    config: { gates: [{ name: "there", run: "ls *.txt" }] },
    script: {
      "T-1": [write("T-1.txt", "1\n"), { commit: "own" }, write("T-1-more.txt", "1\n")],
      "T-2": [{ switch: "elsewhere" }, write("T-2.txt", "2\n"), { commit: "off the branch" }],
      "T-3": [sh("git checkout --quiet --detach"), write("T-3.txt", "3\n"), { commit: "detached" }],
      "T-4": [
        write("T-4.txt", "wrong\n"),
        { commit: "not yet right" },
        write("T-4.txt", "4\n"),
        sh("git commit --quiet --all --amend --message amended"),
      ],
    },
  });
  await stage.add("T-1 T-2 T-3 T-4");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual((await landings(stage.scratch)).toSorted(), ["T-1", "T-2", "T-3", "T-4"]);
  for (const n of [1, 2, 3, 4]) {
    assert.equal(await stage.scratch.read(`T-${n}.txt`), `${n}\n`);
    assert.deepEqual((await stage.attempts(`T-${n}`)).length, 1);
  }
  assert.equal(await stage.scratch.read("T-1-more.txt"), "1\n");
  const subjects = (await stage.scratch.git("log", "--format=%s")).split("\n");
  for (const own of ["own", "off the branch", "detached", "amended"])
    assert.ok(subjects.includes(own));
  assert.ok(!subjects.includes("not yet right"), "what was amended is gone from the history");
  const strays = run
    .of("attempt_moved")
    .filter((one) => one.evidence.some((seen) => /left its branch/.test(seen.says)));
  assert.deepEqual(strays.map((one) => one.task).toSorted(), ["T-2", "T-3"]);
  await stage.scratch.git("fsck", "--strict");
});

test("a held change is rejected, let go, and taken back: each by a person's word", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { landing: { review: true }, gates: [{ name: "there", run: "test -e README.md" }] },
    script: {
      "T-1/1": [write("a.txt", "first\n")],
      "T-1/2": [write("a.txt", "second\n")],
      "T-1/3": [write("b.txt", "third\n")],
    },
  });
  await stage.add("T-1");
  const one = id("T-1");
  const asked = await (await stage.run()).over;
  assert.equal(asked.exitCode, 4, asked.why);
  assert.deepEqual(await landings(stage.scratch), []);
  await stage.app.ask({ type: "reject", id: one, tellId: "t", text: "say second" });
  const again = await stage.run();
  assert.equal((await again.over).exitCode, 4);
  assert.match(await stage.prompt("T-1", 2, 1), /say second/);
  await stage.app.ask({ type: "land", id: one });
  assert.equal((await (await stage.run()).over).exitCode, 0);
  assert.equal(await stage.scratch.read("a.txt"), "second\n");
  await stage.app.ask({ type: "revert", id: one, reason: "it must be third" });
  const last = await stage.run();
  assert.equal((await last.over).exitCode, 4);
  assert.equal(last.of("reverted").length, 1);
  assert.equal(await stage.scratch.git("ls-files", "?.txt"), "", "your branch follows");
  assert.match(await stage.prompt("T-1", 3, 1), /it must be third/);
  assert.match(
    await stage.scratch.git("log", "-1", "--format=%B"),
    /^Revert T-1: .*Temoin-Revert/s,
  );
});

test("what brought the first test can be taken back, and its test goes with it", async () => {
  const run =
    "if test -e a.test; then printf 'TAP version 13\\nok 1 - a\\n1..1\\n'; else echo '1..0'; fi";
  await using stage = await openStage({
    agents: { ada: {} },
    config: { gates: [{ name: "test", run }] },
    script: { "T-1": [write("a.test", "a\n")] },
  });
  await stage.add("T-1");
  const { exitCode, why } = await (await stage.run()).over;
  assert.equal(exitCode, 0, why);
  await stage.app.ask({ type: "revert", id: id("T-1"), reason: "not yet" });
  const going = await stage.start();
  await going.until("reverted");
  await going.end();
  assert.equal(await stage.scratch.git("ls-files", "*.test"), "");
});

test("with landing.mode none the branches are left, and dependants are built on them", async () => {
  await using stage = await openStage({
    agents: { ada: {} },
    config: { landing: { mode: "none" } },
    script: {
      "T-1": [write("a.txt", "a\n")],
      "T-2": [write("b.txt", "b\n")],
      "T-3": [sh("cat a.txt b.txt > c.txt")],
    },
  });
  await stage.add("T-1 T-2");
  await stage.add("T-3", { deps: [id("T-1"), id("T-2")] });
  const { exitCode, why } = await (await stage.run()).over;
  assert.equal(exitCode, 0, why);
  assert.deepEqual(await landings(stage.scratch), []);
  assert.equal(await stage.scratch.git("show", "temoin/T-3/1:c.txt"), "a\nb");
  assert.equal(await stage.scratch.git("ls-files", "?.txt"), "");
});

test("a joining that drops a line of the other side is told once, then a person is asked", async () => {
  await using stage = await openStage({
    files: { "list.txt": "first\n" },
    script: {
      "T-1": [write("list.txt", "first\none\n")],
      "T-2/1": [wait("go"), write("list.txt", "first\ntwo\n")],
      "T-2/2/1": [sh(`git merge --quiet -X ours ${target}`)],
      "T-2/2/2": [write("more.txt", "and no line back\n")],
    },
  });
  await stage.add("T-1 T-2");
  const run = await stage.start();
  await run.untilWorking("T-2");
  await run.until("landed", (one) => one.task === "T-1");
  await stage.open("go");
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 4, why);
  assert.match(
    await stage.prompt("T-2", 2, 2),
    /a line is gone that `main` had added: `one` \(list\.txt\)/,
  );
  assert.deepEqual(await stage.attempts("T-2"), ["conflict bo", "blocked bo"]);
  assert.match(
    (await stage.app.state()).inbox.get("blocked:T-2")?.says ?? "",
    /`one` \(list\.txt\)/,
  );
  assert.equal(
    await stage.scratch.read("list.txt"),
    "first\none\n",
    "nothing is lost on the target",
  );
});

test("what a landing has changed is printed whole: it can be taken back by git apply", async () => {
  await using stage = await openStage({
    files: { "a.txt": "one\n\n\n" },
    script: { "T-1": [sh("sed -i s/one/1/ a.txt")] },
  });
  await stage.add("T-1");
  assert.equal((await (await stage.run()).over).exitCode, 0);
  const { stdout, stderr } = await stage.scratch.temoin("diff", "T-1");
  assert.match(stdout, /^-one$/m, stderr);
  await stage.scratch.write("change.patch", stdout);
  await stage.scratch.git("apply", "--reverse", "--check", "change.patch");
});
