import assert from "node:assert/strict";
import { test } from "node:test";
import { handoff } from "../../../src/operations/handoff.ts";
import { beginWork } from "./at-work.ts";
import { openStage } from "./fake-context.ts";

test("a task is handed on when its work is saved, and with nobody at work that is not promised", async () => {
  for (const isAtWork of [true, false]) {
    await using stage = await openStage();
    await beginWork(stage);
    stage.holder = isAtWork ? { pid: 7, startedAt: "2026-11-21T10:00:00Z", command: "up" } : null;
    const { changed } = await stage.invoke(handoff, { id: "T-1", to: null });
    const when = isAtWork ? /as soon as its work is saved/ : /when temoin works again/;
    assert.match(changed, when);
  }
});
