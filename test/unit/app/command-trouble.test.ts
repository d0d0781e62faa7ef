import assert from "node:assert/strict";
import { test } from "node:test";
import { commandTrouble } from "../../../src/app/command-trouble.ts";

function troubleOf(command: string): Promise<string | null> {
  return commandTrouble(command, { env: { PATH: process.env["PATH"] }, root: process.cwd() });
}

test("a command that an agent proposes is told as wrong where it harms, is prose or is hidden", async () => {
  for (const [command, says] of [
    ["rm -rf / --no-preserve-root", /is never run by itself/],
    ["CI=1 sh -c 'rm -rf ~'", /is never run by itself/],
    ["All tests pass", /calls `All`, which is no program on PATH/],
    ["A=1 no-such-program --x", /calls `no-such-program`/],
    ["true\nfalse", /has more than one line/],
    ["true #\u200b", /holds characters that cannot be seen/],
    [`echo ${"x".repeat(600)}`, /has more than 500 characters/],
  ] as const) {
    assert.match((await troubleOf(command)) ?? "", says, command);
  }
});

test("a command that runs, or that the task may make, has nothing wrong", async () => {
  const fine = ["git status", "cd src && ls", "! grep -r x src", "[ -e a ]", "A=1 git log"];
  for (const command of [
    ...fine,
    "./scripts/new.sh",
    "test -s docs/a.md",
    '"$HOME/x"',
    "(git diff)",
  ]) {
    assert.equal(await troubleOf(command), null, command);
  }
});
