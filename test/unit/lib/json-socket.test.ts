import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import { askJson, serveJson } from "../../../src/lib/json-socket.ts";

async function folder(): Promise<AsyncDisposable & { readonly at: string }> {
  const at = await mkdtemp(path.join(os.tmpdir(), "temoin-socket-"));
  return { at, [Symbol.asyncDispose]: () => rm(at, { recursive: true, force: true }) };
}

test("a question is answered with what the server returns, whatever its length", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "s", "a.sock");
  await using _server = await serveJson(at, async (question) => ({ heard: question }));
  const long = "é\n".repeat(200_000);
  assert.deepEqual(await askJson(at, { long }), { result: { heard: { long } } });
});

test("an AppError of the server reaches the asker with its code and its hint", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "a.sock");
  await using _server = await serveJson(at, async () => {
    throw new AppError("locked", "It is held.", { hint: "Wait." });
  });
  await assert.rejects(askJson(at, {}), { code: "locked", message: "It is held.", hint: "Wait." });
});

test("nobody listening is an answer, not an error", async () => {
  await using dir = await folder();
  assert.equal(await askJson(path.join(dir.at, "a.sock"), {}), null);
  await writeFile(path.join(dir.at, "b.sock"), "");
  assert.equal(await askJson(path.join(dir.at, "b.sock"), {}), null);
});

test("the socket of one that was killed is taken over", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "a.sock");
  await writeFile(at, "left behind");
  await using _server = await serveJson(at, async () => "here");
  assert.deepEqual(await askJson(at, null), { result: "here" });
});

test("what is not JSON is answered with an error, and the server goes on", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "a.sock");
  await using _server = await serveJson(at, async (question) => question);
  const socket = connect(at);
  const answer = Promise.withResolvers<string>();
  socket.on("data", (chunk) => answer.resolve(chunk.toString()));
  socket.write("{ not json\n");
  assert.match(await answer.promise, /"code":"usage"/);
  assert.deepEqual(await askJson(at, 1), { result: 1 });
});

test("an asker that goes away in the middle stops nobody", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "a.sock");
  await using _server = await serveJson(at, async (question) => question);
  const socket = connect(at);
  const closed = Promise.withResolvers<void>();
  socket.once("connect", () => {
    socket.write('{"half":');
    socket.destroy();
  });
  socket.once("close", () => closed.resolve());
  await closed.promise;
  assert.deepEqual(await askJson(at, 2), { result: 2 });
});

test("a server that ends before it answers is told as such", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "a.sock");
  const asked = Promise.withResolvers<void>();
  const server = await serveJson(at, () => {
    asked.resolve();
    return Promise.withResolvers<never>().promise;
  });
  const refused = assert.rejects(askJson(at, 3), { code: "failed" });
  await asked.promise;
  await server[Symbol.asyncDispose]();
  await refused;
});

test("an asker that is suspended does not keep the server from ending", async () => {
  await using dir = await folder();
  const at = path.join(dir.at, "a.sock");
  const asked = Promise.withResolvers<void>();
  const server = await serveJson(at, () => {
    asked.resolve();
    return Promise.withResolvers<never>().promise;
  });
  // It reads nothing, and so never learns that the other side wants to end.
  const program = `const s = require("net").connect(${JSON.stringify(at)}); s.write("1\\n");`;
  const asker = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
  const gone = once(asker, "exit");
  await asked.promise;
  asker.kill("SIGSTOP");
  await server[Symbol.asyncDispose]();
  asker.kill("SIGKILL");
  await gone;
});

test("a folder that others can write to is refused", async () => {
  await using dir = await folder();
  const open = path.join(dir.at, "open");
  await mkdir(open);
  await chmod(open, 0o777);
  await assert.rejects(
    serveJson(path.join(open, "a.sock"), async () => null),
    {
      code: "refused",
      message: /can be written to by other users/,
    },
  );
});
