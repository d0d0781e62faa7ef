import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { execa } from "execa";
import { briefFrom } from "../../../src/domain/brief.ts";
import { findTask } from "../../../src/domain/state.ts";
import { add } from "../../../src/operations/add.ts";
import { cancel } from "../../../src/operations/cancel.ts";
import { edit } from "../../../src/operations/edit.ts";
import { lint } from "../../../src/operations/lint.ts";
import { openStage, refusalOf, type Stage } from "./fake-context.ts";

const plain = {
  body: null,
  priority: null,
  after: [],
  agent: null,
  role: null,
  skills: [],
  touches: [],
  verify: [],
  answers: [],
};

function addTask(stage: Stage, title: string, more: object = {}) {
  return stage.invoke(add, { ...plain, title, ...more });
}

const oneAgent = "version: 1\nagents:\n  fox: { driver: command, command: [fox], roles: [docs] }\n";

describe("add", () => {
  it("gives ids in a row, and none twice when a task was given up", async () => {
    await using stage = await openStage();
    assert.equal((await addTask(stage, "One")).id, "T-1");
    assert.equal((await addTask(stage, "Two")).id, "T-2");
    await stage.invoke(cancel, { id: "T-2" });
    assert.equal((await addTask(stage, "Three")).id, "T-3");
  });

  it("takes another id when somebody was faster", async () => {
    await using stage = await openStage();
    const { ask } = stage.context;
    let isFirst = true;
    const slow = {
      ...stage.context,
      ask: async (input: Parameters<typeof ask>[0]) => {
        if (isFirst) {
          isFirst = false;
          await addTask(stage, "The faster one");
        }
        return ask(input);
      },
    };
    const signal = new AbortController().signal;
    const { id } = await add.run(slow, { ...plain, title: "The slower one" }, signal);
    assert.equal(id, "T-2");
  });

  it("splits the words of a task by their labels, and keeps them as they are too", async () => {
    await using stage = await openStage();
    const body = "Mend it.\n\n## Context\nOld code.\n\n## Files\n- `a.ts`\n- `b.ts`\n";
    await addTask(stage, "One", { body });
    const task = findTask(await stage.context.state(), "T-1");
    const text = await stage.context.text(task?.spec.brief ?? assert.fail("no task"));
    const brief = briefFrom(text ?? "");
    assert.equal(brief.objective, "Mend it.");
    assert.equal(brief.context, "Old code.");
    assert.deepEqual(brief.files, ["`a.ts`", "`b.ts`"]);
    assert.equal(brief.raw, body);
  });

  it("keeps the author's words and tells how thin they are", async () => {
    await using stage = await openStage();
    const { warnings, next } = await addTask(stage, "Short", { body: "one\n\ntwo\n" });
    assert.deepEqual(warnings, ["The brief of T-1 is thin: 2 of at least 15 lines."]);
    assert.match(next, /temoin edit T-1 -f FILE/);
    const task = findTask(await stage.context.state(), "T-1");
    const text = await stage.context.text(task?.spec.brief ?? assert.fail("no task"));
    assert.equal(briefFrom(text ?? "").raw, "one\n\ntwo\n");
    const long = Array.from({ length: 15 }, (_, line) => `line ${line}`).join("\n");
    assert.deepEqual((await addTask(stage, "Long", { body: long })).warnings, []);
  });

  it("waits for tasks that are named by id or in small letters", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    const { tasks } = await addTask(stage, "Two", { after: ["t-1"] });
    assert.deepEqual(tasks, [{ id: "T-2", state: "waiting" }]);
  });

  it("adds nothing after a task that does not exist", async () => {
    await using stage = await openStage();
    const error = await refusalOf(addTask(stage, "Two", { after: ["T-7"] }));
    assert.equal(error.code, "not_found");
    assert.match(error.message, /no task `T-7`/);
    assert.equal((await stage.context.state()).tasks.size, 0);
  });

  it("warns of a pin to nobody, with the name that was meant", async () => {
    await using stage = await openStage({ config: oneAgent });
    const { warnings } = await addTask(stage, "One", { agent: "foxx" });
    assert.match(warnings.join(), /No agent `foxx`.*Did you mean `fox`/);
    assert.doesNotMatch((await addTask(stage, "Two", { agent: "docs" })).warnings.join(), /docs/);
  });

  for (const [what, wrong] of [
    ["an empty title", { title: "  " }],
    ["a title as long as a document", { title: "x".repeat(301) }],
    ["a priority of its own", { title: "One", priority: "soon" }],
    ["an agent with a slash", { title: "One", agent: "a/b" }],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await using stage = await openStage();
      const error = await refusalOf(stage.invoke(add, { ...plain, ...wrong }));
      assert.equal(error.code, "usage");
      assert.match(error.message, /^Cannot add: (?:title|priority|agent) must/);
    });
  }
});

describe("edit", () => {
  it("changes what was given and leaves the rest", async () => {
    await using stage = await openStage();
    await addTask(stage, "One", { role: "docs", touches: ["src/**"] });
    const { changed } = await stage.invoke(edit, { id: "T-1", priority: "urgent", role: "" });
    assert.match(changed, /priority, role changed/);
    const spec = findTask(await stage.context.state(), "T-1")?.spec;
    assert.equal(spec?.priority, "urgent");
    assert.equal(spec?.role, null);
    assert.deepEqual(spec?.touches, ["src/**"]);
    assert.equal(spec?.title, "One");
  });

  it("says when it is so already, and when nothing was said", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    assert.match(
      (await stage.invoke(edit, { id: "T-1", title: "One" })).changed,
      /nothing changed/,
    );
    assert.equal((await refusalOf(stage.invoke(edit, { id: "T-1" }))).code, "usage");
  });

  it("names the circle that a dependency would close", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await addTask(stage, "Two", { after: ["T-1"] });
    const error = await refusalOf(stage.invoke(edit, { id: "T-1", after: ["T-2"] }));
    assert.match(error.message, /T-1 → T-2 → T-1/);
  });

  it("leaves alone what was given up", async () => {
    await using stage = await openStage();
    await addTask(stage, "One");
    await stage.invoke(cancel, { id: "T-1" });
    const error = await refusalOf(stage.invoke(edit, { id: "T-1", title: "Other" }));
    assert.match(error.message, /T-1 is cancelled/);
  });
});

describe("lint", () => {
  it("finds thin briefs, skills that are no file, and pins to nobody", async () => {
    await using stage = await openStage({ config: oneAgent });
    await stage.write("there.md", "a skill");
    await addTask(stage, "One", { skills: ["there.md", "gone.md"], agent: "nobody" });
    const { findings, tasks } = await stage.invoke(lint, {});
    assert.equal(tasks, 1);
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ["thin_brief", "missing_skill", "unknown_agent"],
    );
    assert.match(findings[1]?.says ?? "", /gone\.md/);
  });

  it("finds a skill by its name in the folders where skills lie", async () => {
    await using stage = await openStage({ config: oneAgent });
    for (const folder of ["agents_library", "a", "b"]) await mkdir(path.join(stage.root, folder));
    await stage.write("agents_library/tester.md", "a skill");
    await stage.write("a/same.md", "one");
    await stage.write("b/same.md", "another");
    await execa("git", ["init", "--quiet"], { cwd: stage.root });
    const { id } = await addTask(stage, "One", { skills: ["tester.md", "same.md"] });
    const task = findTask(await stage.context.state(), id);
    assert.deepEqual(task?.spec.skills, ["agents_library/tester.md", "same.md"]);
    const { findings } = await stage.invoke(lint, {});
    const missing = findings.filter(({ kind }) => kind === "missing_skill");
    assert.match(missing[0]?.says ?? "", /could be any of a\/same\.md, b\/same\.md/);
    assert.equal(missing.length, 1);
  });
});
