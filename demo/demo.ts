/**
 * The demo: a small repository with a red test, eight tasks, three fake agents. One lies, one dies
 * half-way, two change the same file, one commits by itself. Everything but the agents is real:
 * git, worktrees, gates, landings. Exits with what `temoin run` exits with.
 */

import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = path.dirname(path.resolve(here));
const temoin = path.join(root, "bin", "temoin");

const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), "temoin-demo-")));
const sample = path.join(folder, "inkwell");

await cp(path.join(here, "sample"), sample, { recursive: true });
await writeFile(path.join(sample, "temoin.yaml"), await configuration());

/** A home of its own: no setting of yours matters, and none is touched. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  HOME: folder,
  XDG_STATE_HOME: path.join(folder, "state"),
  XDG_CONFIG_HOME: path.join(folder, "config"),
  GIT_CONFIG_GLOBAL: path.join(folder, "gitconfig"),
  GIT_CONFIG_NOSYSTEM: "1",
  PATH: [path.join(root, "node_modules", ".bin"), process.env["PATH"]].join(path.delimiter),
};
await writeFile(
  path.join(folder, "gitconfig"),
  "[user]\n\tname = You\n\temail = you@example.com\n[init]\n\tdefaultBranch = main\n",
);

// Ctrl-C goes to temoin too, which ends in order; the demo waits for it.
process.on("SIGINT", () => undefined);

await quietly("git", ["init", "--quiet"]);
await quietly("git", ["add", "--all"]);
await quietly("git", ["commit", "--quiet", "--message", "Inkwell 0.1, with a red test"]);

console.log(`A repository with one red test, eight tasks in plan.md, three fake agents. Watch
  FIX-1    all others depend on it, so two agents are idle until it has landed
  TRUNC-1  its agent says that all tests pass; they do not, and it is sent back
  TITLE-1  its agent is killed half-way; another one goes on from its files
`);
const imported = await show(["import", "plan.md"]);
const exitCode = imported === 0 ? await show(["run"]) : imported;
if (exitCode === 0) await show(["ls"]);

console.log(`\nLook at it: cd ${sample}`);
console.log("  git log --oneline --graph    what has landed");
console.log("  cat .temoin/LOG.md           what happened, and when");
process.exitCode = exitCode;

async function configuration(): Promise<string> {
  const text = await readFile(path.join(here, "temoin.yaml"), "utf8");
  return text
    .replaceAll("{{fake-agent}}", path.join(root, "test", "fake-agent", "fake-agent.ts"))
    .replaceAll("{{script}}", path.join(here, "agents.yaml"));
}

async function show(args: readonly string[]): Promise<number> {
  console.log(`$ temoin ${args.join(" ")}`);
  const code = await run(temoin, args);
  console.log("");
  return code;
}

async function quietly(program: string, args: readonly string[]): Promise<void> {
  const code = await run(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
}

function run(program: string, args: readonly string[]): Promise<number> {
  const ended = Promise.withResolvers<number>();
  const child = spawn(program, args, { cwd: sample, env, stdio: ["ignore", "inherit", "inherit"] });
  child.once("error", ended.reject);
  child.once("close", (code) => ended.resolve(code ?? 1));
  return ended.promise;
}
