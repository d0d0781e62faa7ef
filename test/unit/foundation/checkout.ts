/**
 * A small checkout in a temporary directory, whose path has a space, with a `npm` that asks no
 * network: it writes what it is asked to install, and a line per call into `npm-calls`.
 */

import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";

export const repository = path.join(import.meta.dirname, "..", "..", "..");

const fakeNpm = `
const fs = require("fs"), path = require("path");
const args = process.argv.slice(2);
fs.appendFileSync(process.env.NPM_CALLS, args.join(" ") + "\\n");
if (process.env.NPM_FAILS) {
  console.error("npm error network is unreachable");
  process.exit(7);
}
const root = args[args.indexOf("--prefix") + 1];
const modules = path.join(root, "node_modules");
fs.mkdirSync(path.join(modules, ".bin"), { recursive: true });
const wanted = args.find((arg) => arg.startsWith("node-linux-"));
if (wanted) {
  const [name, version] = wanted.split("@");
  fs.mkdirSync(path.join(modules, name));
  fs.writeFileSync(path.join(modules, name, "package.json"), JSON.stringify({ version }));
  fs.symlinkSync(process.execPath, path.join(modules, ".bin", "node"));
} else {
  fs.copyFileSync(path.join(root, "package-lock.json"), path.join(modules, ".package-lock.json"));
}
`;

/**
 * What makes a Node say that it is an older one, on the platform that is named by OLD_PLATFORM; also
 * where it is called again by its own path.
 */
const olderNode = (program: string) => `
process.execPath = ${JSON.stringify(program)};
Object.defineProperty(process.versions, "node", { value: "20.20.2" });
Object.defineProperty(process, "version", { value: "v20.20.2" });
Object.defineProperty(process, "arch", { value: "x64" });
Object.defineProperty(process, "platform", { value: process.env.OLD_PLATFORM || "linux" });
`;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Checkout implements AsyncDisposable {
  readonly root: string;
  readonly #scratch: string;
  readonly #programs: string;

  constructor(scratch: string) {
    this.#scratch = scratch;
    this.root = path.join(scratch, "a check out");
    this.#programs = path.join(scratch, "programs");
  }

  /** A program beside the root, so that nothing in the checkout is touched. */
  get olderNode(): string {
    return path.join(this.#scratch, "older", "node");
  }

  get env(): NodeJS.ProcessEnv {
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, NODE_COMPILE_CACHE: ___, ...env } = process.env;
    return {
      ...env,
      HOME: this.#scratch,
      XDG_CACHE_HOME: path.join(this.#scratch, "cache"),
      NPM_CALLS: path.join(this.#scratch, "npm-calls"),
      PATH: [this.#programs, path.dirname(process.execPath), env["PATH"]].join(path.delimiter),
    };
  }

  /** Puts the older `node` first on PATH. */
  async putOlderNodeFirst(): Promise<void> {
    await link(this.olderNode, path.join(this.#programs, "node"));
  }

  async write(file: string, content: string): Promise<void> {
    const target = path.join(this.root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }

  async writeLock(version: string): Promise<void> {
    const packages = {
      "": {},
      "node_modules/needed": { version },
      "node_modules/elsewhere": { version, optional: true },
    };
    await this.write("package-lock.json", JSON.stringify({ packages }));
  }

  /** What npm was asked to do, one call per entry. */
  async npmCalls(): Promise<readonly string[]> {
    try {
      const calls = await readFile(path.join(this.#scratch, "npm-calls"), "utf8");
      return calls.trimEnd().split("\n");
    } catch {
      // It was never called.
      return [];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#scratch, { recursive: true, force: true });
  }

  async fill(): Promise<void> {
    await mkdir(this.root);
    await mkdir(this.#programs);
    await mkdir(path.dirname(this.olderNode));
    const preload = `${this.olderNode}.cjs`;
    await writeFile(preload, olderNode(this.olderNode));
    await writeProgram(this.olderNode, `"${process.execPath}" --require "${preload}"`);
    const npm = path.join(this.#programs, "npm");
    await writeFile(`${npm}.cjs`, fakeNpm);
    await writeProgram(npm, `"${process.execPath}" "${npm}.cjs"`);
    for (const kept of ["bin", "scripts/bootstrap.mjs", "package.json", ".npmrc"]) {
      await cp(path.join(repository, kept), path.join(this.root, kept), { recursive: true });
    }
    await this.writeLock("1.0.0");
  }
}

export async function makeCheckout(): Promise<Checkout> {
  const checkout = new Checkout(await mkdtemp(path.join(tmpdir(), "temoin-checkout-")));
  await checkout.fill();
  return checkout;
}

export interface Started {
  readonly pid: number;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** The first line on standard output; rejects when the program ends without one. */
  readonly firstLine: Promise<string>;
  readonly ended: Promise<Ended>;
}

export function start(
  command: readonly [string, ...string[]],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Started {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const firstLine = new Promise<string>((resolve, reject) => {
    child.once("close", () => reject(new Error(`${program} has ended without a line`)));
    let seen = "";
    child.stdout.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes("\n")) resolve(seen.slice(0, seen.indexOf("\n")));
    });
  });
  // Not every test asks for it.
  firstLine.catch(() => {});
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", async (code, signal) => {
      const [stdout, stderr] = await outputs;
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { pid: child.pid ?? 0, kill: (signal) => child.kill(signal), firstLine, ended };
}

/** Links `to` to `from`, as npm does for the programs of a package. */
export async function link(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await symlink(from, to);
}

/** Not by a `#!` of its own: that may not hold a space, and Node may live in a directory with one. */
async function writeProgram(file: string, call: string): Promise<void> {
  await writeFile(file, `#!/bin/sh\nexec ${call} "$@"\n`, { mode: 0o755 });
}
