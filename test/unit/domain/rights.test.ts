import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PersonInput } from "../../../src/domain/input.ts";
import {
  type Effect,
  hasRight,
  isForAgents,
  isWish,
  offers,
  type Role,
  refuseRole,
  refuseWish,
  toolRoles,
} from "../../../src/domain/rights.ts";
import { draft } from "./project.ts";

const roles: readonly Role[] = ["person", "conductor", "planner", "worker", "observer"];
const effects: readonly Effect[] = ["look", "report", "draft", "plan", "lead", "change", "host"];

function mayWant(role: Role): readonly string[] {
  const wishes = ["add", "edit", "cancel", "split", "answer", "import", "assign", "retry"];
  const others = ["skip", "land", "reject", "revert", "pause", "resume", "tell", "clear_inbox"];
  return [...wishes, ...others].filter((type) => {
    assert(isWish(type));
    // Whose it is is told by its type; of two, what they hold counts too.
    const wish = { type, tasks: [], into: [], changes: {} } as unknown as PersonInput;
    return refuseWish(role, wish) === null;
  });
}

describe("a role", () => {
  it("is offered nothing as a tool that it may not do", () => {
    for (const role of toolRoles) {
      for (const effect of offers[role]) assert.ok(hasRight(role, effect), `${role} ${effect}`);
    }
  });

  it("may do what agents may at all, and a person's rights are no agent's", () => {
    for (const role of roles.filter((one) => one !== "person")) {
      for (const effect of effects) {
        if (hasRight(role, effect)) assert.ok(isForAgents(effect), `${role} ${effect}`);
      }
    }
  });

  it("that is refused is told what it is, and what it can do", () => {
    const refusal = refuseRole("worker", "plan", "add");
    assert.equal(refusal?.refused, "A worker cannot add: TEMOIN_TOKEN is set.");
    assert.match(refusal?.hint ?? "", /report blocked/);
    assert.match(refuseRole("person", "report", "report")?.refused ?? "", /is not set/);
  });
});

describe("the queue is altered", () => {
  it("by a person as they like", () => {
    assert.equal(mayWant("person").length, 16);
  });

  it("by a conductor where it plans, and not where it would schedule or land", () => {
    assert.deepEqual(mayWant("conductor"), [
      ...["add", "edit", "cancel", "split", "answer", "retry", "tell"],
    ]);
  });

  it("by nobody else", () => {
    assert.deepEqual([...mayWant("worker"), ...mayWant("planner"), ...mayWant("observer")], []);
  });

  it("by no agent with a command that temoin would run", () => {
    const add: PersonInput = { type: "add", tasks: [draft("T-1", { verify: ["rm -r ."] })] };
    const [task] = add.tasks;
    assert(task !== undefined);
    const edit: PersonInput = { type: "edit", id: task.spec.id, changes: { verify: ["true"] } };
    const split: PersonInput = { type: "split", id: task.spec.id, into: add.tasks };
    for (const wish of [add, edit, split]) {
      assert.match(
        refuseWish("conductor", wish)?.refused ?? "",
        /Only a person gives a task a check/,
      );
      assert.equal(refuseWish("person", wish), null);
    }
    const none: PersonInput = { type: "edit", id: task.spec.id, changes: { verify: [] } };
    assert.equal(refuseWish("conductor", none), null);
  });
});
