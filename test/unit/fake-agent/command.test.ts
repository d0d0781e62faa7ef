/** The fake agent does what its script says, and refuses what it does not understand. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, test } from "node:test";

const program = join(import.meta.dirname, "..", "..", "fake-agent", "fake-agent.ts");

describe("the fake agent", () => {
  test("takes the steps of the most exact key", async () => {
    await using stage = await openStage();
    await stage.script({
      "T-1": [{ say: "any attempt" }],
      "T-1/2": [{ say: "second attempt" }],
      "T-1/2/3": [{ say: "second attempt, third turn" }],
      "T-1/*/4": [{ say: "fourth turn" }],
      "*": [{ say: "{task}/{attempt}/{turn}" }],
    });
    const says = async (task: string, attempt = "1", turn = "1") =>
      (await stage.run({ TEMOIN_TASK: task, TEMOIN_ATTEMPT: attempt, TEMOIN_TURN: turn })).lines[1];
    assert.equal(await says("T-1"), "any attempt");
    assert.equal(await says("T-1", "2"), "second attempt");
    assert.equal(await says("T-1", "2", "3"), "second attempt, third turn");
    assert.equal(await says("T-1", "1", "4"), "fourth turn");
    assert.equal(await says("T-9", "3", "2"), "T-9/3/2");
  });

  test("edits files", async () => {
    await using stage = await openStage();
    await stage.script({
      "*": [
        { write: { path: "a/{task}.txt", text: "one two" } },
        { append: { path: "a/{task}.txt", text: " three" } },
        { replace: { path: "a/T-1.txt", find: "two", with: "$& 2" } },
        { write: { path: "b", text: "" } },
        { delete: "b" },
        { run: ["cp", "a/T-1.txt", "c"] },
      ],
    });
    assert.equal((await stage.run({ TEMOIN_TASK: "T-1" })).exitCode, 0);
    assert.equal(await stage.read("c"), "one $& 2 three");
    await assert.rejects(stage.read("b"), { code: "ENOENT" });
  });

  test("reports through the `temoin` of its PATH, and stops after `ask` and `lie`", async () => {
    await using stage = await openStage();
    await mkdir(join(stage.directory, "bin"));
    const temoin = join(stage.directory, "bin", "temoin");
    await writeFile(temoin, '#!/bin/sh\nfor word; do echo "<$word>"; done >> reports\n');
    await chmod(temoin, 0o755);
    await stage.script({
      "T-1": [
        "claim",
        { report: { kind: "note", text: "a b" } },
        { ask: "Which one?" },
        { say: "x" },
      ],
      "T-2": ["lie", { say: "x" }],
    });
    const PATH = `${join(stage.directory, "bin")}${delimiter}${pathOf(process.env)}`;
    const asked = await stage.run({ TEMOIN_TASK: "T-1", PATH });
    assert.equal(asked.lines.at(-1), "Which one?");
    const lied = await stage.run({ TEMOIN_TASK: "T-2", PATH });
    assert.match(lied.lines.at(-1) ?? "", /all tests pass/);
    assert.deepEqual((await stage.read("reports")).trim().split("\n"), [
      ...["<report>", "<done>", "<The task is complete.>"],
      ...["<report>", "<note>", "<a b>"],
      ...["<report>", "<blocked>", "<Which one?>"],
      ...["<report>", "<done>", "<The task is complete and all tests pass.>"],
    ]);
  });

  test("uses git by itself", async () => {
    await using stage = await openStage();
    await stage.script({
      "*": [
        { run: ["git", "init", "--quiet", "--initial-branch=main"] },
        { write: { path: "a", text: "a" } },
        { commit: "Add a" },
        { switch: "side" },
        { write: { path: "b", text: "b" } },
        { commit: "Add b" },
        { switch: "main" },
        { merge: "side" },
        { run: ["git", "log", "--format=%s %an"] },
      ],
    });
    const env = { HOME: stage.directory, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };
    const { lines } = await stage.run(env);
    assert.deepEqual(lines.slice(-2), ["Add b Fake Agent", "Add a Fake Agent"]);
  });

  test("reads YAML, and crashes as it is told", async () => {
    await using stage = await openStage();
    await stage.script("'*':\n  - claim:\n  - crash: 3\n", "script.yaml");
    assert.equal((await stage.run()).exitCode, 3);
  });

  test("refuses a wrong script with a sentence and exit code 2, before its first step", async () => {
    await using stage = await openStage();
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [{ "*": [{ fly: 1 }] }, /step 2 of `\*`: there is no step `fly`/],
      [{ "*": [{ write: { path: "x" } }] }, /`write` needs `text`/],
      [{ "*": [{ write: { path: "x", text: 1 } }] }, /`text` must be a text/],
      [{ "*": [{ sleep: "long" }] }, /`ms` must be a number/],
      [{ "*": [{ run: [] }] }, /`argv` must be a list of texts/],
      [{ "*": [{ say: { text: "x", loud: true } }] }, /`say` has no field `loud`/],
      [{ "*": [{ say: "x", claim: "y" }] }, /exactly one name/],
      [{ "*": [5] }, /must be a map/],
    ];
    for (const [script, sentence] of wrong) {
      const steps = Object.entries(script ?? {}).map(([key, given]) => [
        key,
        [{ write: { path: "touched", text: "" } }, ...given],
      ]);
      await stage.script(Object.fromEntries(steps));
      const { exitCode, errors } = await stage.run();
      assert.equal(exitCode, 2, errors);
      assert.match(errors, sentence);
      assert.match(errors, /^fake-agent: .*\.\n$/);
    }
    await assert.rejects(stage.read("touched"), { code: "ENOENT" });
  });

  test("refuses to work without steps for the task, and without a prompt that it can trust", async () => {
    await using stage = await openStage();
    await stage.script({ "T-1": [] });
    assert.match((await stage.run({ TEMOIN_TASK: "T-2" })).errors, /no steps for T-2\/1\/1/);
    await writeFile(join(stage.directory, "prompt"), "another prompt");
    const env = { TEMOIN_TASK: "T-1", TEMOIN_PROMPT_FILE: join(stage.directory, "prompt") };
    assert.match((await stage.run(env)).errors, /is not that of TEMOIN_PROMPT_FILE/);
    assert.match((await stage.run({ TEMOIN_TASK: "T-1" }, "")).errors, /no prompt/);
    const nowhere = { FAKE_AGENT_SCRIPT: join(stage.directory, "nothing.json") };
    assert.match((await stage.run(nowhere)).errors, /cannot read the script/);
  });
});

async function openStage() {
  const directory = await mkdtemp(join(tmpdir(), "fake-agent-"));
  let script = join(directory, "script.json");
  return {
    directory,
    async script(content: unknown, name = "script.json") {
      script = join(directory, name);
      await writeFile(script, typeof content === "string" ? content : JSON.stringify(content));
    },
    read: (name: string) => readFile(join(directory, name), "utf8"),
    run(env: Readonly<Record<string, string>> = {}, prompt = "A prompt\n") {
      return new Promise<{ exitCode: unknown; lines: string[]; errors: string }>((resolve) => {
        const child = execFile(
          process.execPath,
          [program],
          { cwd: directory, env: { ...process.env, FAKE_AGENT_SCRIPT: script, ...env } },
          (error, output, errors) =>
            resolve({ exitCode: error?.code ?? 0, lines: output.trimEnd().split("\n"), errors }),
        );
        child.stdin?.on("error", () => {
          // It may refuse before it has read its prompt.
        });
        child.stdin?.end(prompt);
      });
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true });
    },
  };
}

function pathOf({ PATH: path = "" }: NodeJS.ProcessEnv): string {
  return path;
}
