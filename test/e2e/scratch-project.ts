/**
 * A real repository in a temporary folder, with fake agents, for tests that run the whole program.
 * Its home, state and configuration are its own. At the end nothing of it may be left running.
 */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { hasInEnvironment, readProcessTable } from "../../src/lib/process-table.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fakeAgent = path.join(root, "test", "fake-agent", "fake-agent.ts");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScratchOptions {
  /** What the agents do, by task; see test/fake-agent/README.md. */
  readonly script?: Readonly<Record<string, readonly unknown[]>>;
  /** Names of agents, all of them fake; default: `ada` and `bo`. */
  readonly agents?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Further keys of temoin.yaml. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  /** The name of the folder. */
  readonly name?: string;
  /** Where all of it lies; default: the folder of the system for what is temporary. */
  readonly within?: string;
}

export class Scratch implements AsyncDisposable {
  readonly folder: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(folder: string, name: string) {
    this.folder = folder;
    this.dir = path.join(folder, name);
    this.env = {
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env["PATH"] ?? ""}`,
      HOME: folder,
      XDG_STATE_HOME: path.join(folder, "state"),
      XDG_CONFIG_HOME: path.join(folder, "config"),
      XDG_RUNTIME_DIR: folder,
      // Compiled code is the same for every scratch; all else is its own.
      XDG_CACHE_HOME: path.join(root, "node_modules", ".cache"),
      NODE_COMPILE_CACHE: path.join(root, "node_modules", ".cache", "temoin", "compile-cache"),
      GIT_CONFIG_GLOBAL: path.join(folder, "gitconfig"),
      GIT_CONFIG_NOSYSTEM: "1",
      NO_COLOR: "1",
      // By it the scratch's processes are told from all others.
      SCRATCH_PROJECT: folder,
    };
  }

  async write(file: string, text: string): Promise<void> {
    const full = path.join(this.dir, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, text);
  }

  read(file: string): Promise<string> {
    return readFile(path.join(this.dir, file), "utf8");
  }

  async git(...args: readonly string[]): Promise<string> {
    const ended = await this.run("git", args);
    assert.equal(ended.code, 0, `git ${args.join(" ")}: ${ended.stderr}`);
    return ended.stdout.trim();
  }

  /** Runs bin/temoin to its end. */
  temoin(...args: readonly string[]): Promise<Ended> {
    return this.run(path.join(root, "bin", "temoin"), args);
  }

  /** The same, for a command that must succeed and prints JSON. */
  async json(...args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
    const ended = await this.temoin(...args, "--json");
    assert.equal(ended.code, 0, `temoin ${args.join(" ")}: ${ended.stderr}`);
    return JSON.parse(ended.stdout);
  }

  run(program: string, args: readonly string[]): Promise<Ended> {
    return this.ended(this.start(program, args));
  }

  start(program: string, args: readonly string[]): ChildProcess {
    return spawn(program, args, {
      cwd: this.dir,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  startTemoin(...args: readonly string[]): ChildProcess {
    return this.start(path.join(root, "bin", "temoin"), args);
  }

  /** With an input of its own to write to. */
  startPiped(...args: readonly string[]): ChildProcess {
    return spawn(path.join(root, "bin", "temoin"), args, { cwd: this.dir, env: this.env });
  }

  ended(child: ChildProcess): Promise<Ended> {
    const result = Promise.withResolvers<Ended>();
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", result.reject);
    child.once("close", (code, signal) => result.resolve({ code, signal, stdout, stderr }));
    return result.promise;
  }

  /** Was the process started from here, by whomever? */
  owns(pid: number): boolean {
    return hasInEnvironment(pid, "SCRATCH_PROJECT", this.folder);
  }

  /** Removes everything; fails when a process was left running, after ending it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = readProcessTable().filter((row) => this.owns(row.pid));
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended in the meantime, which is all that was wanted.
      }
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    assert.deepEqual(
      left.map((row) => row.pid),
      [],
      "processes were left running",
    );
  }
}

/** A repository with one commit and a temoin.yaml. */
export async function openScratch(options: ScratchOptions = {}): Promise<Scratch> {
  const folder = await realpath(
    await mkdtemp(path.join(options.within ?? os.tmpdir(), "temoin-e2e-")),
  );
  const scratch = new Scratch(folder, options.name ?? "project");
  await mkdir(scratch.dir, { recursive: true });
  const identity = "[user]\n\tname = Person\n\temail = person@example.com\n";
  // A kill is no loss of power: what was written is there.
  const quick = "[init]\n\tdefaultBranch = main\n[core]\n\tfsync = none\n";
  await writeFile(path.join(folder, "gitconfig"), `${identity}${quick}`);
  // JSON: an agent starts in half the time when it need not load a reader of YAML.
  const scriptFile = path.join(folder, "script.json");
  const script = options.script ?? { "*": [{ write: defaultWork }] };
  await writeFile(scriptFile, JSON.stringify(script));
  const agents = Object.entries(options.agents ?? { ada: {}, bo: {} }).map(([name, more]) => [
    name,
    { driver: "command", command: [process.execPath, fakeAgent, scriptFile], ...more },
  ]);
  const config = { version: 1, agents: Object.fromEntries(agents), ...options.config };
  await scratch.write("temoin.yaml", stringify(config));
  await scratch.write("README.md", "# Scratch\n");
  for (const [file, text] of Object.entries(options.files ?? {})) await scratch.write(file, text);
  await scratch.git("init", "--quiet");
  await scratch.git("add", "--all");
  await scratch.git("commit", "--quiet", "--message", "first");
  return scratch;
}

const defaultWork = { path: "work/{task}.txt", text: "attempt {attempt}\n" };

/** How many merges of temoin lie on a branch, by task. */
export async function landings(scratch: Scratch, branch = "main"): Promise<readonly string[]> {
  const format = "--format=%(trailers:key=Temoin-Task,valueonly,separator=%x2C)";
  const text = await scratch.git("log", "--first-parent", "--reverse", format, branch);
  return text.split("\n").filter((line) => line !== "");
}
