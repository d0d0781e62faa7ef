/** What is told of an agent whose program has ended. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { exitText } from "../../../../src/agents/terminal/readiness.ts";

test("a program that a signal has ended is told by its name, and a status of its own by its number", () => {
  const expected: Readonly<Record<number, string>> = {
    0: "it exited with 0",
    1: "it exited with 1",
    129: "it was ended by SIGHUP",
    137: "it was ended by SIGKILL",
    139: "it was ended by SIGSEGV",
    // HTTP 400, 401, 403, 404 and 429 mod 256.
    144: "it exited with 144",
    145: "it exited with 145",
    147: "it exited with 147",
    148: "it exited with 148",
    173: "it exited with 173",
  };
  for (const [code, says] of Object.entries(expected)) assert.equal(exitText(Number(code)), says);
});
