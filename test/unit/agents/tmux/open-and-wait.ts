/**
 * A temoin that opens two windows and is then killed: it prints their ids when the first takes a
 * paste and the second has ended.
 *
 *   node open-and-wait.ts SOCKET
 */

import assert from "node:assert/strict";
import { openTmux } from "../../../../src/agents/tmux/open-tmux.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { followPane } from "../../../scratch-tmux.ts";

const socket = process.argv[2];
assert(socket !== undefined, "the socket is missing");
const server = await openTmux({ clock: systemClock, socket: { path: socket }, env: process.env });
const open = (script: string) =>
  server.open({
    name: "agent",
    cwd: "/",
    command: ["sh", "-c", script],
    env: {},
    options: { attempt: "a-1", task: 'tâche; "1"\n#{pid}' },
  });
const living = await open("printf '\\033[?2004h'; exec cat");
const ended = await open("exit 7");
await followPane(living).first("mode");
await followPane(ended).first("exited");
// The option is set after the mode is seen: an answer to a later question says that it is there.
await living.option("paste");
process.stdout.write(`${living.id} ${ended.id}\n`);
await server.gone;
