/** Secrets of the environment: who gets them, and that none is kept anywhere, whoever prints it. */

import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { openScratch } from "./scratch-project.ts";
import { openStage, report, type Stage, sh } from "./stage.ts";

const fakeTui = fileURLToPath(new URL("../fake-agent/fake-tui.ts", import.meta.url));

const secrets = {
  ANTHROPIC_API_KEY: "anthropic-key-of-the-person",
  OPENAI_API_KEY: "openai-key-of-the-person",
  GITHUB_TOKEN: "hosting-token-of-the-person",
  // Wider than a window.
  LONG_SECRET: Array.from({ length: 80 }, (_, n) => `part${n}`).join("."),
};
/** Of one agent alone. */
const own = { MY_TOKEN: "token-of-one-agent" };

/** Every file under the folder in which one of the texts stands. */
async function filesWith(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    for (const text of texts) if (bytes.includes(text)) found.push(`${file}: ${text}`);
  }
  return found;
}

function stateOf(stage: Stage): string {
  return path.join(stage.scratch.dir, ".temoin");
}

/** The names of the variables that a program has written by \`env\`. */
async function namesIn(stage: Stage, file: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(stage.scratch.folder, file), "utf8");
  return new Set(text.split("\n").map((line) => line.split("=")[0] ?? ""));
}

test("what an agent, its reports, its errors and gates print of secrets is kept nowhere", async () => {
  const begin = secrets.GITHUB_TOKEN.slice(0, 9);
  const rest = secrets.GITHUB_TOKEN.slice(9);
  await using stage = await openStage({
    agents: { ada: { env: own } },
    config: {
      attempts: { perTask: 2 },
      gates: [
        { name: "env", run: 'env; env > "$HOME/gate-env"' },
        {
          name: "given",
          run: 'echo "$GITHUB_TOKEN"; env > "$HOME/given-env"; test -e mended',
          env: ["GITHUB_TOKEN"],
        },
      ],
      setup: { run: 'env > "$HOME/setup-env"', env: ["GITHUB_TOKEN"] },
      goal: ["queue", "gates", { run: 'env > "$HOME/goal-env"' }],
    },
    script: {
      "T-1/1": [
        sh(`printf ${begin}; sleep 0.05; echo ${rest}; env; echo "it broke: $MY_TOKEN" >&2`),
        { crash: 3 },
      ],
      "T-1/2/1": [
        sh('env > "$HOME/agent-env"; echo work > work.txt'),
        report("note", `I was given ${secrets.ANTHROPIC_API_KEY} and ${own.MY_TOKEN}`),
      ],
      "T-1/2/2": [{ write: { path: "mended", text: "" } }, { say: `Done: ${own.MY_TOKEN}` }],
    },
  });
  Object.assign(stage.scratch.env, secrets);
  await stage.add("T-1", { verify: ['env > "$HOME/verify-env"'] });
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  assert.deepEqual(await stage.attempts("T-1"), ["crashed ada", "verified ada"]);

  const values = Object.values({ ...secrets, ...own });
  assert.deepEqual(await filesWith(stateOf(stage), [...values, rest]), []);
  const log = await stage.scratch.read(".temoin/logs/ada-1.log");
  assert.match(log, /\[masked GITHUB_TOKEN\]\n/, "also in two pieces");
  assert.match(log, /MY_TOKEN=\[masked MY_TOKEN\]/);
  assert.match(log, /TEMOIN_TOKEN=\[masked TEMOIN_TOKEN\]/);
  const [note] = run.of("reported");
  assert.equal(note?.report.text, "I was given [masked ANTHROPIC_API_KEY] and [masked MY_TOKEN]");
  assert.match(await stage.prompt("T-1", 2, 2), /^ *\[masked GITHUB_TOKEN\]$/m);
  assert.match(JSON.stringify(run.of("attempt_ended")), /it broke: \[masked MY_TOKEN\]/);

  for (const file of ["gate-env", "verify-env", "goal-env", "given-env", "setup-env"]) {
    const names = await namesIn(stage, file);
    const given = file === "given-env" || file === "setup-env" ? ["GITHUB_TOKEN"] : [];
    const held = [...Object.keys({ ...secrets, ...own }), "TEMOIN_TOKEN"].filter((name) =>
      names.has(name),
    );
    assert.deepEqual(held, given, file);
    assert.ok(names.has("GIT_CONFIG_GLOBAL"), "all else it has");
  }
  const ofAgent = await namesIn(stage, "agent-env");
  for (const name of Object.keys({ ...secrets, ...own })) assert.ok(ofAgent.has(name), name);
});

test("a window of one agent holds no secret of another provider, and its log none that it prints", async () => {
  await using stage = await openStage();
  const { folder } = stage.scratch;
  const scriptFile = path.join(folder, "terminal.json");
  const script = {
    "T-1": [
      sh('env > "$HOME/window-env"; echo work > work.txt'),
      { say: `The key is ${secrets.LONG_SECRET} and ${secrets.ANTHROPIC_API_KEY}.` },
    ],
  };
  await writeFile(scriptFile, JSON.stringify({ ...script, manners: { enter_after_start_ms: 0 } }));
  const ada = {
    driver: "terminal",
    profile: "claude",
    command: [process.execPath, fakeTui, "--like", "claude", scriptFile],
  };
  await stage.scratch.write("temoin.yaml", stringify({ version: 1, agents: { ada } }));
  Object.assign(stage.scratch.env, secrets);
  await stage.add("T-1");
  const run = await stage.run();
  assert.equal((await run.over).exitCode, 0, JSON.stringify(run.problems));
  const names = await namesIn(stage, "window-env");
  assert.ok(names.has("ANTHROPIC_API_KEY") && names.has("GITHUB_TOKEN"));
  assert.equal(names.has("OPENAI_API_KEY"), false);
  const log = await stage.scratch.read(".temoin/logs/ada-1.log");
  assert.match(log, /The key is\s+\[masked LONG_SECRET\]/);
  const parts = ["part0.part1.part2", "part39.part40", "part77.part78"];
  const texts = [...Object.values(secrets), ...parts];
  assert.deepEqual(await filesWith(stateOf(stage), texts), []);
});

test("an error of the command line shows no secret", async () => {
  await using scratch = await openScratch();
  Object.assign(scratch.env, secrets);
  const ended = await scratch.temoin("show", secrets.GITHUB_TOKEN);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /\[masked GITHUB_TOKEN\]/);
  const asJson = await scratch.temoin("show", secrets.GITHUB_TOKEN, "--json");
  assert.match(JSON.parse(asJson.stderr).error.message, /\[masked GITHUB_TOKEN\]/);
});

test("the doctor tells which secret of a gate is not set", async () => {
  const gates = [{ name: "given", run: "true", env: ["GITHUB_TOKEN", "NPM_TOKEN"] }];
  await using scratch = await openScratch({ config: { gates } });
  Object.assign(scratch.env, secrets);
  const { stdout } = await scratch.temoin("doctor", "--json");
  const checks: { name: string; ok: boolean; detail: string }[] = JSON.parse(stdout).checks;
  const gate = checks.find(({ name }) => name === "gate given");
  assert.equal(gate?.ok, false);
  assert.match(gate?.detail ?? "", /: NPM_TOKEN is not set/);
});
