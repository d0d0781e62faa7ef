import assert from "node:assert/strict";
import { appendFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { openScratch } from "./scratch-project.ts";

test("logs -f goes on as an agent prints, until it is ended", async () => {
  await using scratch = await openScratch({ agents: { ada: {} } });
  await scratch.temoin("add", "One");
  await scratch.temoin("run");
  const log = path.join(scratch.dir, ".temoin", "logs", "ada-1.log");
  const child = scratch.startTemoin("logs", "ada", "-f");
  const ended = scratch.ended(child);
  let text = "";
  let changed = Promise.withResolvers<void>();
  child.stdout?.on("data", (part: string) => {
    text += part;
    changed.resolve();
    changed = Promise.withResolvers();
  });
  const shows = async (words: string): Promise<void> => {
    while (!text.includes(words)) await changed.promise;
  };
  await shows("prompt T-1/1/1");
  await appendFile(log, "half ");
  await appendFile(log, "a line\n");
  await shows("\nhalf a line\n");
  child.kill("SIGTERM");
  assert.equal((await ended).code, 143);
});
