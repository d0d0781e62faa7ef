import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  actionOf,
  answerQuestions,
  askOf,
  decide,
  questionsOf,
} from "../../../../src/agents/claude/permission.ts";
import { mayDo } from "../../../../src/domain/autonomy.ts";

const cwd = "/work/tree";
const write = { tool: "Write", input: { file_path: "/work/tree/a.txt", content: "x" }, cwd };
const bash = { tool: "Bash", input: { command: "rm -rf /" }, cwd };
const question = {
  tool: "AskUserQuestion",
  input: {
    questions: [
      {
        question: "Which colour?",
        header: "Colour",
        options: [{ label: "Red", description: "r" }, { label: "Blue" }],
      },
      { question: "How many?", header: "Count", options: [{ label: "One" }, { label: "Two" }] },
    ],
  },
  cwd,
};

describe("a permission that Claude Code asks for", () => {
  it("names what it is about, and offers yes, no and words", () => {
    assert.deepEqual(askOf("r-1", bash), {
      id: "r-1",
      kind: "permission",
      says: "May it run `rm -rf /`?",
      choices: ["Yes", "No"],
      takesText: true,
    });
  });

  it("allows with the input as it was, and denies with the words as the reason", () => {
    assert.deepEqual(decide(write, { choice: "Yes" }), {
      behavior: "allow",
      updatedInput: write.input,
    });
    assert.deepEqual(decide(write, { text: "use b.txt" }), {
      behavior: "deny",
      message: "use b.txt",
    });
    assert.equal(decide(write, { choice: "No" }).behavior, "deny");
  });

  it("is covered by `edits` only where it writes within the workspace", () => {
    const may = (tool: string, input: Readonly<Record<string, unknown>>) => {
      const action = actionOf({ tool, input, cwd });
      assert(action !== null);
      return mayDo(action, "edits", cwd);
    };
    assert.equal(may("Write", { file_path: "/work/tree/deep/a.txt" }), true);
    assert.equal(may("Edit", { file_path: "b.txt" }), true);
    assert.equal(may("Grep", { pattern: "x" }), true);
    for (const path of [
      "/work/tree2/a",
      "/etc/passwd",
      "/work/tree/../other",
      "../x",
      "/work/tree/.git/hooks/a",
    ]) {
      assert.equal(may("Write", { file_path: path }), false, path);
    }
    assert.equal(may("Write", {}), false);
    assert.equal(may("Bash", { command: "ls" }), false);
    assert.equal(may("WebFetch", { url: "http://localhost" }), false);
  });

  it("is nobody's to give but a person's under `ask`, and anybody's under `full`", () => {
    const action = actionOf(bash);
    assert(action !== null);
    assert.equal(mayDo(action, "ask", cwd), false);
    assert.equal(mayDo(action, "full", cwd), true);
  });
});

describe("questions of Claude Code", () => {
  it("come one by one, with their choices", () => {
    assert.equal(questionsOf(question).length, 2);
    assert.deepEqual(askOf("r-1/2", question, 1), {
      id: "r-1/2",
      kind: "question",
      says: "How many?",
      choices: ["One", "Two"],
      takesText: true,
    });
    assert.equal(actionOf(question), null);
  });

  it("are answered together, by their own texts", () => {
    assert.deepEqual(answerQuestions(question, ["Blue", "Three"]), {
      behavior: "allow",
      updatedInput: {
        ...question.input,
        answers: { "Which colour?": "Blue", "How many?": "Three" },
      },
    });
  });
});
