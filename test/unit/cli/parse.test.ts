import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commands } from "../../../src/cli/commands.ts";
import { laterCommands } from "../../../src/cli/later.ts";
import { describeCommand, findCommand, parseArgs, splitCommand } from "../../../src/cli/parse.ts";
import { AppError } from "../../../src/lib/app-error.ts";

function refusal(act: () => unknown): AppError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  return assert.fail("it was accepted");
}

describe("the words of a command line", () => {
  for (const [argv, name, args] of [
    [["ls"], "ls", []],
    [["-C", "ls", "show", "T-1"], "show", ["-C", "ls", "T-1"]],
    [["--json", "ls", "-C", "x"], "ls", ["--json", "-C", "x"]],
    [["--color", "always", "ls"], "ls", ["--color", "always"]],
    [[], null, []],
    [["--json"], null, ["--json"]],
  ] as const) {
    it(`are split: ${argv.join(" ") || "(none)"}`, () => {
      assert.deepEqual(splitCommand(argv), { name, args });
    });
  }

  it("name a command that is near to what was typed", () => {
    const error = refusal(() => findCommand("stauts"));
    assert.equal(error.code, "usage");
    assert.equal(error.hint, "Did you mean `temoin status`?");
    assert.match(
      refusal(() => findCommand("webb")).hint ?? "",
      /^Did you mean `temoin web`, which is not yet in this version; /,
    );
    assert.equal(refusal(() => findCommand("zzz")).hint, "`temoin help` lists them all.");
  });

  it("of a tool are told by the command that does the same", () => {
    assert.match(
      refusal(() => findCommand("log")).hint ?? "",
      /^`temoin events` .*`temoin logs AGENT`/,
    );
    assert.match(refusal(() => findCommand("proof")).hint ?? "", /^`temoin show ID` /);
    assert.match(refusal(() => findCommand("ask")).hint ?? "", /`temoin report blocked/);
  });

  it("are refused by name where they belong to later", () => {
    for (const name of laterCommands) {
      const error = refusal(() => findCommand(name));
      assert.equal(error.code, "not_yet");
      assert.equal(error.message, `\`temoin ${name}\` is not yet in this version.`);
      assert.ok(!commands.some((command) => command.name === name), name);
    }
  });
});

describe("every command", () => {
  for (const listed of commands) {
    it(`${listed.name} describes itself and takes the common flags`, async () => {
      const described = describeCommand(listed, await listed.load());
      assert.equal(parseArgs(described, ["--help"]), "help");
      const text = described.helpInformation();
      for (const flag of ["-C <dir>", "--json", "--no-input", "--color <when>"]) {
        assert.ok(text.includes(flag), flag);
      }
    });

    it(`${listed.name} refuses a flag that it does not have, with the nearest one`, async () => {
      const described = describeCommand(listed, await listed.load());
      const error = refusal(() => parseArgs(described, ["--jsom", "x", "y"]));
      assert.equal(error.code, "usage");
      assert.match(error.hint ?? "", new RegExp(`Did you mean --json.*temoin ${listed.name}`));
    });
  }
});
