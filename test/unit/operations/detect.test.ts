import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { isBuiltDriver } from "../../../src/config/driver-table.ts";
import { composeConfig } from "../../../src/config/write.ts";
import { detectAgents, knownAgents, suggestAgents } from "../../../src/operations/detect-agents.ts";
import { detectChecks } from "../../../src/operations/detect-gates.ts";

async function folderWith(files: Readonly<Record<string, string>>) {
  const root = await mkdtemp(join(tmpdir(), "temoin-detect-"));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}

describe("checks that a repository has", () => {
  for (const [what, files, gates, setup] of [
    ["nothing", {}, [], null],
    [
      "npm scripts",
      {
        "package.json": '{"scripts":{"test":"vitest","lint":"eslint","start":"x"}}',
        "package-lock.json": "{}",
      },
      ["lint: npm run lint", "test: npm run test"],
      "npm ci",
    ],
    [
      "the test script that npm init writes",
      { "package.json": '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
      [],
      null,
    ],
    ["a package.json that is broken", { "package.json": "{" }, [], null],
    [
      "a crate",
      { "Cargo.toml": "[package]" },
      ["build: cargo build", "test: cargo test", "lint: cargo clippy -- -D warnings"],
      null,
    ],
    [
      "two languages, whose gates need two names",
      { "go.mod": "module x", "pyproject.toml": "pytest", Makefile: "test:\n\tx\n" },
      ["test: pytest", "build: go build ./...", "vet: go vet ./...", "go-test: go test ./..."],
      null,
    ],
    [
      "a Makefile only",
      { Makefile: "CC := gcc\ntest: all\n\tx\nall:\n" },
      ["test: make test"],
      null,
    ],
  ] as const) {
    it(`are found in ${what}`, async () => {
      await using folder = await folderWith(files);
      const found = await detectChecks(folder.root);
      assert.deepEqual(
        found.gates.map(({ name, run }) => `${name}: ${run}`),
        gates,
      );
      assert.equal(found.setup, setup);
    });
  }
});

describe("gates that are proposed", () => {
  it("protect what they judge by: the file of their scripts, and the usual places of tests", async () => {
    await using folder = await folderWith({
      "package.json": '{"scripts":{"test":"vitest","lint":"eslint"}}',
      "Cargo.toml": "[package]",
    });
    const { gates } = await detectChecks(folder.root);
    const protects = Object.fromEntries(gates.map((gate) => [gate.name, gate.protects]));
    assert.deepEqual(protects["lint"], ["package.json"]);
    assert.ok(protects["test"]?.includes("package.json") && protects["test"].includes("tests/**"));
    assert.deepEqual(protects["cargo-test"], ["Cargo.toml", "tests/**"]);
    const text = composeConfig({ target: null, agents: [], gates, setup: null });
    assert.deepEqual(parse(text).gates[0].protects, gates[0]?.protects);
  });
});

describe("agents on this machine", () => {
  it("are found on PATH alone, and suggested as comments", async () => {
    await using folder = await folderWith({ "bin/codex": "#!/bin/sh\n", "bin/amp": "no program" });
    await chmod(join(folder.root, "bin", "codex"), 0o755);
    const found = await detectAgents({ path: join(folder.root, "bin"), cwd: folder.root });
    const by = { driver: "codex", transport: "headless", isProven: true };
    assert.deepEqual(found, [{ name: "codex", by }]);
    for (const line of suggestAgents(found)) assert.match(line, /^#/);
    assert.deepEqual(suggestAgents([]), []);
  });

  it("have a shipped profile, and are called proven just where that is", async () => {
    for (const { name, profile, isProven } of knownAgents) {
      const file = new URL(`../../../profiles/${profile}.yaml`, import.meta.url);
      const { proven = null } = parse(await readFile(file, "utf8"));
      assert.equal(isProven, proven !== null, name);
    }
  });

  it("are suggested by their own drivers, else in tmux windows, with what is unproven", async () => {
    const programs = ["tmux", ...knownAgents.map(({ name }) => name)];
    const files = Object.fromEntries(programs.map((name) => [`bin/${name}`, "#!/bin/sh\n"]));
    await using folder = await folderWith(files);
    const bin = join(folder.root, "bin");
    for (const name of programs) await chmod(join(bin, name), 0o755);
    const found = await detectAgents({ path: bin, cwd: folder.root });
    assert.deepEqual(
      found.map(({ by }) => by.driver),
      knownAgents.map(({ profile }) => (isBuiltDriver(profile) ? profile : "terminal")),
    );
    const lines = suggestAgents(found).join("\n");
    assert.match(lines, /#\s+claude:\n#\s+driver: claude .*\n#\s+autonomy: full .*\n/);
    assert.match(lines, /#\s+driver: amp +# unproven/);
    assert.match(lines, /#\s+aider:\n#\s+driver: terminal .*\n#\s+profile: aider /);
    assert.match(lines, /profile: aider +# unproven/);
  });
});
