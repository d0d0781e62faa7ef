/** What a person may ask for, in each state of a task. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { directives } from "../../../src/domain/directive.ts";
import type { PersonInput } from "../../../src/domain/input.ts";
import { type TaskState, taskStates } from "../../../src/domain/task.ts";
import { id } from "../../task-spec.ts";
import { agent, draft, Project, sha, typesOf, work } from "./project.ts";
import { taskIn } from "./stages.ts";

const one = id("T-1");

const verbs = {
  cancel: { type: "cancel", id: one },
  split: { type: "split", id: one, into: [draft("T-1-1"), draft("T-1-2")] },
  skip: { type: "skip", id: one },
  retry: { type: "retry", id: one },
  assign: { type: "assign", id: one, agent: agent("b") },
  tell: { type: "tell", id: one, tellId: "tell-1", text: "use the other file" },
  pause: { type: "pause", id: one },
  resume: { type: "resume", id: one },
  edit: { type: "edit", id: one, changes: { title: "another" } },
} as const satisfies Readonly<Record<string, PersonInput>>;

type Verb = keyof typeof verbs;

/** The state that follows, `asked` where it follows when the attempt has ended, `no` if refused. */
const table: Readonly<Record<Verb, Readonly<Record<TaskState, TaskState | "asked" | "no">>>> = {
  cancel: {
    waiting: "cancelled",
    queued: "cancelled",
    running: "asked",
    landing: "cancelled",
    needs_human: "cancelled",
    done: "no",
    failed: "cancelled",
    cancelled: "no",
    skipped: "no",
  },
  split: {
    waiting: "cancelled",
    queued: "cancelled",
    running: "no",
    landing: "no",
    needs_human: "cancelled",
    done: "no",
    failed: "cancelled",
    cancelled: "no",
    skipped: "no",
  },
  skip: {
    waiting: "skipped",
    queued: "skipped",
    running: "asked",
    landing: "skipped",
    needs_human: "skipped",
    done: "no",
    failed: "skipped",
    cancelled: "no",
    skipped: "no",
  },
  retry: {
    waiting: "no",
    queued: "no",
    running: "no",
    landing: "no",
    needs_human: "running",
    done: "no",
    failed: "running",
    cancelled: "running",
    skipped: "running",
  },
  assign: {
    waiting: "waiting",
    queued: "queued",
    running: "asked",
    landing: "no",
    needs_human: "running",
    done: "no",
    failed: "failed",
    cancelled: "cancelled",
    skipped: "skipped",
  },
  tell: {
    waiting: "waiting",
    queued: "queued",
    running: "running",
    landing: "no",
    needs_human: "running",
    done: "no",
    failed: "no",
    cancelled: "no",
    skipped: "no",
  },
  pause: {
    waiting: "waiting",
    queued: "queued",
    running: "no",
    landing: "no",
    needs_human: "no",
    done: "no",
    failed: "no",
    cancelled: "no",
    skipped: "no",
  },
  resume: {
    waiting: "no",
    queued: "no",
    running: "no",
    landing: "no",
    needs_human: "no",
    done: "no",
    failed: "no",
    cancelled: "no",
    skipped: "no",
  },
  edit: {
    waiting: "waiting",
    queued: "queued",
    running: "no",
    landing: "no",
    needs_human: "needs_human",
    done: "no",
    failed: "failed",
    cancelled: "no",
    skipped: "no",
  },
};

/** What `asked` comes to when the attempt ends. */
const then: Readonly<Partial<Record<Verb, TaskState>>> = {
  cancel: "cancelled",
  skip: "skipped",
  assign: "running",
};

for (const verb of Object.keys(table) as Verb[]) {
  describe(verb, () => {
    for (const state of taskStates) {
      const expected = table[verb][state];
      test(`of a task that is ${state} leads to "${expected}"`, () => {
        const project = taskIn(state);
        assert.equal(project.stateOf("T-1"), state);
        const before = project.events.length;
        if (expected === "no") {
          const refusal = project.refused(verbs[verb]);
          assert.match(refusal.refused, /T-1/);
          for (const [, next = ""] of refusal.hint.matchAll(/temoin (\w+) T-1/g)) {
            assert.notEqual(next in table && table[next as Verb][state], "no", refusal.hint);
          }
          assert.equal(project.events.length, before);
          return;
        }
        project.ask(verbs[verb]);
        assert(project.events.length > before);
        if (expected !== "asked") {
          assert.equal(project.stateOf("T-1"), expected);
          return;
        }
        assert.equal(project.stateOf("T-1"), "running");
        const [directive] = directives(project.state);
        assert.equal(directive?.kind, "end");
        project.end("T-1", "cancelled");
        assert.equal(project.stateOf("T-1"), then[verb]);
      });
    }

    test("of a task that nobody knows is refused", () => {
      const refusal = new Project().refused(verbs[verb]);
      assert.equal(refusal.code, "not_found");
    });
  });
}

describe("a person", () => {
  test("ends a running task also when its runner is lost before it could say so", () => {
    const project = taskIn("running");
    project.ask(verbs.cancel);
    project.lose("T-1");
    assert.equal(project.stateOf("T-1"), "cancelled");
  });

  test("gives a running task to another agent, which goes on from the work of the first", () => {
    const project = taskIn("running");
    project.ask(verbs.assign);
    const asked = directives(project.state)[0];
    assert(asked?.kind === "end" && asked.outcome === "handed_off");
    project.end("T-1", "handed_off", { work: work({ saved: sha(4) }) });
    assert.equal(project.holder("T-1"), "b");
    const start = project.task("T-1").attempts[1]?.base;
    assert(start?.from === "attempt" && start.commit === sha(4));
  });

  test("assigns only to agents of the run", () => {
    const project = taskIn("running");
    const refusal = project.refused({ type: "assign", id: one, agent: agent("nobody") });
    assert.match(refusal.hint, /a, b/);
  });

  test("answers a task that waits for one: it goes on with its work, and its count starts anew", () => {
    const project = taskIn("running");
    project.end("T-1", "blocked", { work: work({ saved: sha(4) }) });
    project.ask(verbs.tell);
    const task = project.task("T-1");
    assert.equal(task.lifeStart, 1);
    const start = task.attempts[1]?.base;
    assert(start?.from === "attempt" && start.commit === sha(4));
    assert.equal(project.state.inbox.size, 0);
    const [tell] = directives(project.state);
    assert(tell?.kind === "tell" && tell.text === "use the other file");
    project.say("T-1", { type: "tell_delivered", id: "tell-1" });
    assert.deepEqual(directives(project.state), []);
    assert.deepEqual(typesOf(project.say("T-1", { type: "tell_delivered", id: "tell-1" })), []);
  });

  test("retries a failed task from the target, with its count from zero", () => {
    const project = taskIn("running");
    project.end("T-1", "stalled", { work: work({ saved: sha(4) }) });
    project.ask(verbs.retry);
    assert.deepEqual(project.task("T-1").attempts[1]?.base, { from: "target" });
    project.end("T-1", "stalled", { work: work({ saved: sha(5) }) });
    assert.equal(project.stateOf("T-1"), "failed");
  });

  test("cannot tell nothing, resume what is not paused, or clear what is not there", () => {
    const project = taskIn("running");
    assert.equal(project.refused({ ...verbs.tell, text: " \n" }).code, "usage");
    assert.match(project.refused({ type: "resume", id: null }).refused, /not paused/);
    assert.equal(project.refused({ type: "clear_inbox", key: "follow" }).code, "not_found");
  });

  test("pauses and resumes once, however often it is asked", () => {
    const project = taskIn("queued");
    project.ask(verbs.pause);
    assert.deepEqual(typesOf(project.ask(verbs.pause)), []);
    project.ask({ type: "pause", id: null });
    assert.deepEqual(typesOf(project.ask({ type: "pause", id: null })), []);
    project.run({ a: [] });
    project.ask({ type: "resume", id: null });
    assert.equal(project.stateOf("T-1"), "queued");
    project.ask(verbs.resume);
    assert.equal(project.stateOf("T-1"), "running");
  });

  test("adds no task twice, and nothing of a batch that has a fault", () => {
    const project = taskIn("queued");
    const refusal = project.refused({ type: "add", tasks: [draft("T-2"), draft("T-1")] });
    assert.match(refusal.refused, /already/);
    assert.equal(project.state.tasks.size, 1);
    assert.match(
      project.refused({ type: "add", tasks: [draft("T-3"), draft("T-3")] }).refused,
      /T-3 already/,
    );
  });

  test("finds a task by its id and its aliases, and an alias hides no id", () => {
    const project = new Project();
    project.add(draft("AUTO-1", { aliases: ["TODO-AUTO-1", "T-1"] }), draft("T-1"));
    assert.equal(project.state.names.get("TODO-AUTO-1"), "AUTO-1");
    assert.equal(project.state.names.get("T-1"), "T-1");
    project.ask({ type: "edit", id: id("AUTO-1"), changes: { aliases: [] } });
    assert.equal(project.state.names.get("TODO-AUTO-1"), undefined);
    assert.equal(project.state.names.get("T-1"), "T-1");
  });

  test("imports a plan twice and adds nothing the second time", () => {
    const project = new Project();
    const source = { file: "plan.md", line: 1 };
    const phases = [{ name: "one", tasks: [one], criteria: ["it builds"] }];
    const line = {
      key: "criterion:plan.md:1",
      kind: "criterion",
      task: null,
      says: "one: it builds",
      next: "look",
    } as const;
    const plan = { type: "import", file: "plan.md", edit: [], phases, inbox: [line] } as const;
    project.ask({ ...plan, add: [draft("T-1", { phase: "one", source })] });
    const again = project.ask({ ...plan, add: [] });
    assert.deepEqual(typesOf(again), []);
    const edit = [{ id: one, changes: { title: "the work of T-1" } }];
    assert.deepEqual(typesOf(project.ask({ ...plan, add: [], edit })), []);
    const changed = [{ id: one, changes: { title: "more work" } }];
    assert.deepEqual(typesOf(project.ask({ ...plan, add: [], edit: changed }))[0], "task_edited");
  });

  test("imports a changed plan, and what has started is left alone", () => {
    const project = taskIn("running");
    const edit = [{ id: one, changes: { title: "changed" } }];
    const plan = { type: "import", file: "p.md", add: [], edit, phases: [], inbox: [] } as const;
    assert.deepEqual(typesOf(project.ask(plan)), []);
    assert.equal(project.task("T-1").spec.title, "the work of T-1");
  });

  test("imports what a plan says is done as unproven, and what is blocked into the inbox", () => {
    const project = new Project();
    project.add({ ...draft("T-1"), start: "imported" }, { ...draft("T-2"), start: "needs_human" });
    const task = project.task("T-1");
    assert(task.state === "done" && task.how === "imported" && !task.proven);
    assert.deepEqual([...project.state.inbox.keys()], ["blocked:T-2"]);
  });
});
