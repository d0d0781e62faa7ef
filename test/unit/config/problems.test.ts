import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { builtDrivers } from "../../../src/config/driver-table.ts";
import { laterKeys, laterValues } from "../../../src/config/not-yet.ts";
import { makeScratch } from "./scratch.ts";

async function complaintAbout(text: string): Promise<string> {
  await using scratch = await makeScratch(text);
  return await scratch.complaint();
}

/** As a sentence has them. */
const listed = builtDrivers
  .map((name) => `\`${name}\``)
  .join(", ")
  .replace(/, ([^,]+)$/, " or $1");

const agent = (rest: string) => `version: 1\nagents:\n  a: { driver: command, ${rest} }\n`;

describe("a wrong configuration", () => {
  it("is reported with all of its problems at once, in the order of the file", async () => {
    const message = await complaintAbout(`version: 2
targt: main
agents:
  a:
    driver: comand
    command: ./agent.sh --yes
    slots: 0
  "b/c": { driver: command, command: [] }
conductor: { order: a, turns: 3 }
gates:
  - { name: test, run: npm test, timeout: 30 }
  - { name: test, run: npm run lint, retrys: 1 }
goal: [queue, gate, { runs: x }]
attempts: { perTask: "3" }
`);
    const lines = message.split("\n");
    assert.equal(lines[0], "Cannot use the configuration, which has 15 problems:");
    assert.deepEqual(lines.slice(1), [
      "  temoin.yaml:1:10: `version` must be 1: the first line of the file is `version: 1`, but is 2.",
      "  temoin.yaml:2:1: `targt` is no key of the configuration; did you mean `target`?",
      `  temoin.yaml:5:13: \`agents.a.driver\` must be ${listed}, but is "comand"; did you mean \`command\`?`,
      '  temoin.yaml:6:14: `agents.a.command` must be a list with one entry for each argument, but is "./agent.sh --yes"; write `command: [./agent.sh, --yes]`.',
      "  temoin.yaml:7:12: `agents.a.slots` must be a whole number from 1 to 64, but is 0.",
      '  temoin.yaml:8:3: `agents."b/c"` cannot name a directory or a branch; use letters, digits, `.`, `_` and `-`.',
      '  temoin.yaml:8:38: `agents."b/c".command` must name a program, but is [].',
      '  temoin.yaml:9:21: `conductor.order` must be a list of names of agents, such as [claude, codex], but is "a".',
      "  temoin.yaml:9:24: `conductor.turns` is no key of the configuration.",
      "  temoin.yaml:11:43: `gates[0].timeout` must be a duration above zero such as 15m or 1h30m, but is 30; write a unit, as in `timeout: 30s`.",
      "  temoin.yaml:12:13: `gates[1].name: test` is also the name of `gates[0]`; each gate needs its own.",
      "  temoin.yaml:12:38: `gates[1].retrys` is no key of the configuration; did you mean `gates[1].retries`?",
      '  temoin.yaml:13:15: `goal[1]` must be `queue`, `gates`, `{ changed: PATH }` or `{ run: COMMAND }`, but is "gate"; did you mean `gates`?',
      "  temoin.yaml:13:23: `goal[2].runs` is no key of the configuration; did you mean `goal[2].run`?",
      '  temoin.yaml:14:22: `attempts.perTask` must be a whole number from 1 to 100, but is "3".',
    ]);
  });

  it("is told without what may be a secret in the place of its name", async () => {
    const secret = "hunter2hunter2";
    for (const [text, says] of [
      [
        `gates: [{ name: a, run: x, env: [T=${secret}] }]`,
        /`gates\[0\]\.env\[0\]` is no name of a var/,
      ],
      [
        `gates: [{ name: a, run: x, env: { T: ${secret} } }]`,
        /`gates\[0\]\.env` must be a list of names/,
      ],
      [`setup: { run: x, env: { T: ${secret} } }`, /`setup` must be a command line, or `\{ run/],
      [`setup: { run: x, env: [TEMOIN_TOKEN] }`, /`setup\.env\[0\]` names a variable of temoin/],
      [
        `setup: { runs: x }`,
        /`setup\.runs` is no key of the configuration; did you mean `setup\.run`/,
      ],
    ] as const) {
      const complaint = await complaintAbout(`version: 1\n${text}\n`);
      assert.match(complaint, says);
      assert.equal(complaint.includes(secret), false, complaint);
    }
  });

  for (const [what, text, says] of [
    ["an empty file", "", /temoin\.yaml: the file is empty; begin it with `version: 1`/],
    ["a file of comments", "# later\n", /the file is empty/],
    ["a list", "- a\n", /must be a map of keys, but is \["a"\]/],
    ["a text", "hello\n", /must be a map of keys, but is "hello"/],
    ["a file without version", "target: main\n", /`version` is missing; begin the file/],
    ["tabs", "version: 1\nlog:\n\tfile: a\n", /temoin\.yaml:3:1: the file is indented with a tab/],
    ["a key twice", "version: 1\nsetup: a\nsetup: b\n", /:3:1: the file has the key `setup` twice/],
    [
      "broken YAML",
      "version: 1\ngoal: [queue\n",
      /temoin\.yaml:\d+:\d+: the file is no valid YAML: Flow/,
    ],
    ["two documents", "version: 1\n---\nversion: 1\n", /more than one YAML document/],
    [
      "a strange tag",
      "version: 1\ntarget: !ruby x\n",
      /:2:9: the file is no valid YAML: Unresolved tag/,
    ],
    [
      "an alias of nothing",
      "version: 1\nsetup: *x\n",
      /whose anchor \(`&name`\) does not come before it/,
    ],
    ["a value within itself", "version: 1\ngoal: &a [*a]\n", /temoin\.yaml: is nested too deeply/],
    ["brackets without end", "[".repeat(100_000), /is nested too deeply/],
    [
      "a rung of the watch that comes after the next one",
      "version: 1\nwatch: { nudge: 30m, quiet: 1s }\n",
      /:2:\d+: `watch\.nudge` \(30m\) comes before `watch\.giveUp` \(20m\) and must not be longer/,
    ],
    [
      "a time to park that is no time",
      "version: 1\nwatch: { park: 0s }\n",
      /`watch\.park` must be a duration above zero such as 10m, or never, but is "0s"/,
    ],
    [
      "a handoff that is prepared after it is carried out",
      "version: 1\nhandoff: { execute: 80 }\n",
      /:2:\d+: `handoff\.prepare` \(90\) comes before `handoff\.execute` \(80\) and must not be more/,
    ],
    ["an empty value", "version: 1\nwatch:\n", /`watch` must be a map of keys, but is empty/],
    [
      "a prototype",
      "version: 1\n__proto__: { a: 1 }\n",
      /`__proto__` is no key of the configuration/,
    ],
    ["a merge key", "version: 1\n<<: { target: a }\n", /no key of the configuration/],
    [
      "an agent with a reserved name",
      "version: 1\nagents: { temoin: { driver: command, command: [a] } }\n",
      /`agents\.temoin` is a name that the log uses/,
    ],
    [
      "an agent named like a path",
      "version: 1\nagents: { ../a: { driver: command, command: [a] } }\n",
      /cannot name a directory/,
    ],
    [
      "an agent without a command",
      "version: 1\nagents: { a: { driver: command } }\n",
      /`agents\.a\.command` is missing; it must be a list/,
    ],
    [
      "an agent that is null",
      "version: 1\nagents: { a: }\n",
      /`agents\.a` must be a map with `driver` and `command`, but is empty/,
    ],
    ["a command for a shell", agent('command: "a | b"'), /write `command: \[sh, -c, "a \| b"\]`/],
    [
      "a command that begins with nothing",
      agent('command: ["", a]'),
      /must begin with the name of a program/,
    ],
    ["too many slots", agent("command: [a], slots: 65"), /from 1 to 64, but is 65/],
    ["half a slot", agent("command: [a], slots: 1.5"), /from 1 to 64, but is 1\.5/],
    [
      "a variable of ours",
      agent("command: [a], env: { TEMOIN_SLOT: x }"),
      /is set by temoin itself/,
    ],
    [
      "a variable with a strange name",
      agent("command: [a], env: { A-B: x }"),
      /cannot name a variable/,
    ],
    [
      "a gate named verify",
      "version: 1\ngates: [{ name: verify-1, run: a }]\n",
      /kept for commands that are no gates/,
    ],
    [
      "a gate named like a path",
      "version: 1\ngates: [{ name: ../x, run: a }]\n",
      /must be a short name of letters/,
    ],
    [
      "a gate without a command",
      "version: 1\ngates: [{ name: a, run: }]\n",
      /`gates\[0\]\.run` must be a command line, but is empty/,
    ],
    [
      "a gate without time",
      "version: 1\ngates: [{ name: a, run: b, timeout: 0s }]\n",
      /must be a duration above zero/,
    ],
    ["an empty goal", "version: 1\ngoal: []\n", /must hold something/],
    [
      "a goal outside",
      "version: 1\ngoal: [{ changed: ../x }]\n",
      /`goal\[0\]\.changed` must be a path within the repository, but is "\.\.\/x"/,
    ],
    [
      "a branch that git refuses",
      "version: 1\ntarget: a..b\n",
      /must be the name of a branch, but is "a\.\.b"/,
    ],
    ["a full ref", "version: 1\ntarget: refs/heads/main\n", /must be the name of a branch/],
    [
      "a time of no clock",
      "version: 1\nbudget: { until: 25:00 }\n",
      /must be a time such as "19:00"/,
    ],
    ["a budget of nothing", "version: 1\nbudget: { cost: 0 }\n", /a number above zero such as 20/],
    ["a budget of words", "version: 1\nbudget: { tokens: 5 M }\n", /above zero such as 5M/],
    ["a size with another unit", "version: 1\ndisk: { free: 5 GB }\n", /a size such as 256M or 2G/],
    [
      "a sandbox for a server with a screen beside it",
      "version: 1\nagents: { a: { driver: codex, sandbox: bwrap } }\n",
      /`agents\.a\.sandbox: bwrap` is not yet built for `driver: codex` in tmux; set `transport: headless` too/,
    ],
    ["a scope of no kind", "version: 1\nlanding: { scope: stric }\n", /did you mean `strict`/],
    ["a day of no calendar", "version: 1\nbudget: { until: 2026-02-30 }\n", /or a date such as/],
    [
      "a log outside",
      "version: 1\nlog: { file: /var/log/x }\n",
      /must be the path of a file within the repository/,
    ],
    ["a log in git's directory", "version: 1\nlog: { status: .git/x }\n", /within the repository/],
    [
      "a log that is the store",
      "version: 1\nlog: { file: .temoin/store.db }\n",
      /`log\.file: \.temoin\/store\.db` lies among temoin's own files/,
    ],
    [
      "a log among the prompts",
      "version: 1\nlog: { status: ./.temoin/prompts/x.md }\n",
      /`log\.status: [^`]*` lies among temoin's own files/,
    ],
    [
      "one file for two logs",
      "version: 1\nlog: { file: a.md, status: ./a.md }\n",
      /`log\.status: \.\/a\.md` is also `log\.file`/,
    ],
    [
      "a log that is the configuration",
      "version: 1\nlog: { completed: temoin.yaml }\n",
      /cannot be written to/,
    ],
    ["a file in another encoding", Buffer.from([0x76, 0xff, 0xfe]), /is not written in UTF-8/],
    ["a huge file", `# ${"x".repeat(1 << 20)}`, /more than the 1048576 of a configuration/],
  ] as const) {
    it(`is refused for ${what}`, async () => {
      await using scratch = await makeScratch();
      await scratch.write("repository/temoin.yaml", text);
      assert.match(await scratch.complaint(), says);
    });
  }

  it("is refused for aliases of aliases, before they fill the memory", async () => {
    const levels = Array.from(
      { length: 20 },
      (_, n) => `k${n}: &a${n} [${n === 0 ? "x" : `*a${n - 1}, *a${n - 1}, *a${n - 1}`}]`,
    );
    assert.match(
      await complaintAbout(`version: 1\n${levels.join("\n")}\n`),
      /uses its YAML aliases .* too often/,
    );
  });

  it("takes an anchor that is used as it should be", async () => {
    await using scratch = await makeScratch(
      "version: 1\nsetup: &c npm ci\ngates: [{ name: a, run: *c }]\n",
    );
    assert.equal((await scratch.load()).config.gates[0]?.run, "npm ci");
  });

  it("never shows what an agent gets in its environment", async () => {
    const message = await complaintAbout(agent("command: [a], env: { KEY: [s3cret] }"));
    assert.match(message, /`agents\.a\.env\.KEY` must be a text/);
    assert.doesNotMatch(message, /s3cret/);
  });

  it("tells problems of the user's file together with those of the project", async () => {
    await using scratch = await makeScratch("version: 1\ntargte: a\n");
    await scratch.write("user/config.yaml", "version: 1\nwatch: { trun: 1h }\n");
    const message = await scratch.complaint();
    assert.match(message, /temoin\.yaml:2:1: `targte`/);
    assert.match(message, /user\/config\.yaml:2:10: `watch\.trun` .* did you mean `watch\.turn`\?/);
  });

  it("is never a crash, whatever the text", async () => {
    await using scratch = await makeScratch();
    const words = fc.constantFrom(
      "version",
      ":",
      " ",
      "\n",
      "  ",
      "- ",
      "agents",
      "a",
      "{",
      "}",
      "[",
      "]",
      "1",
      "&a ",
      "*a",
      "gates",
      "goal",
      "run",
      "null",
      "'",
      '"',
      "|",
      ">",
      "<<",
      "?",
      "!",
      "%",
      "#",
      ",",
      "\t",
      "~",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 40 }), async (parts) => {
        await scratch.write("repository/temoin.yaml", parts.join(""));
        const error: unknown = await scratch.load().then(
          () => null,
          (reason: unknown) => reason,
        );
        assert.ok(
          error === null || (error instanceof Error && error.name === "AppError"),
          String(error),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe("keys that do not go together", () => {
  const terminal = (rest: string) =>
    complaintAbout(`version: 1\nagents:\n  a: { driver: terminal, ${rest} }\n`);

  it("are told where an agent in a terminal has no program", async () => {
    for (const profile of ["slots: 1", "profile: generic", "profile: ./mine.yaml"]) {
      assert.match(
        await terminal(profile),
        /temoin\.yaml:3:\d+: `agents\.a\.command` is missing; it must be a list .*known program/,
      );
    }
  });

  it("are told where one process per turn has a screen profile", async () => {
    assert.match(
      await complaintAbout(agent("command: [a], profile: claude")),
      /:3:\d+: `agents\.a\.profile` is for `driver: terminal`; remove it\.$/,
    );
  });

  it("are refused as not yet built where a driver does not do it", async () => {
    for (const [rest, says] of [
      ["command: [a], autonomy: edits", /`agents\.a\.autonomy: edits` .*: command`; use `full`/],
      ["command: [a], autonomy: ask", /`agents\.a\.autonomy: ask` is not yet built/],
      [
        "command: [a], transport: tmux",
        /`agents\.a\.transport: tmux` .*: command`; use `headless`/,
      ],
      ["command: [a], transport: acp", /`agents\.a\.transport: acp` is not yet built/],
    ] as const) {
      const message = await complaintAbout(agent(rest));
      assert.match(message, says);
      assert.equal(message.split("\n").length, 2, message);
    }
    const headless = await terminal("command: [a], transport: headless");
    assert.match(headless, /transport: headless` .*`driver: terminal`; use `tmux`/);
  });

  it("are told with the value that was probably meant", async () => {
    assert.match(await terminal("command: [a], autonomy: edit"), /did you mean `edits`\?/);
    assert.match(await terminal("command: [a], transport: tmxu"), /did you mean `tmux`\?/);
    assert.match(await terminal("command: [a], profil: x"), /did you mean `agents\.a\.profile`\?/);
  });
});

describe("a key of a later version", () => {
  const place = (pattern: string, value: unknown): string => {
    const agents = { a: { driver: "command", command: ["a"] } as Record<string, unknown> };
    const gates: Record<string, unknown>[] = [{ name: "g", run: "x" }];
    const whole: Record<string, unknown> = { version: 1, agents, gates };
    const [first = "", second = "", third = ""] = pattern.split(".");
    if (first === "agents") agents.a[third] = value;
    else if (first === "gates") gates[0] = { ...gates[0], [third]: value };
    else whole[first] = second === "" ? value : { [second]: value };
    return JSON.stringify(whole);
  };

  it("is refused by one sentence that names it", async () => {
    for (const { pattern } of laterKeys) {
      const key = pattern.replace("agents.*", "agents.a").replace("gates.*", "gates[0]");
      const message = await complaintAbout(place(pattern, "something"));
      assert.equal(message.split("\n").length, 2, message);
      assert.ok(message.includes(`\`${key}\` is not yet built in this version`), message);
      assert.match(message, /remove it from temoin\.yaml\.$/);
    }
  });

  it("is accepted with a value that asks for what this version does anyway", async () => {
    let accepted = 0;
    for (const { pattern, accepts } of laterKeys) {
      for (const value of accepts ?? []) {
        await using scratch = await makeScratch(place(pattern, value));
        await scratch.load();
        accepted += 1;
      }
    }
    assert.ok(accepted > 0);
  });

  it("is refused as a value too, with what to use instead, and nothing else is said", async () => {
    for (const { pattern, values, instead } of laterValues) {
      for (const value of values) {
        const message = await complaintAbout(place(pattern, value));
        assert.equal(message.split("\n").length, 2, message);
        assert.match(
          message,
          new RegExp(`: ${value}\` is not yet built in this version; use \`${instead}\``),
        );
      }
    }
  });
});
