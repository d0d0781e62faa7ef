import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { defaultConfig, policyOf, slotsOf } from "../../../src/config/config.ts";
import { userConfigDir } from "../../../src/config/load.ts";
import { makeScratch } from "./scratch.ts";

const full = `
version: 1
target: release/1.x
agents:
  claude:
    driver: command
    command: [./claude.sh, --fast]
    args: [-v, 1.0]
    env: { PORT: 8080, DEBUG: true }
    roles: [architecture, feature]
    slots: 2
    autonomy: full
    sandbox: none
    transport: headless
  other:
    driver: command
    command: [other]
  codex:
    driver: terminal
    transport: tmux
    profile: codex
    autonomy: edits
    args: [--no-alt-screen]
  any:
    driver: terminal
    command: [./any.sh]
    window: 200k
    sandbox: bwrap
gates:
  - { name: build, run: cargo build --release, timeout: 1h30m, retries: 0 }
  - { name: "true", run: true, retries: 1, protects: [tests/**, Cargo.toml], fix: claude }
setup: npm ci
goal: [queue, gates, { changed: README.md }, { run: ./check.sh }]
landing: { mode: squash, review: false, scope: strict }
watch: { quiet: 100ms, nudge: 1s, giveUp: 2s, retrying: 3s, turn: 1500ms, park: never }
handoff: { prepare: 80, execute: 95, compaction: false, turns: none, age: 1h }
attempts: { perTask: 5, feedbackRounds: 0, fixTasks: 2 }
budget: { until: 19:00, cost: 20, tokens: 1.5M }
disk: { free: 1.5G }
policy:
  allow: [{ command: npm run * }, { read: "**" }]
  deny: [{ edit: .github/** }, { tool: WebFetch }]
  overage: true
prompts: { style: xml }
log: { file: LOG.md, status: STATUS.md, completed: CLAUDE.md }
`;

describe("loadConfig", () => {
  it("reads every key that this version has", async () => {
    await using scratch = await makeScratch(full);
    const { config, file } = await scratch.load();
    const rules = {
      allow: [
        { kind: "command", pattern: "npm run *" },
        { kind: "read", glob: "**" },
      ],
      deny: [
        { kind: "edit", glob: ".github/**" },
        { kind: "tool", pattern: "WebFetch" },
      ],
    };
    const asked = { rules, overage: true };
    const plain = { env: {}, roles: [], slots: 1, autonomy: "full", ...asked };
    assert.equal(file, join(scratch.root, "temoin.yaml"));
    assert.deepEqual(config, {
      target: "release/1.x",
      agents: [
        {
          name: "claude",
          driver: "command",
          transport: "headless",
          command: ["./claude.sh", "--fast", "-v", "1.0"],
          env: { PORT: "8080", DEBUG: "true" },
          roles: ["architecture", "feature"],
          slots: 2,
          autonomy: "full",
          profile: null,
          ...asked,
        },
        {
          ...plain,
          name: "other",
          driver: "command",
          transport: "headless",
          command: ["other"],
          profile: null,
        },
        {
          ...plain,
          name: "codex",
          driver: "terminal",
          transport: "tmux",
          command: ["codex", "--no-alt-screen"],
          autonomy: "edits",
          profile: "codex",
        },
        {
          ...plain,
          name: "any",
          driver: "terminal",
          transport: "tmux",
          command: ["./any.sh"],
          profile: "generic",
          window: 200_000,
          sandbox: "bwrap",
        },
      ],
      gates: [
        { name: "build", run: "cargo build --release", timeoutMs: 5_400_000 },
        {
          name: "true",
          run: "true",
          timeoutMs: 900_000,
          retries: 1,
          protects: ["tests/**", "Cargo.toml"],
          fix: "claude",
        },
      ],
      setup: { run: "npm ci" },
      goal: [
        { kind: "queue" },
        { kind: "gates" },
        { kind: "changed", path: "README.md" },
        { kind: "run", command: "./check.sh" },
      ],
      landing: { mode: "squash", review: false, scope: "strict" },
      conductor: null,
      handoff: { prepare: 80, execute: 95, compaction: false, turns: null, ageMs: 3_600_000 },
      watch: {
        quietMs: 100,
        nudgeMs: 1_000,
        giveUpMs: 2_000,
        retryingMs: 3_000,
        turnMs: 1_500,
        parkMs: null,
      },
      attempts: { perTask: 5, feedbackRounds: 0, fixTasks: 2 },
      budget: { until: { kind: "time_of_day", hour: 19, minute: 0 }, cost: 20, tokens: 1.5e6 },
      disk: { freeBytes: 1.5 * 1024 ** 3 },
      policy: { ...rules, overage: true },
      prompts: { style: "xml", template: null },
      log: { file: "LOG.md", status: "STATUS.md", completed: "CLAUDE.md" },
    });
    assert.deepEqual(
      slotsOf(config).map(({ id }) => id),
      ["claude-1", "claude-2", "other-1", "codex-1", "any-1"],
    );
  });

  it("reads which secrets a gate and setup are given", async () => {
    await using scratch = await makeScratch(`version: 1
gates:
  - { name: a, run: x, env: [NPM_TOKEN, on] }
  - { name: b, run: x, env: [] }
setup: { run: npm ci, env: [NPM_TOKEN] }
`);
    const { config } = await scratch.load();
    assert.deepEqual(
      config.gates.map(({ env }) => env),
      [["NPM_TOKEN", "on"], undefined],
    );
    assert.deepEqual(config.setup, { run: "npm ci", env: ["NPM_TOKEN"] });
  });

  it("gives the defaults and no file where there is no temoin.yaml", async () => {
    await using scratch = await makeScratch();
    const { config, file } = await scratch.load({ userDir: null });
    assert.equal(file, null);
    assert.deepEqual(config, defaultConfig);
  });

  it("starts the program of a profile where no command is given", async () => {
    const agents = ["claude", "antigravity", "aider"].map(
      (profile) => `  ${profile}: { driver: terminal, profile: ${profile} }`,
    );
    await using scratch = await makeScratch(`version: 1\nagents:\n${agents.join("\n")}\n`);
    const { config } = await scratch.load();
    assert.deepEqual(
      config.agents.map(({ command }) => command),
      [["claude"], ["agy"], ["aider"]],
    );
  });

  it("takes a file without agents", async () => {
    await using scratch = await makeScratch("version: 1\n");
    assert.deepEqual((await scratch.load()).config.agents, []);
  });

  it("has gates in the default goal exactly when gates are configured", async () => {
    await using plain = await makeScratch("version: 1\n");
    assert.deepEqual((await plain.load()).config.goal, [{ kind: "queue" }]);
    await using gated = await makeScratch("version: 1\ngates: [{ name: a, run: b }]\n");
    assert.deepEqual((await gated.load()).config.goal, [{ kind: "queue" }, { kind: "gates" }]);
  });

  it("refuses a goal of gates when there are none", async () => {
    await using scratch = await makeScratch("version: 1\ngoal: [queue, gates]\n");
    assert.match(
      await scratch.complaint(),
      /temoin\.yaml:2:1: `goal` asks for `gates`, but no gates/,
    );
  });

  it("prefers flag to environment to project file to user file to default", async () => {
    await using scratch = await makeScratch("version: 1\nattempts: { perTask: 2 }\n");
    await scratch.write(
      "user/config.yaml",
      "version: 1\nattempts: { perTask: 1, feedbackRounds: 9 }\nwatch: { turn: 5m }\n",
    );
    const env = { TEMOIN_CONFIG_ATTEMPTS_PER_TASK: "4" };
    const perTask = async (extra: object) => (await scratch.load(extra)).config.attempts.perTask;
    assert.equal(await perTask({ env, flags: { "attempts.perTask": 7 } }), 7);
    assert.equal(await perTask({ env }), 4);
    assert.equal(await perTask({ env, flags: { "attempts.perTask": undefined } }), 4);
    assert.equal(await perTask({}), 2);
    assert.equal(await perTask({ root: scratch.userDir }), 1);
    assert.equal(await perTask({ root: scratch.userDir, userDir: null }), 3);
    const { config } = await scratch.load({ env });
    assert.deepEqual(config.attempts, { perTask: 4, feedbackRounds: 9, fixTasks: 5 });
    assert.equal(config.watch.turnMs, 300_000);
  });

  it("takes agents whole from the first place that has them", async () => {
    await using scratch = await makeScratch(
      "version: 1\nagents: { a: { driver: command, command: [a] } }\n",
    );
    await scratch.write(
      "user/config.yaml",
      "version: 1\nagents: { a: { driver: command, command: [x], slots: 5 }, b: { driver: command, command: [b] } }\n",
    );
    const { config, origins } = await scratch.load();
    assert.deepEqual(
      config.agents.map(({ name, slots }) => [name, slots]),
      [["a", 1]],
    );
    assert.equal(origins.find(({ key }) => key === "agents.a.slots")?.origin, "default");
  });

  it("reads lists and maps from the environment as YAML, and text as it stands", async () => {
    await using scratch = await makeScratch();
    const { config } = await scratch.load({
      env: {
        TEMOIN_CONFIG_AGENTS: "{ a: { driver: command, command: [sh, -c, 1.0] } }",
        TEMOIN_CONFIG_GATES: '[{ "name": "test", "run": true }]',
        TEMOIN_CONFIG_TARGET: "123",
        TEMOIN_CONFIG_WATCH_TURN: "30s",
        TEMOIN_CONFIG_LOG_COMPLETED: "CLAUDE.md",
        TEMOIN_CONFIG_SETUP: "",
        OTHER: "x",
      },
    });
    assert.deepEqual(config.agents[0]?.command, ["sh", "-c", "1.0"]);
    assert.equal(config.gates[0]?.run, "true");
    assert.equal(config.target, "123");
    assert.equal(config.watch.turnMs, 30_000);
    assert.equal(config.log.completed, "CLAUDE.md");
    assert.equal(config.setup, null);
  });

  it("names the variable of a wrong setting, and the one that was meant", async () => {
    await using scratch = await makeScratch();
    const env = {
      TEMOIN_CONFIG_ATTEMPT_PER_TASK: "5",
      TEMOIN_CONFIG_WATCH_TURN: "soon",
      TEMOIN_CONFIG_CONDUCTOR_ORDER: "ada",
      TEMOIN_CONFIG_GOAL: "[queue",
    };
    const message = await scratch.complaint({ env });
    assert.match(
      message,
      /TEMOIN_CONFIG_ATTEMPT_PER_TASK.*did you mean `TEMOIN_CONFIG_ATTEMPTS_PER_TASK`\?/,
    );
    assert.match(
      message,
      /environment TEMOIN_CONFIG_WATCH_TURN: `watch\.turn` must be a duration.*but is "soon"/,
    );
    assert.match(message, /`conductor\.order` must be a list of names of agents/);
    assert.match(message, /environment TEMOIN_CONFIG_GOAL: its value is no valid YAML/);
  });

  it("tells the origin of every value, and keeps secrets to itself", async () => {
    await using scratch = await makeScratch(full);
    const { origins } = await scratch.load({
      flags: { "budget.until": "20:30" },
      env: { TEMOIN_CONFIG_PROMPTS_STYLE: "headings" },
    });
    const of = (key: string) => origins.find((origin) => origin.key === key);
    assert.deepEqual(of("budget.until"), { key: "budget.until", value: "20:30", origin: "flag" });
    assert.equal(of("prompts.style")?.origin, "environment TEMOIN_CONFIG_PROMPTS_STYLE");
    assert.deepEqual(of("agents.claude.slots"), {
      key: "agents.claude.slots",
      value: 2,
      origin: "project file temoin.yaml:11",
    });
    assert.deepEqual(of("agents.claude.env.PORT")?.value, "(set)");
    assert.deepEqual(of("gates[1].timeout"), {
      key: "gates[1].timeout",
      value: "15m",
      origin: "default",
    });
    assert.equal(of("gates[1].run")?.origin, "project file temoin.yaml:31");
    assert.deepEqual(of("agents.codex.command"), {
      key: "agents.codex.command",
      value: ["codex"],
      origin: "default",
    });
    assert.deepEqual(of("agents.any.transport")?.value, "tmux");
    assert.equal(of("agents.any.profile")?.origin, "default");
    assert.equal(of("agents.other.profile"), undefined);
  });

  it("reads the prompt template with the configuration, seen from the file that names it", async () => {
    await using scratch = await makeScratch("version: 1\nprompts: { template: ./p.liquid }\n");
    assert.match(
      await scratch.complaint(),
      /temoin\.yaml:2:22: `prompts\.template: \.\/p\.liquid`: there is no such file in .*repository/,
    );
    await scratch.write("repository/p.liquid", "{{ prompt }}");
    const { config, hash } = await scratch.load();
    assert.deepEqual(config.prompts.template, { file: "./p.liquid", text: "{{ prompt }}" });
    await scratch.write("repository/p.liquid", "{{ prompt }}!");
    assert.notEqual((await scratch.load()).hash, hash);
  });

  it("follows a symbolic link to the file", async () => {
    await using scratch = await makeScratch();
    await scratch.write("elsewhere.yaml", "version: 1\ntarget: linked\n");
    await symlink("../elsewhere.yaml", join(scratch.root, "temoin.yaml"));
    assert.equal((await scratch.load()).config.target, "linked");
  });

  it("tells what is in the way of reading the file", async () => {
    await using scratch = await makeScratch();
    await symlink("temoin.yaml", join(scratch.root, "temoin.yaml"));
    assert.match(await scratch.complaint(), /^Cannot read .*temoin\.yaml: ELOOP\.$/);
  });

  it("does not pass over a temoin.yml in silence", async () => {
    await using scratch = await makeScratch();
    await scratch.write("repository/temoin.yml", "version: 1\n");
    assert.match(await scratch.complaint(), /temoin\.yml: is not read; rename it to temoin\.yaml/);
  });

  it("refuses a directory in the place of the file", async () => {
    await using scratch = await makeScratch();
    await mkdir(join(scratch.root, "temoin.yaml"));
    assert.match(await scratch.complaint(), /temoin\.yaml: is a directory, not a file/);
  });
});

describe("the hash of a configuration", () => {
  it("is that of what is in effect, however it is written", async () => {
    const hash = async (text: string) => {
      await using scratch = await makeScratch(text);
      return (await scratch.load()).hash;
    };
    const one = await hash("version: 1\nwatch: { turn: 90m }\ntarget: main\n");
    assert.equal(
      await hash("# a comment\ntarget: 'main'\nversion: 1\nwatch:\n  turn: 1h30m\n"),
      one,
    );
    assert.notEqual(await hash("version: 1\nwatch: { turn: 91m }\ntarget: main\n"), one);
    assert.match(one, /^[0-9a-f]{64}$/);
  });

  it("changes with the order of the agents, because that is the order of fallback", async () => {
    const agents = ["a: { driver: command, command: [a] }", "b: { driver: command, command: [b] }"];
    const hash = async (order: readonly string[]) => {
      await using scratch = await makeScratch(`version: 1\nagents: { ${order.join(", ")} }\n`);
      return (await scratch.load()).hash;
    };
    assert.notEqual(await hash(agents), await hash(agents.toReversed()));
  });
});

describe("policyOf", () => {
  it("makes a time of day the next one, and a date the date itself", async () => {
    await using scratch = await makeScratch("version: 1\nbudget: { until: 19:00 }\n");
    const { config } = await scratch.load();
    const at = (hour: number) => new Date(2026, 10, 21, hour, 0).getTime();
    assert.equal(policyOf(config, at(18)).deadline, at(19));
    assert.equal(policyOf(config, at(20)).deadline, new Date(2026, 10, 22, 19, 0).getTime());
    const flags = { "budget.until": "2026-11-21T10:00:00Z" };
    const dated = (await scratch.load({ flags })).config;
    assert.equal(policyOf(dated, at(20)).deadline, Date.UTC(2026, 10, 21, 10));
  });
});

describe("userConfigDir", () => {
  it("follows XDG_CONFIG_HOME when it is absolute, else the home", () => {
    assert.equal(userConfigDir({ XDG_CONFIG_HOME: "/x", HOME: "/h" }), "/x/temoin");
    assert.equal(userConfigDir({ XDG_CONFIG_HOME: "x", HOME: "/h" }), "/h/.config/temoin");
    assert.equal(userConfigDir({}), null);
  });
});
