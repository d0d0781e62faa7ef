import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionRequest } from "../../../../src/agents/driver.ts";
import { loadProfile } from "../../../../src/agents/profile/load-profile.ts";
import { openWindow } from "../../../../src/agents/terminal/agent-window.ts";
import type { Companions } from "../../../../src/agents/terminal/companion.ts";
import type { TmuxServer } from "../../../../src/agents/tmux/tmux.ts";
import type { AgentName, SlotId } from "../../../../src/domain/id.ts";
import { AppError } from "../../../../src/lib/app-error.ts";
import { systemClock } from "../../../../src/lib/clock.ts";

test("what was prepared for a window that could not be opened is removed", async () => {
  const told: string[] = [];
  // All that is called of the two: the window is not opened.
  const companions = {
    version: "1",
    prepare: async ({ id }) => {
      told.push(`prepared ${id}`);
      return { args: [], env: {} };
    },
    forget: async ({ id }) => {
      told.push(`removed ${id}`);
    },
  } as Partial<Companions> as Companions;
  const server = {
    open: () => Promise.reject(new AppError("failed", "No more windows.")),
  } as Partial<TmuxServer> as TmuxServer;
  const request: SessionRequest = {
    slot: "fake/1" as SlotId,
    agent: {
      name: "fake" as AgentName,
      driver: "terminal",
      transport: "tmux",
      command: ["fake"],
      env: {},
      roles: [],
      slots: 1,
      autonomy: "full",
      profile: null,
    },
    cwd: "/",
    env: {},
    logFile: "/log",
    privateDir: "/private",
  };
  const profile = await loadProfile({ profile: "generic", root: "/" });
  const parts = { clock: systemClock, root: "/", project: "p", stopMs: 1, graceMs: 1, binDir: "/" };
  const opening = openWindow(server, { request, profile, companions }, parts);
  await assert.rejects(opening, { message: "No more windows." });
  const [prepared = "", removed] = told;
  assert.match(prepared, /^prepared /);
  assert.equal(removed, prepared.replace("prepared", "removed"));
});
