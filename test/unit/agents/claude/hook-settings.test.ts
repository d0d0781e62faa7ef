import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  settingsArgument,
  settingsOf,
  statusCommandOf,
  statusLineOf,
} from "../../../../src/agents/claude/hook-settings.ts";

const scripts = { hookScript: "/private/hook.sh", statusScript: "/private/status.sh" };

describe("the settings of a launch", () => {
  test("call the script for each hook; the one that asks waits", () => {
    const { hooks } = settingsOf({ ...scripts, own: {}, statusLine: null });
    const [ask] = (hooks as Record<string, { hooks: Record<string, unknown>[] }[]>)[
      "PermissionRequest"
    ] ?? [{ hooks: [] }];
    assert.match(
      String(ask?.hooks[0]?.["command"]),
      /'\/private\/hook\.sh' PermissionRequest wait;/,
    );
    assert.deepEqual(Object.keys(hooks as object).includes("Stop"), true);
  });

  test("keep what the command's own settings say, and its hooks before ours", () => {
    const mine = { hooks: [{ type: "command", command: "mine" }] };
    const own = { model: "opus", hooks: { Stop: [mine], Setup: [mine] } };
    const { model, hooks } = settingsOf({ ...scripts, own, statusLine: null });
    const told = hooks as Record<string, unknown[]>;
    assert.equal(model, "opus");
    assert.deepEqual(told["Stop"]?.[0], mine);
    assert.equal(told["Stop"]?.length, 2);
    assert.deepEqual(told["Setup"], [mine]);
  });

  test("keep the place of the person's status line, whose command is called by ours", () => {
    const line = { type: "command", command: "date", padding: 2 };
    const { statusLine } = settingsOf({ ...scripts, own: {}, statusLine: line });
    const { padding, command } = statusLine as Record<string, unknown>;
    assert.equal(padding, 2);
    assert.match(String(command), /status\.sh/);
    assert.equal(statusCommandOf(line), "date");
  });
});

test("of several settings the last status line counts", () => {
  const [one, two] = [{ command: "one" }, { command: "two" }];
  assert.deepEqual(statusLineOf([{ statusLine: one }, {}, { statusLine: two }, {}]), two);
  assert.equal(statusLineOf([{}, { statusLine: "wrong" }]), null);
});

test("the settings of a command are its last, in either form", () => {
  assert.equal(settingsArgument(["claude", "--settings", "a.json", "-v"]), "a.json");
  assert.equal(settingsArgument(["claude", '--settings={"a":1}']), '{"a":1}');
  assert.equal(settingsArgument(["claude", "--setting-sources", "user"]), null);
  assert.equal(settingsArgument(["claude", "--settings"]), null);
});
