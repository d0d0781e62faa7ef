import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { configSchema, knownKeys } from "../../../src/config/schema.ts";
import { addToConfig, composeConfig } from "../../../src/config/write.ts";
import { AppError } from "../../../src/lib/app-error.ts";
import { makeScratch } from "./scratch.ts";

const name = fc
  .stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  .filter((text) => !/^(?:verify|setup|goal|temoin|person)/.test(text));
const words = fc
  .oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom("true", "1.0", "a: b", "#x", "*x", "- y", "a\nb", "~"),
  )
  .filter((text) => text.trim() !== "" && !text.includes("\0"));

describe("composeConfig", () => {
  it("writes a file that says what was found", async () => {
    const text = composeConfig({
      target: "main",
      agents: [
        {
          name: "mine",
          by: { driver: "command", command: ["./agent.sh", "-v 1"] },
          roles: ["docs"],
        },
        {
          name: "amp",
          by: { driver: "terminal", profile: "amp", isProven: false },
          roles: [],
        },
      ],
      gates: [{ name: "test", run: "npm test -- --grep 'a: b'" }],
      setup: "npm ci",
    });
    assert.match(text, /^# yaml-language-server: \$schema=/);
    await using scratch = await makeScratch(text);
    const { config } = await scratch.load();
    assert.equal(config.target, "main");
    assert.equal(config.agents[0]?.name, "mine");
    assert.deepEqual(config.agents[0]?.command, ["./agent.sh", "-v 1"]);
    const { driver, command, profile, autonomy } = config.agents[1] ?? assert.fail();
    assert.deepEqual([driver, command, profile, autonomy], ["terminal", ["amp"], "amp", "full"]);
    assert.match(text, /profile: amp +# unproven/);
    assert.equal(config.gates[0]?.run, "npm test -- --grep 'a: b'");
    assert.deepEqual(config.goal, [{ kind: "queue" }, { kind: "gates" }]);
  });

  it("writes a file that can be used also when nothing was found", async () => {
    await using scratch = await makeScratch(
      composeConfig({ target: null, agents: [], gates: [], setup: null }),
    );
    const { config } = await scratch.load();
    assert.deepEqual([config.agents, config.gates, config.setup], [[], [], null]);
  });

  it("keeps every command as it is, whatever YAML would make of it", async () => {
    await using scratch = await makeScratch();
    const gate = fc.record({ name, run: words }, { noNullPrototype: true });
    const agent = fc.record(
      {
        name,
        command: fc.tuple(words, words),
        roles: fc.array(words, { maxLength: 2 }),
      },
      { noNullPrototype: true },
    );
    const unique = { selector: (one: { name: string }) => one.name, maxLength: 3 };
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(agent, unique),
        fc.uniqueArray(gate, unique),
        words,
        async (agents, gates, setup) => {
          await scratch.write(
            "repository/temoin.yaml",
            composeConfig({ target: null, agents: agents.map(drafted), gates, setup }),
          );
          const { config } = await scratch.load();
          assert.deepEqual(
            config.agents.map((one) => ({
              name: one.name as string,
              command: one.command,
              roles: one.roles,
            })),
            agents,
          );
          assert.deepEqual(
            config.gates.map((one) => ({ name: one.name, run: one.run })),
            gates,
          );
          assert.equal(config.setup?.run, setup);
        },
      ),
      { numRuns: 150 },
    );
  });
});

function drafted(agent: { name: string; command: [string, string]; roles: string[] }) {
  const { command, ...rest } = agent;
  return { ...rest, by: { driver: "command", command } as const };
}

describe("addToConfig", () => {
  const existing = `# mine
version: 1
target: main   # not master

gates:
  # slow
  - { name: build, run: make }
goal: [queue] # for now
`;

  it("adds gates and goal items, and leaves comments and order alone", async () => {
    const text = addToConfig(existing, {
      gates: [{ name: "test", run: "make test" }],
      goal: [{ run: "./check.sh" }, { changed: "README.md" }],
    });
    for (const line of ["# mine", "# slow", "# for now"]) assert.ok(text.includes(line), text);
    assert.match(text, /target: main +# not master/);
    await using scratch = await makeScratch(text);
    const { config } = await scratch.load();
    assert.deepEqual(
      config.gates.map((gate) => gate.name),
      ["build", "test"],
    );
    assert.deepEqual(config.goal, [
      { kind: "queue" },
      { kind: "gates" },
      { kind: "run", command: "./check.sh" },
      { kind: "changed", path: "README.md" },
    ]);
  });

  it("changes nothing when the same is added again", () => {
    const additions = {
      gates: [
        { name: "t", run: "make" },
        { name: "u", run: "x" },
      ],
      goal: [{ run: "y" }],
    };
    const once = addToConfig(existing, additions);
    assert.equal(addToConfig(once, additions), once);
    assert.equal(
      addToConfig(existing, { gates: [{ name: "again", run: "make" }], goal: [] }).match(/make/g)
        ?.length,
      1,
    );
  });

  it("keeps what held by default when it writes the first goal", async () => {
    await using scratch = await makeScratch(
      addToConfig("version: 1\ngates:\n  - { name: a, run: b }\n", {
        gates: [],
        goal: [{ run: "c" }],
      }),
    );
    assert.deepEqual(
      (await scratch.load()).config.goal.map(({ kind }) => kind),
      ["queue", "gates", "run"],
    );
  });

  it("begins the lists where there are none", async () => {
    const text = addToConfig("version: 1\n", { gates: [{ name: "a", run: "b" }], goal: [] });
    await using scratch = await makeScratch(text);
    assert.equal((await scratch.load()).config.gates.length, 1);
  });

  it("refuses a file where it cannot tell where to add", () => {
    for (const text of [
      "",
      "- a\n",
      "gates: x\n",
      "version: 1\ngoal: queue\n",
      "a: [",
      "x: &l []\ngates: *l\n",
      "gates: [{ name: a, run: other }]\n",
    ]) {
      assert.throws(
        () => addToConfig(text, { gates: [{ name: "a", run: "b" }], goal: [{ run: "c" }] }),
        (error) =>
          error instanceof AppError && error.message.startsWith("Cannot add to temoin.yaml: "),
        text,
      );
    }
  });
});

describe("configSchema", () => {
  it("is a JSON Schema that knows every key and allows no other", () => {
    const schema = configSchema() as {
      required: string[];
      additionalProperties: boolean;
      properties: Record<string, unknown>;
    };
    assert.deepEqual(schema.required, ["version"]);
    assert.equal(schema.additionalProperties, false);
    const keys = [
      "agents",
      "attempts",
      "budget",
      "conductor",
      "disk",
      "gates",
      "goal",
      "handoff",
      "landing",
      "log",
      "policy",
      "prompts",
      "setup",
      "target",
      "version",
      "watch",
    ];
    assert.deepEqual(Object.keys(schema.properties).toSorted(), keys);
    assert.match(JSON.stringify(schema), /"command":\{.*"minItems":1/);
  });

  it("has the same keys as the suggestions for misspelt ones", () => {
    const { properties } = configSchema() as {
      properties: Record<string, { properties?: Record<string, unknown> }>;
    };
    const sections = Object.entries(properties).filter(([, part]) => part.properties !== undefined);
    assert.deepEqual(sections.map(([key]) => key).toSorted(), [
      "attempts",
      "budget",
      "conductor",
      "disk",
      "handoff",
      "landing",
      "log",
      "policy",
      "prompts",
      "watch",
    ]);
    for (const [key, part] of sections) {
      assert.deepEqual(Object.keys(part.properties ?? {}), knownKeys[key], key);
    }
  });
});
