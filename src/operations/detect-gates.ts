/** Checks that a repository has already, found by its files. Nothing is run. */

import { readFile } from "node:fs/promises";
import path from "node:path";

export interface FoundGate {
  readonly name: string;
  readonly run: string;
  /** Globs of what it judges by, which an agent may not change unseen. */
  readonly protects: readonly string[];
  /** The file that it was found in. */
  readonly from: string;
}

export interface FoundChecks {
  readonly gates: readonly FoundGate[];
  /** `null`: nothing has to be installed, or nothing is known of it. */
  readonly setup: string | null;
}

export async function detectChecks(root: string): Promise<FoundChecks> {
  const read = async (file: string): Promise<string | null> => {
    try {
      return await readFile(path.join(root, file), "utf8");
    } catch {
      // Most repositories have only one of these files.
      return null;
    }
  };
  const found = [
    await fromPackageJson(read),
    await fromCargo(read),
    await fromPyproject(read),
    await fromGoMod(read),
  ];
  const gates = found.flatMap((one) => one.gates);
  const made = gates.length === 0 ? fromMakefile(await read("Makefile")) : [];
  return {
    gates: uniqueNames([...gates, ...made]),
    setup: found.map(({ setup }) => setup).find((setup) => setup !== null) ?? null,
  };
}

/** Where tests usually lie; a glob that meets nothing protects nothing. */
const testGlobs = ["test/**", "tests/**", "**/*.test.*", "**/*.spec.*"];

type Read = (file: string) => Promise<string | null>;

const nothing: FoundChecks = { gates: [], setup: null };

async function fromPackageJson(read: Read): Promise<FoundChecks> {
  const from = "package.json";
  const scripts = scriptsOf(await read(from));
  if (scripts === null) return nothing;
  const { run, setup } = await packageManager(read);
  const gates = [
    ["build", ["build"]],
    ["types", ["typecheck", "type-check", "types", "tsc"]],
    ["lint", ["lint"]],
    ["test", ["test"]],
  ] as const;
  return {
    setup,
    gates: gates.flatMap(([name, candidates]) => {
      const script = candidates.find((one) => isReal(scripts[one]));
      if (script === undefined) return [];
      const protects = name === "test" ? [from, ...testGlobs] : [from];
      return [{ name, run: `${run} ${script}`, protects, from }];
    }),
  };
}

function scriptsOf(text: string | null): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  try {
    const scripts: unknown = JSON.parse(text)?.scripts;
    // A map by its shape; what its values are is looked at one by one.
    return typeof scripts === "object" && scripts !== null ? { ...scripts } : {};
  } catch {
    // Broken: its owner will hear of it from npm.
    return null;
  }
}

/** `npm init` writes a test script that only fails. */
function isReal(script: unknown): boolean {
  return typeof script === "string" && !script.includes("no test specified");
}

async function packageManager(read: Read) {
  const known = [
    ["pnpm-lock.yaml", "pnpm run", "pnpm install --frozen-lockfile"],
    ["yarn.lock", "yarn run", "yarn install --immutable"],
    ["bun.lock", "bun run", "bun install --frozen-lockfile"],
    ["package-lock.json", "npm run", "npm ci"],
  ] as const;
  for (const [file, run, setup] of known) if ((await read(file)) !== null) return { run, setup };
  return { run: "npm run", setup: null };
}

async function fromCargo(read: Read): Promise<FoundChecks> {
  const from = "Cargo.toml";
  if ((await read(from)) === null) return nothing;
  return {
    setup: null,
    gates: [
      { name: "build", run: "cargo build", protects: [from], from },
      { name: "test", run: "cargo test", protects: [from, "tests/**"], from },
      { name: "lint", run: "cargo clippy -- -D warnings", protects: [from], from },
    ],
  };
}

async function fromPyproject(read: Read): Promise<FoundChecks> {
  const from = "pyproject.toml";
  const text = await read(from);
  if (text === null) return nothing;
  const before = (await read("uv.lock")) === null ? "" : "uv run ";
  const gates = [
    ["test", "pytest", "pytest"],
    ["lint", "ruff", "ruff check ."],
    ["types", "mypy", "mypy ."],
  ] as const;
  return {
    setup: before === "" ? null : "uv sync --frozen",
    gates: gates
      .filter(([, tool]) => text.includes(tool))
      .map(([name, , run]) => ({
        name,
        run: `${before}${run}`,
        protects: name === "test" ? [from, "tests/**", "**/test_*.py", "**/conftest.py"] : [from],
        from,
      })),
  };
}

async function fromGoMod(read: Read): Promise<FoundChecks> {
  const from = "go.mod";
  if ((await read(from)) === null) return nothing;
  return {
    setup: null,
    gates: [
      { name: "build", run: "go build ./...", protects: [from], from },
      { name: "vet", run: "go vet ./...", protects: [from], from },
      { name: "test", run: "go test ./...", protects: [from, "**/*_test.go"], from },
    ],
  };
}

/** Only where nothing better was found: a Makefile mostly calls the same tools. */
function fromMakefile(text: string | null): readonly FoundGate[] {
  const targets = new Set(
    [...(text ?? "").matchAll(/^([a-z][\w-]*):(?!=)/gm)].map(([, name]) => name),
  );
  return ["build", "lint", "check", "test"]
    .filter((name) => targets.has(name))
    .map((name) => {
      const protects = name === "test" ? ["Makefile", ...testGlobs] : ["Makefile"];
      return { name, run: `make ${name}`, protects, from: "Makefile" };
    });
}

function uniqueNames(gates: readonly FoundGate[]): readonly FoundGate[] {
  const taken = new Set<string>();
  return gates.map((gate) => {
    const tool = gate.run.split(" ")[0] ?? "other";
    const name = taken.has(gate.name) ? `${tool}-${gate.name}` : gate.name;
    taken.add(name);
    return { ...gate, name };
  });
}
