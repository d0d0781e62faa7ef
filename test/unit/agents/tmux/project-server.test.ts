/** The one server of a project: shared, opened anew when it was lost, left where windows are. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { ProjectServer } from "../../../../src/agents/tmux/project-server.ts";
import type { TmuxServer } from "../../../../src/agents/tmux/tmux.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { findProcess } from "../../../../src/lib/process-table.ts";

async function openPlace(): Promise<AsyncDisposable & { readonly socket: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), "tp-"));
  return {
    socket: path.join(directory, "s"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function serverAt(socket: string): ProjectServer {
  return new ProjectServer({ clock: systemClock, graceMs: 300, socket: { path: socket } });
}

function openWindow(server: TmuxServer) {
  return server.open({ name: "w", cwd: "/", command: ["cat"], env: {}, options: {} });
}

describe("the project's server", () => {
  test("is not started until a window is wanted, and is the same for all who ask", async () => {
    await using place = await openPlace();
    await using shared = serverAt(place.socket);
    assert.equal(shared.isThere, false);
    assert(!existsSync(place.socket));
    const [one, other] = await Promise.all([shared.open(), shared.open()]);
    assert.equal(one, other);
    assert.equal(shared.isThere, true);
  });

  test("ends with the last window", async () => {
    await using place = await openPlace();
    let pid = 0;
    {
      await using shared = serverAt(place.socket);
      const server = await shared.open();
      pid = server.pid;
      await (await openWindow(server)).close();
    }
    assert.equal(findProcess(pid), null);
    assert(!existsSync(place.socket));
  });

  test("stays while there are windows, for whoever comes next", async () => {
    await using place = await openPlace();
    let pid = 0;
    {
      await using shared = serverAt(place.socket);
      const server = await shared.open();
      pid = server.pid;
      await openWindow(server);
    }
    assert(findProcess(pid) !== null);
    await using next = serverAt(place.socket);
    assert.equal(next.isThere, true);
    const server = await next.open();
    assert.equal(server.pid, pid);
    for (const window of await server.windows()) await window.close();
  });

  test("is opened anew when it was lost", async () => {
    await using place = await openPlace();
    await using shared = serverAt(place.socket);
    const first = await shared.open();
    process.kill(first.pid, "SIGKILL");
    await first.gone;
    const second = await shared.open();
    assert.notEqual(second.pid, first.pid);
  });

  test("that cannot be started is tried again by the next who asks", async () => {
    await using shared = serverAt("/no/such/place/s");
    await assert.rejects(shared.open(), /could not be started/);
    await assert.rejects(shared.open(), /could not be started/);
    assert.equal(shared.isThere, false);
  });
});
