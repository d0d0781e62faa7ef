/** `bin/temoin` from a checkout and installed, on a Node that is new enough and on an older one. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { type Checkout, link, makeCheckout, repository, start } from "./checkout.ts";

/** A program in the place of ours: tells what it was given and where it runs. */
const tell = `
console.log(JSON.stringify({
  pid: process.pid,
  version: process.version,
  args: process.argv.slice(2),
  pipe: process.env.TEMOIN_PARENT_PIPE ?? null,
}));`;

/** Ready for the signal before it tells: what is told is the cue. */
const stays = `process.on("SIGTERM", () => process.exit(42)); setInterval(() => {}, 1000);\n${tell}`;

interface Told {
  readonly pid: number;
  readonly version: string;
  readonly args: readonly string[];
  readonly pipe: string | null;
}

function told(line: string): Told {
  return JSON.parse(line);
}

function command(checkout: Checkout): string {
  return path.join(checkout.root, "bin", "temoin");
}

/** As an older Node would be called by name. */
function byOlderNode(checkout: Checkout): [string, ...string[]] {
  return [checkout.olderNode, command(checkout)];
}

async function makeInstalled(main: string): Promise<Checkout> {
  const checkout = await makeCheckout();
  for (const unpublished of ["scripts", "package-lock.json"]) {
    rmSync(path.join(checkout.root, unpublished), { recursive: true });
  }
  await checkout.write("dist/main.js", main);
  return checkout;
}

test("temoin --version says the version of package.json, from any directory", async () => {
  await using checkout = await makeCheckout();
  const { version } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
  const bin = path.join(repository, "bin", "temoin");
  const ended = await start([bin, "--version"], { env: checkout.env, cwd: "/" }).ended;
  assert.deepEqual(ended, { code: 0, signal: null, stdout: `${version}\n`, stderr: "" });
});

test("from a fresh checkout it brings what is missing, tells so on stderr, and runs the source", async () => {
  await using checkout = await makeCheckout();
  await checkout.write("src/main.ts", `${tell} const typed: number = 1; void typed;`);
  const first = await start([command(checkout), "a b", "-c"], { env: checkout.env }).ended;
  assert.deepEqual(told(first.stdout).args, ["a b", "-c"]);
  assert.match(first.stderr, /^temoin: installing the dependencies/);

  const second = await start([command(checkout)], { env: checkout.env }).ended;
  assert.equal(second.stderr, "");
  assert.equal((await checkout.npmCalls()).length, 1);
});

test("when the dependencies cannot be brought it ends with 1 and runs nothing", async () => {
  await using checkout = await makeCheckout();
  await checkout.write("src/main.ts", tell);
  const env = { ...checkout.env, NPM_FAILS: "yes" };
  const ended = await start([command(checkout)], { env }).ended;
  assert.equal(ended.code, 1);
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /npm ci failed/);
});

test("on an older Node the checkout's own is brought, and is used from then on", async () => {
  await using checkout = await makeCheckout();
  await checkout.write("src/main.ts", tell);
  await checkout.putOlderNodeFirst();
  const first = await start([command(checkout), "x"], { env: checkout.env }).ended;
  assert.equal(told(first.stdout).version, process.version);
  assert.deepEqual(told(first.stdout).args, ["x"]);
  assert.match(first.stderr, /this is v20\.20\.2\. Bringing v/);

  const started = start([command(checkout)], { env: checkout.env });
  const { pid, version } = told(await started.firstLine);
  assert.equal(version, process.version);
  assert.equal(pid, started.pid, "one process: no wrapper that a kill could take alone");
  assert.equal((await started.ended).stderr, "");
});

test("called by the name of an older Node it hands signals on and ends as the program does", async () => {
  await using checkout = await makeCheckout();
  await checkout.write("src/main.ts", stays);
  const started = start(byOlderNode(checkout), { env: checkout.env });
  const { pid, pipe } = told(await started.firstLine);
  assert.notEqual(pid, started.pid);
  assert.equal(pipe, null, "what is started from there must not take the pipe for its own");
  started.kill("SIGTERM");
  assert.equal((await started.ended).code, 42);
});

test("a signal that ends the program is how the caller sees it end", async () => {
  await using checkout = await makeCheckout();
  await checkout.write(
    "src/main.ts",
    'process.kill(process.pid, "SIGHUP"); setInterval(() => {}, 9);',
  );
  const ended = await start(byOlderNode(checkout), { env: checkout.env }).ended;
  assert.equal(ended.signal, "SIGHUP");
});

test("kill -9 of the older Node that was called takes the program with it", async () => {
  await using checkout = await makeCheckout();
  await checkout.write("src/main.ts", stays);
  const started = start(byOlderNode(checkout), { env: checkout.env });
  await started.firstLine;
  started.kill("SIGKILL");
  // It has ended when standard output is closed, which the program holds open as long as it lives.
  assert.equal((await started.ended).signal, "SIGKILL");
});

test("installed, it runs what was built, through the link that npm makes", async () => {
  await using checkout = await makeInstalled(tell);
  const linked = path.join(checkout.root, "elsewhere", ".bin", "temoin");
  await link(command(checkout), linked);
  const ended = await start([linked, "ls", "--json"], { env: checkout.env }).ended;
  assert.deepEqual(told(ended.stdout).args, ["ls", "--json"]);
  assert.equal(ended.stderr, "");
});

test("installed, on an older Node, it says in one sentence what it needs and ends with 1", async () => {
  await using checkout = await makeInstalled(tell);
  await checkout.putOlderNodeFirst();
  const ended = await start([command(checkout), "run"], { env: checkout.env }).ended;
  assert.deepEqual(ended, {
    code: 1,
    signal: null,
    stdout: "",
    stderr:
      "temoin needs Node.js 24.15 or newer; this is v20.20.2. Install it from https://nodejs.org and put it first on PATH.\n",
  });
  assert.deepEqual(await checkout.npmCalls(), []);
});

test("compiled code is kept in the user's cache directory", async () => {
  await using checkout = await makeInstalled(tell);
  await start([command(checkout)], { env: checkout.env }).ended;
  const cache = path.join(checkout.env["XDG_CACHE_HOME"] ?? "", "temoin", "compile-cache");
  assert.ok(existsSync(cache) && readdirSync(cache).length > 0);
});
