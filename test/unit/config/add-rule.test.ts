import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { addRule } from "../../../src/config/add-rule.ts";
import type { AppError } from "../../../src/lib/app-error.ts";

const rule = { kind: "edit", glob: "docs/**" } as const;

describe("a rule into temoin.yaml", () => {
  it("goes after those that are there, and nothing else is touched", () => {
    const agents = "agents:\n  a: {driver: command, command: [node,  x]}   # mine\n\n";
    const policy = "policy:\n    deny: # never\n    - tool: WebFetch # no\n    overage: true\n";
    const text = `version: 1\n${agents}${policy}target: main`;
    const added = addRule(text, "deny", rule);
    assert.deepEqual(added.lines, ["    - edit: docs/**"]);
    assert.equal(added.text, text.replace("# no\n", "# no\n    - edit: docs/**\n"));
    assert.deepEqual(addRule(added.text, "deny", rule), { text: added.text, lines: [] });
    const other = addRule(text, "allow", rule);
    assert.deepEqual(other.lines, ["    allow:", "      - edit: docs/**"]);
    assert.equal(other.text, text.replace("policy:\n", `policy:\n${other.lines.join("\n")}\n`));
  });

  it("opens what is not there yet, also at the end of a file without a last line's end", () => {
    for (const text of ["version: 1", "version: 1\n", "version: 1\npolicy:\n", "policy:"]) {
      const added = addRule(text, "allow", rule);
      assert.ok(added.text.startsWith(text.trimEnd()), text);
      assert.deepEqual(parse(added.text).policy, { allow: [{ edit: "docs/**" }] });
    }
  });

  it("of any text is read as just that text", () => {
    for (const pattern of ['echo "a: b" # c', "- x", "{a}", "yes", "0x10", "é 'q'", "a\\b", "@x"]) {
      const { text } = addRule("version: 1\n", "allow", { kind: "command", pattern });
      assert.deepEqual(parse(text).policy.allow, [{ command: pattern }]);
    }
  });

  it("is refused where the file could not take it", () => {
    for (const text of [
      ...["", "- a", "policy: 1", "policy: { allow: x }", "a: [", "policy: []"],
      ...["policy: { deny: [] }", "policy:\n  allow: [{ tool: x }]\n", "policy:\n  allow:\n"],
    ]) {
      assert.throws(
        () => addRule(text, "allow", rule),
        ({ code, message }: AppError) => code === "config" && /Cannot add the rule/.test(message),
        text,
      );
    }
  });

  it("is refused where the same list stands elsewhere too, by an anchor", () => {
    const shared = "policy:\n  deny: &no\n    - tool: x\n  allow: *no\n";
    assert.throws(() => addRule(shared, "deny", rule), /Cannot add the rule/);
    const alone = addRule("policy:\n  deny: &no\n    - tool: x\n", "deny", rule);
    assert.deepEqual(alone.lines, ["    - edit: docs/**"]);
  });

  it("is refused where the file would be wrong with it, for the next run", () => {
    for (const pattern of ["x".repeat(1_001), "a\0b"]) {
      const long = { kind: "command", pattern } as const;
      assert.throws(() => addRule("version: 1\n", "allow", long), /the rule cannot stand there/);
    }
    const full = `policy:\n  allow:\n${Array.from({ length: 500 }, (_, n) => `    - tool: t${n}\n`).join("")}`;
    assert.throws(() => addRule(full, "allow", rule), /at most 500 rules/);
  });
});
