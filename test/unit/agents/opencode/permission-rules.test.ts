import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type PermissionRule,
  sessionRules,
} from "../../../../src/agents/opencode/permission-rules.ts";

/** As opencode 1.18.33 tells those of `build`, and after them what a person has denied. */
const agent: readonly PermissionRule[] = [
  rule("*", "*", "allow"),
  rule("doom_loop", "*", "ask"),
  rule("external_directory", "*", "ask"),
  rule("external_directory", "/tmp/opencode/*", "allow"),
  rule("question", "*", "deny"),
  rule("read", "*", "allow"),
  rule("read", "*.env", "ask"),
  rule("question", "*", "allow"),
  rule("bash", "*", "allow"),
  rule("bash", "rm *", "deny"),
  rule("webfetch", "*", "deny"),
  rule("webfetch", "https://docs.test/*", "allow"),
];

describe("the permissions of a session", () => {
  it("ask for nothing under `full`, and leave denied what a person has denied", () => {
    const full = actionsOf("full");
    assert.equal(full("bash", "ls"), "allow");
    assert.equal(full("bash", "rm -r x"), "deny");
    assert.equal(full("edit", "a.txt"), "allow");
    assert.equal(full("task", "general"), "allow");
    assert.equal(full("external_directory", "/etc/*"), "allow");
    assert.equal(full("read", "my.env"), "allow");
    assert.equal(full("question", "x"), "allow");
    assert.equal(full("webfetch", "https://other.test/"), "deny");
    assert.equal(full("webfetch", "https://docs.test/a"), "allow");
  });

  it("ask for all that changes or runs something under `edits` and `ask`", () => {
    for (const autonomy of ["edits", "ask"] as const) {
      const actionOf = actionsOf(autonomy);
      for (const permission of ["edit", "task", "doom_loop", "my_mcp_tool"]) {
        assert.equal(actionOf(permission, "x"), "ask", permission);
      }
      assert.equal(actionOf("bash", "ls"), "ask");
      assert.equal(actionOf("bash", "rm -r x"), "deny");
      assert.equal(actionOf("webfetch", "https://docs.test/a"), "ask");
      assert.equal(actionOf("webfetch", "https://other.test/"), "deny");
      for (const permission of ["glob", "grep", "list", "todowrite", "question"]) {
        assert.equal(actionOf(permission, "x"), "allow", permission);
      }
      assert.equal(actionOf("read", "a.txt"), "allow");
      assert.equal(actionOf("read", "my.env"), "ask");
      assert.equal(actionOf("external_directory", "/etc/*"), "ask");
    }
  });

  it("hold also where the rules of the agent are not known", () => {
    assert.equal(lastOf(sessionRules([], "full"), "bash", "ls"), "allow");
    assert.equal(lastOf(sessionRules([], "ask"), "bash", "ls"), "ask");
    assert.equal(lastOf(sessionRules([], "ask"), "read", "a.txt"), "allow");
  });
});

function actionsOf(autonomy: Parameters<typeof sessionRules>[1]) {
  const all = [...agent, ...sessionRules(agent, autonomy)];
  return (permission: string, pattern: string) => lastOf(all, permission, pattern);
}

/** As opencode evaluates them: the last rule that fits. */
function lastOf(rules: readonly PermissionRule[], permission: string, pattern: string) {
  const fits = (wanted: string, given: string): boolean =>
    new RegExp(`^${wanted.split("*").map(RegExp.escape).join(".*")}$`).test(given);
  return rules.findLast((one) => fits(one.permission, permission) && fits(one.pattern, pattern))
    ?.action;
}

function rule(
  permission: string,
  pattern: string,
  action: PermissionRule["action"],
): PermissionRule {
  return { permission, pattern, action };
}
