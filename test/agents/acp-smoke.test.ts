/**
 * The ACP adapter of Claude Code on the model server: one prompt, one tool, one file. Spoken by hand,
 * a line of JSON each way, so that it proves the lab without any driver.
 */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openModelServer } from "../model-servers/model-server.ts";
import { environmentFor, openLaunch } from "./launch.ts";

type Json = ReturnType<typeof JSON.parse>;

test("acp writes the file that the script names, after it was allowed to", async () => {
  await using server = await openModelServer();
  await using launch = await openLaunch("acp", { url: server.url, trusted: [] });
  const cwd = path.join(launch.home, "work");
  await mkdir(cwd);
  const child = spawn(launch.command[0], {
    cwd,
    env: environmentFor(launch),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(child, "exit");
  const send = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const answers = new Map<number, (answer: Json) => void>();
  let asked = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message: Json = JSON.parse(line);
    if (message.method === "session/request_permission") {
      asked += 1;
      const allow = message.params.options.find((one: Json) => one.kind === "allow_once");
      const outcome = { outcome: "selected", optionId: allow.optionId };
      send({ id: message.id, result: { outcome } });
    } else if (message.method === undefined) {
      answers.get(message.id)?.(message);
    }
  });
  const call = async (id: number, method: string, params: object): Promise<Json> => {
    const answer = new Promise<Json>((resolve) => answers.set(id, resolve));
    send({ id, method, params });
    const { result, error } = await answer;
    assert.equal(error, undefined, JSON.stringify(error));
    return result;
  };

  await call(1, "initialize", { protocolVersion: 1, clientCapabilities: {} });
  const { sessionId } = await call(2, "session/new", { cwd, mcpServers: [] });
  const text = "Make a file.\n<fake>write=by-script.txt text={{a line}}</fake>";
  const prompt = [{ type: "text", text }];
  const { stopReason } = await call(3, "session/prompt", { sessionId, prompt });
  assert.equal(stopReason, "end_turn");
  assert.equal(await readFile(path.join(cwd, "by-script.txt"), "utf8"), "a line\n");
  assert.equal(asked, 1);
  assert.deepEqual(server.log.prompts, [text]);
  child.stdin.end();
  await ended;
});
