/** What others can put in the way of the windows of a run. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { tmuxSocketPath } from "../../src/app/places.ts";
import { openStage } from "./stage.ts";

test("a tmux socket in a folder that others can write to is not spoken to", async () => {
  const eve = { driver: "terminal", profile: "claude" };
  await using stage = await openStage({ agents: { ada: {}, eve } });
  await stage.add("T-1");
  // A second run looks for the windows that the first may have left.
  assert.equal((await (await stage.run()).over).exitCode, 0);
  const socket = tmuxSocketPath(stage.scratch.env, await stage.app.place());
  await chmod(path.dirname(socket), 0o777);
  let asked = 0;
  const server = createServer((client) => {
    asked += 1;
    client.destroy();
  }).listen(socket);
  await once(server, "listening");
  try {
    await assert.rejects(stage.start(), /can be written to by other users/);
    assert.equal(asked, 0);
  } finally {
    server.close();
  }
});
