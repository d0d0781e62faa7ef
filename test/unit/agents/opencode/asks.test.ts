import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  permissionAsks,
  permissionReply,
  questionAsks,
} from "../../../../src/agents/opencode/asks.ts";
import type { PermissionRequest } from "../../../../src/agents/opencode/server-event.ts";
import { mayDo } from "../../../../src/domain/autonomy.ts";

const cwd = "/home/me/work";

function asked(permission: string, metadata: PermissionRequest["metadata"], patterns = ["*"]) {
  return permissionAsks({ id: "per_1", permission, patterns, metadata }, cwd);
}

describe("a permission that opencode asks for", () => {
  it("is within `edits` where all files that it writes lie in the workspace", () => {
    const may = (metadata: PermissionRequest["metadata"]) => {
      const { wants } = asked("edit", metadata);
      assert(wants !== null);
      return mayDo(wants.action, "edits", cwd);
    };
    const file = (name: string, movePath?: string) => ({
      filePath: name,
      ...(movePath === undefined ? {} : { movePath }),
    });
    assert.equal(may({ filepath: `${cwd}/a.txt` }), true);
    assert.equal(may({ filepath: "/etc/passwd" }), false);
    assert.equal(may({ filepath: `${cwd}/.git/hooks/pre-commit` }), false);
    // Of a patch, the names that are shown count from somewhere else.
    assert.equal(may({ filepath: "a.txt, b.txt", files: [file(`${cwd}/a.txt`)] }), true);
    assert.equal(may({ files: [file(`${cwd}/a.txt`), file("/tmp/b.txt")] }), false);
    assert.equal(may({ files: [file(`${cwd}/a.txt`, "/tmp/b.txt")] }), false);
    // What is not known is nobody's to allow.
    for (const unknown of [{}, { filepath: "a.txt" }, { files: [{}] }, { files: ["a.txt"] }]) {
      assert.equal(may(unknown), false, JSON.stringify(unknown));
    }
  });

  it("is no edit where it runs something, or begins an agent that may", () => {
    for (const permission of ["bash", "task", "webfetch", "external_directory", "my_mcp_tool"]) {
      const { wants } = asked(permission, { command: "ls" }, ["general"]);
      assert(wants !== null);
      assert.equal(mayDo(wants.action, "edits", cwd), false, permission);
      assert.equal(mayDo(wants.action, "full", cwd), true, permission);
    }
  });

  it("says in words what it is about", () => {
    const says = (...args: Parameters<typeof asked>) => asked(...args).ask.says;
    assert.equal(says("bash", { command: "ls -l\nrm x" }), "May it run `ls -l rm x`?");
    assert.equal(says("edit", {}, ["a.txt", "b.txt"]), "May it edit a.txt, b.txt?");
    const described = { description: "Look into it", subagent_type: "general" };
    assert.equal(says("task", described, ["general"]), "May it use `task`: Look into it?");
    assert.equal(says("t_report_done", {}), "May it use `t_report_done`?");
  });

  it("is answered by its choices, and refused with words", () => {
    assert.deepEqual(permissionReply({ choice: "Allow once" }), { reply: "once" });
    assert.deepEqual(permissionReply({ choice: "Allow always" }), { reply: "always" });
    assert.deepEqual(permissionReply({ choice: "Reject" }), { reply: "reject" });
    const words = { reply: "reject", message: "use e.txt" };
    assert.deepEqual(permissionReply({ text: "use e.txt" }), words);
    assert.equal(permissionReply({ choice: "Yes" }), null);
  });
});

describe("questions of opencode", () => {
  const questions = [
    { question: "Which colour?", choices: ["Red", "Blue"], takesText: false },
    { question: "Which name?", choices: [], takesText: false },
  ];

  it("are asked one by one; one without choices takes words", () => {
    const request = { id: "que_1", questions };
    const told = [0, 1, 2].map((index) => questionAsks(request, index)?.ask ?? null);
    const kind = "question";
    assert.deepEqual(told, [
      { id: "que_1/1", kind, says: "Which colour?", choices: ["Red", "Blue"], takesText: false },
      { id: "que_1/2", kind, says: "Which name?", choices: [], takesText: true },
      null,
    ]);
  });
});
