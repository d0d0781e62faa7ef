/**
 * An agent in bubblewrap that tries to get out. Where bubblewrap is not there, or the machine lets
 * nobody make a sandbox, the same tests hold the refusal instead: the agent is not started.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { socketPath, tmuxSocketPath } from "../../src/app/places.ts";
import { landings } from "../e2e/scratch-project.ts";
import { openStage, type Stage, sh } from "../e2e/stage.ts";

const fakes = fileURLToPath(new URL("../fake-agent", import.meta.url));
const tried = spawnSync("bwrap", [
  "--unshare-user-try",
  "--unshare-pid",
  "--ro-bind",
  "/",
  "/",
  "true",
]);
const isThere = tried.status === 0;

/** Runs in the workspace. What gets through stands in `escaped`, what should work and does not in `broken`. */
function hostile(stage: Stage, sockets: Readonly<Record<string, string>>): string {
  const { scratch } = stage;
  const git = `${scratch.dir}/.git`;
  const worktrees = `${scratch.folder}/state/temoin`;
  const deeds: Readonly<Record<string, string>> = {
    home: 'echo x > "$HOME/escaped"',
    profile: 'echo x >> "$HOME/.profile"',
    checkout: `echo x > ${scratch.dir}/escaped.txt`,
    yaml: `echo x >> ${scratch.dir}/temoin.yaml`,
    config: "git config core.sshCommand evil",
    "config by hand": `echo "[core]" >> ${git}/config`,
    hooks: `echo x > ${git}/hooks/post-commit`,
    attributes: `mkdir -p ${git}/info && echo "* filter=evil" >> ${git}/info/attributes`,
    objects: `rm -f ${git}/temoin/objects/shared/pack/* && rm -rf ${git}/temoin/objects/shared/*`,
    "a packed ref": `echo x >> ${git}/packed-refs`,
    main: "git update-ref refs/heads/main HEAD",
    target: "git update-ref refs/temoin/target/main HEAD",
    "a saved ref": "git update-ref refs/temoin/saved/T-9/1/1 HEAD",
    commondir: 'd="$(git rev-parse --git-dir)"; mkdir evil && echo "$PWD/evil" > "$d/commondir"',
    "commondir renamed": 'd="$(git rev-parse --git-dir)"; mv "$d/commondir" "$d/old"',
    "git directory": 'd="$(git rev-parse --git-dir)"; mv "$d" "$d-old"',
    "settings of the worktree": 'd="$(git rev-parse --git-dir)"; echo x > "$d/config.worktree"',
    submodules: 'd="$(git rev-parse --git-dir)"; mkdir "$d/modules/evil"',
    alternates: `echo ${scratch.folder} > ${git}/objects/info/alternates`,
    "another worktree": `ls ${worktrees}/*/landing || ls ${worktrees}/*/scratch || ls ${worktrees}/*/*.json`,
    store: `cat ${scratch.dir}/.temoin/store.db`,
    tokens: `cat ${scratch.dir}/.temoin/tokens.json`,
    "state written": `echo x > ${scratch.dir}/.temoin/prompts/x`,
    "control socket": `test -e ${sockets["control"]}`,
    "tmux socket": `test -e ${sockets["tmux"]}`,
    // The pattern does not find itself.
    processes: "grep -qs 'sandbox[.]test[.]ts' /proc/[0-9]*/cmdline",
    mounting: "mount -t tmpfs none /mnt || mount -o remount,rw /",
    "the kernel": "test -w /proc/sys/kernel/core_pattern || test -w /proc/sysrq-trigger",
    "a session bus": "test -e /run/user || test -e /run/docker.sock || test -e /run/dbus",
    "the system": "echo x > /etc/escaped || echo x > /usr/escaped || echo x > /var/tmp/escaped",
    "a cancel": `TEMOIN_TOKEN= ${process.execPath} -e '${ask}'`,
  };
  const works: Readonly<Record<string, string>> = {
    "a file": "echo work > work.txt",
    "a commit": "git add work.txt && git -c user.name=A -c user.email=a@b commit -q -m mine",
    "a second commit":
      "echo 2 > two.txt && git add two.txt && git -c user.name=A -c user.email=a@b commit -q -m two",
    history: "git log --oneline && git show main:README.md && git diff HEAD~1",
    tidying: "git repack -q -d -l",
    "a repository of its own":
      "git init -q /tmp/own && cd /tmp/own && git -c user.name=A -c user.email=a@b commit -q --allow-empty -m x",
    "the prompt": 'test -z "$TEMOIN_PROMPT_FILE" || test -s "$TEMOIN_PROMPT_FILE"',
    "a temporary file": 'echo x > "$(mktemp)"',
    "a report": "temoin report note 'from within'",
    // It is hidden, and not told to be empty.
    "a look": "temoin ls 2>&1 | grep -q 'does not see the queue'",
  };
  const line =
    (verdict: string, file: string) =>
    ([name, deed]: readonly [string, string]): string =>
      `( ${deed} ) >/tmp/said 2>&1 ${verdict} { echo '${name}' >> ${file}; cat /tmp/said >> ${file}; }`;
  return [
    ...Object.entries(works).map(line("||", "broken")),
    ...Object.entries(deeds).map(line("&&", "escaped")),
    "touch broken escaped; rm -rf evil",
  ].join("\n");
}

/** Speaks to the one socket that it has as a person would. */
const ask =
  'const s = require("net").connect(process.env.TEMOIN_SOCKET);' +
  's.write(JSON.stringify({verb: "ask", token: null, input: {type: "pause", id: null}}) + "\\n");' +
  's.on("data", (d) => process.exit(String(d).includes("error") ? 1 : 0)); s.on("error", () => process.exit(1))';

async function assertKept(stage: Stage, before: readonly string[]): Promise<void> {
  const { scratch } = stage;
  assert.equal(await scratch.git("show", "main:escaped"), "");
  assert.equal(await scratch.git("show", "main:broken"), "");
  assert.equal(await scratch.git("show", "main:work.txt"), "work");
  const head = await scratch.git("rev-parse", "main^2~1");
  assert.match(await scratch.git("log", "--format=%s", "-3", head), /two\nmine\nfirst/);
  assert.deepEqual(await landings(scratch), ["T-1"]);
  assert.deepEqual((await readdir(scratch.folder)).toSorted(), [...before].toSorted());
  // Nothing rests on the store of the slot: what it held was taken over.
  const stores = path.join(scratch.dir, ".git", "temoin", "objects");
  await writeFile(path.join(scratch.dir, ".git", "objects", "info", "alternates"), "");
  assert.deepEqual((await readdir(stores)).toSorted(), ["ada-1", "shared"]);
  await scratch.git("fsck", "--strict", "--full");
  assert.equal(await scratch.git("status", "--porcelain"), "");
  assert.equal((await stage.app.state()).paused, false);
  const [attempt] = (await stage.task("T-1")).attempts;
  assert.deepEqual(
    attempt?.reports.map(({ text }) => text),
    ["from within"],
  );
}

async function prepare(stage: Stage): Promise<readonly string[]> {
  const { scratch } = stage;
  const place = await stage.app.place();
  const sockets = {
    control: socketPath(scratch.env, place),
    tmux: tmuxSocketPath(scratch.env, place),
  };
  await writeFile(path.join(scratch.folder, "hostile.sh"), hostile(stage, sockets));
  await stage.add("T-1");
  return [...(await readdir(scratch.folder)), "state", "temoin"];
}

async function assertRefused(stage: Stage): Promise<void> {
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 7, why);
  assert.match(why, /Cannot start agent `ada` in its sandbox: `bwrap`/);
  assert.equal(run.of("landed").length, 0);
}

test("an agent that is one process per turn works in its sandbox, and gets nowhere else", async () => {
  await using stage = await openStage({
    agents: { ada: { sandbox: "bwrap" } },
    script: { "T-1": [sh('sh "$HOME/hostile.sh"')] },
  });
  const before = await prepare(stage);
  if (!isThere) return await assertRefused(stage);
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 0, `${why}\n${run.problems.join("\n")}`);
  await assertKept(stage, before);
  const cleaned = await stage.app.clean({ removes: true, proofAgeMs: 0 });
  assert.deepEqual([cleaned.failed, cleaned.stays], [[], []], "what a sandbox needs keeps nothing");
});

/** What is started, by the script of the slot's agent, and the folders of its CLI in the home. */
const drivers = {
  "a window of tmux": {
    agent: { driver: "terminal", profile: "claude" },
    program: ["fake-tui.ts", "--like", "claude"],
    folders: [".claude"],
  },
  "the driver `claude` in tmux": {
    agent: { driver: "claude", transport: "tmux" },
    program: ["fake-tui.ts", "--like", "claude"],
    folders: [".claude"],
  },
  "the driver `claude` without a screen": {
    agent: { driver: "claude", transport: "headless" },
    program: ["fake-stream.ts", "--like", "claude"],
    folders: [".claude"],
  },
  "the driver `codex` without a screen": {
    agent: { driver: "codex", transport: "headless" },
    program: ["fake-codex.ts"],
    folders: [".codex"],
  },
  "the driver `opencode` without a screen": {
    agent: { driver: "opencode", transport: "headless" },
    program: ["fake-opencode.ts"],
    folders: [".local", "config", "cache"],
  },
  "the driver `acp`": {
    agent: { driver: "acp" },
    program: ["fake-acp.ts"],
    folders: [],
  },
  "the driver `amp`": {
    agent: { driver: "amp", transport: "headless" },
    program: ["fake-stream.ts", "--like", "amp"],
    folders: [".local", "config", "cache"],
  },
} as const;

for (const [what, { agent, program, folders }] of Object.entries(drivers)) {
  test(`an agent of ${what} works in its sandbox, and gets nowhere else`, async () => {
    await using stage = await openStage();
    const { scratch } = stage;
    const scriptFile = path.join(scratch.folder, "script.json");
    const [file, ...args] = program;
    const manners = agent.driver === "terminal" ? { manners: { enter_after_start_ms: 0 } } : {};
    const script = { "T-1": [sh('sh "$HOME/hostile.sh"')], ...manners };
    await writeFile(scriptFile, JSON.stringify(script));
    const command = [process.execPath, path.join(fakes, file), ...args, scriptFile];
    const env = { XDG_CACHE_HOME: path.join(scratch.folder, "cache") };
    const ada = { ...agent, sandbox: "bwrap", command, env };
    await scratch.write("temoin.yaml", stringify({ version: 1, agents: { ada } }));
    await scratch.git("commit", "--quiet", "--all", "--message", "first");
    const before = await prepare(stage);
    if (!isThere) return await assertRefused(stage);
    const run = await stage.run();
    const { exitCode, why } = await run.over;
    assert.equal(exitCode, 0, `${why}\n${run.problems.join("\n")}`);
    await assertKept(stage, [...before, ...folders]);
  });
}

test("without bubblewrap its agent is not started, and the doctor says what to install", async () => {
  await using stage = await openStage({ agents: { ada: { sandbox: "bwrap" } } });
  const { scratch } = stage;
  const bin = path.join(scratch.folder, "bin");
  await mkdir(bin);
  for (const name of ["git", "sh", "ps", "env", "tmux"]) {
    const { stdout } = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    if (stdout.trim() !== "") await symlink(stdout.trim(), path.join(bin, name));
  }
  scratch.env["PATH"] = [bin, path.dirname(process.execPath)].join(":");
  await stage.add("T-1");
  const run = await stage.run();
  const { exitCode, why } = await run.over;
  assert.equal(exitCode, 7);
  const says =
    /Cannot start agent `ada` in its sandbox: `bwrap` was not found on PATH\. Install it \(Debian: apt-get install bubblewrap\), or set `agents\.ada\.sandbox: none`\./;
  assert.match(why, says);
  const told = await scratch.temoin("doctor");
  assert.equal(told.code, 1);
  assert.match(told.stdout, says);
  assert.equal(await readFile(path.join(scratch.dir, "README.md"), "utf8"), "# Scratch\n");
});
