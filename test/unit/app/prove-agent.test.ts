/**
 * The exercises of `agents test`, done by agents that are no model: a shell that carries out its
 * prompt, and the fake agent in a real tmux. Whoever does them wrong is told so.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readProof } from "../../../src/app/agent-proofs.ts";
import { plainWords, type Wish, type Words } from "../../../src/app/exercise-words.ts";
import { proveAgent } from "../../../src/app/prove-agent.ts";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import { type AgentProof, exercises, isGood, proofText } from "../../../src/domain/exercise.ts";
import type { AgentName } from "../../../src/domain/id.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { findByEnvironment } from "../../../src/lib/process-tree.ts";

const fakeTui = fileURLToPath(new URL("../../fake-agent/fake-tui.ts", import.meta.url));

/** A repository, and a user whose state lies beside it; leaving it checks that nothing is left. */
async function openStage() {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), "prove-")));
  const root = path.join(folder, "project");
  await mkdir(root);
  const git = (...args: string[]) => promisify(execFile)("git", ["-C", root, ...args]);
  const author = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
  await git("init", "--quiet");
  await git(...author, "commit", "--quiet", "--allow-empty", "--message", "first");
  const env = {
    ...process.env,
    HOME: folder,
    XDG_STATE_HOME: path.join(folder, "state"),
    XDG_RUNTIME_DIR: folder,
    PROVE_STAGE: folder,
  };
  const stateDir = path.join(root, ".temoin");
  const place = { id: "p", root, stateDir, isBare: false };
  return {
    folder,
    place,
    prove: (agent: AgentSpec, words: Words, signal = new AbortController().signal) =>
      proveAgent({
        clock: systemClock,
        env,
        place,
        agent,
        words,
        signal,
        onStep: () => undefined,
        turnMs: 20_000,
      }),
    async [Symbol.asyncDispose]() {
      const left = findByEnvironment("PROVE_STAGE", folder);
      const scratches = await readdir(path.join(folder, "state", "temoin")).catch(() => []);
      await rm(folder, { recursive: true, force: true });
      assert.deepEqual(left, [], "no process is left");
      assert.deepEqual(scratches, [], "no workspace is left");
    },
  };
}

function agent(parts: Pick<AgentSpec, "driver" | "transport" | "command" | "profile">): AgentSpec {
  return {
    name: "ada" as AgentName, // A name of the right form.
    env: {},
    roles: [],
    slots: 1,
    autonomy: "full",
    ...parts,
  };
}

/** It carries out its prompt. */
const shell = agent({
  driver: "command",
  transport: "headless",
  command: ["sh", "-c", 'eval "$(cat)"'],
  profile: null,
});

const inShell: Words = (wish) => {
  switch (wish.do) {
    case "reply":
      return `echo ${wish.text}`;
    case "write":
      return `${"# a line\n".repeat(wish.lines - 1)}echo ${wish.text} > ${wish.file}`;
    case "remember":
      return `echo ${wish.word} > "$HOME/memory"`;
    case "recall":
      return `cat "$HOME/memory" > ${wish.file}`;
    case "forget":
      return `echo ${wish.otherwise} > ${wish.file}`;
    case "touch":
      return `touch ${wish.file}`;
    case "wait":
      return `sleep ${wish.seconds}`;
    case "choose":
      return "echo nobody to ask";
  }
};

function resultsOf({ steps }: AgentProof): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.map(({ name, result }) => [name, result]));
}

function saysOf({ steps }: AgentProof, name: string): string {
  return steps.find((step) => step.name === name)?.says ?? "";
}

describe("an agent that does its exercises", () => {
  test("as one process per turn is proved, but for what its driver does not offer", async () => {
    await using stage = await openStage();
    const proof = await stage.prove(shell, inShell);
    assert.deepEqual(resultsOf(proof), {
      start: "proved",
      "one line": "proved",
      "sixty lines": "proved",
      tool: "proved",
      memory: "proved",
      usage: "not_offered",
      interrupt: "proved",
      "fresh context": "proved",
      kill: "proved",
      permission: "not_offered",
      question: "not_offered",
      end: "proved",
    });
    assert.deepEqual([...Object.keys(resultsOf(proof))], [...exercises]);
    assert.equal(saysOf(proof, "interrupt"), "its command ended with its turn");
    assert.equal(isGood(proof), true);
    assert.equal(proofText(proof), "9 of 9 proved");
    assert.deepEqual(await readProof(stage.place, shell), proof);
    const other = { ...shell, driver: "terminal", transport: "tmux" } as const;
    assert.equal(await readProof(stage.place, other), null, "of another driver it says nothing");
  });

  test("in a terminal is proved, with what it asks", async () => {
    await using stage = await openStage();
    const idOf = (wish: Wish): string => `E-${wish.do}${"file" in wish ? `-${wish.file}` : ""}`;
    const file = (name: string, text: string) => ({ write: { path: name, text } });
    const script = {
      "E-reply": [{ say: "ready" }],
      "E-write-lines.txt": [file("lines.txt", "sixty-lines-arrived\n")],
      "E-write-changed.txt": [file("changed.txt", "changed-by-the-agent\n")],
      "E-remember": [{ say: "OK" }],
      "E-recall-memory.txt": [file("memory.txt", "plum-417\n")],
      "E-forget-forgotten.txt": [file("forgotten.txt", "nothing\n")],
      "E-touch-permitted.txt": [
        { permission: { tool: "Bash", text: "touch permitted.txt" } },
        { run: ["touch", "permitted.txt"] },
      ],
      "E-wait": [{ run: ["sleep", "3317"] }],
      "E-choose-colour.txt": [
        { question: { text: "Which colour?", choices: ["red", "blue"], header: "Colour" } },
        file("colour.txt", "{answer}"),
      ],
      manners: { enter_after_start_ms: 0 },
    };
    const scriptFile = path.join(stage.folder, "script.json");
    await writeFile(scriptFile, JSON.stringify(script));
    const inTerminal = agent({
      driver: "terminal",
      transport: "tmux",
      profile: "claude",
      command: [process.execPath, fakeTui, "--like", "claude", scriptFile],
    });
    const words: Words = (wish) => {
      const lines = wish.do === "write" ? wish.lines - 1 : 0;
      return `${"A line.\n".repeat(lines)}Do what stands under ${idOf(wish)}.`;
    };
    const proof = await stage.prove(inTerminal, words);
    const bad = proof.steps.filter(({ result }) => result !== "proved");
    assert.deepEqual(
      bad.map(({ name, says }) => `${name}: ${says}`),
      ["usage: its driver is told of no usage"],
    );
    const log = path.join(stage.place.stateDir, "logs", "agents-test-ada.log");
    assert.match(await readFile(log, "utf8"), /Which colour\?/);
  });
});

describe("an agent that does them wrong", () => {
  test("is told which of them and why, and the others are done all the same", async () => {
    await using stage = await openStage();
    const proof = await stage.prove(shell, (wish) => {
      switch (wish.do) {
        case "write":
          // As if its end had been cut.
          return wish.lines > 1 ? "# a line\n".repeat(59) : inShell({ ...wish, text: "something" });
        case "recall":
          return "exit 3";
        case "wait":
          return "true";
        case "forget":
          return inShell({ ...wish, otherwise: "plum-417" });
        default:
          return inShell(wish);
      }
    });
    assert.equal(saysOf(proof, "sixty lines"), "lines.txt was not made");
    assert.match(saysOf(proof, "tool"), /changed\.txt holds "something", not "changed-by-/);
    assert.equal(saysOf(proof, "memory"), "it exited with 3");
    assert.equal(saysOf(proof, "interrupt"), "its turn completed by itself");
    assert.match(saysOf(proof, "fresh context"), /forgotten\.txt holds "plum-417"/);
    assert.equal(isGood(proof), false);
    const failed = proof.steps.filter(({ result }) => result === "failed").map(({ name }) => name);
    const wrong = ["sixty lines", "tool", "memory", "interrupt", "fresh context", "kill"];
    assert.deepEqual(failed, wrong);
    assert.equal(proofText(proof), `3 of 9 proved: ${wrong.join(", ")} failed`);
  });

  test("for want of its program is told so, and nothing more is tried", async () => {
    await using stage = await openStage();
    const missing: AgentSpec = { ...shell, command: ["./no-such-agent"] };
    const proof = await stage.prove(missing, inShell);
    assert.match(saysOf(proof, "one line"), /`\.\/no-such-agent` was not found/);
    assert.equal(isGood(proof), false);
  });

  test("is ended when it is called off, and nothing is kept of it", async () => {
    await using stage = await openStage();
    const off = new AbortController();
    const words: Words = (wish) => {
      if (wish.do === "write") setImmediate(() => off.abort(new Error("enough")));
      return wish.do === "write" ? "sleep 3317" : inShell(wish);
    };
    await assert.rejects(stage.prove(shell, words, off.signal), /enough/);
    assert.equal(await readProof(stage.place, shell), null);
  });
});

test("plain words ask for what is wished, the long ones at their very end", () => {
  const text = plainWords({ do: "write", file: "a.txt", text: "word", lines: 60 });
  const lines = text.split("\n");
  assert.equal(lines.length, 60);
  assert.match(lines.at(-1) ?? "", /a\.txt .* exactly word /);
  assert.match(plainWords({ do: "touch", file: "b" }), /touch b$/);
});
