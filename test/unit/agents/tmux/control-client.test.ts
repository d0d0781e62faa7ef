/** A client in control mode: each request gets its own replies, and nobody waits for ever. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ControlClient } from "../../../../src/agents/tmux/control-client.ts";
import { type Clock, systemClock } from "../../../../src/lib/clock.ts";
import { openScratchTmux, type ScratchTmux } from "../../../scratch-tmux.ts";
import { ManualClock } from "../../control/manual-clock.ts";

interface Opened extends AsyncDisposable {
  readonly client: ControlClient;
  readonly gone: Promise<string>;
}

function openClient(program: string, args: readonly string[], clock: Clock = systemClock): Opened {
  const { promise, resolve } = Promise.withResolvers<string>();
  const client = new ControlClient({
    program,
    args,
    env: process.env,
    clock,
    onMessage: () => undefined,
    onGone: resolve,
  });
  return { client, gone: promise, [Symbol.asyncDispose]: () => client.close() };
}

function attach(scratch: ScratchTmux, clock: Clock = systemClock): Opened {
  const reach = ["-S", scratch.socket, "-C", "attach-session", "-t", "temoin"];
  return openClient("tmux", ["-u", ...reach, "-f", "no-output"], clock);
}

describe("a request", () => {
  test("gets the replies of all its commands, and none of another's", async () => {
    await using scratch = await openScratchTmux();
    await using opened = attach(scratch);
    const { client } = opened;
    const asked = Array.from({ length: 200 }, (_, at) => {
      const third = at % 3 === 0 ? " ; no-such-command" : ` ; if -F 1 "display -p yes-${at}"`;
      return client.request(`display -p a-${at} ; display -p b-${at}${at % 5 === 0 ? third : ""}`);
    });
    for (const [at, replies] of (await Promise.all(asked)).entries()) {
      const isWrong = at % 5 === 0 && at % 3 === 0;
      const lines = replies.map((reply) => reply.lines.join());
      // A line that cannot be read is refused as a whole.
      if (isWrong)
        assert.deepEqual(
          replies.map((reply) => reply.isOk),
          [false],
        );
      else assert.deepEqual(lines.slice(0, 2), [`a-${at}`, `b-${at}`]);
      if (at % 5 === 0 && !isWrong) assert.equal(lines.at(-1), `yes-${at}`);
    }
  });

  test("that tmux refuses is rejected with what it says", async () => {
    await using scratch = await openScratchTmux();
    await using opened = attach(scratch);
    await assert.rejects(
      opened.client.command("kill-pane -t %99"),
      /^Error: tmux: can't find pane/,
    );
    assert.deepEqual(await opened.client.command("display-message -p still-here"), ["still-here"]);
  });

  test("is rejected when the connection ends, and so is every later one", async () => {
    await using scratch = await openScratchTmux();
    await using opened = attach(scratch);
    const { client, gone } = opened;
    await client.command("display-message -p up");
    const asked = client.request("wait-for for-ever");
    process.kill(scratch.server.pid, "SIGKILL");
    await assert.rejects(asked, /ended/);
    assert.match(await gone, /ended/);
    assert(client.isGone);
    await assert.rejects(client.request("display-message -p x"), /ended/);
  });

  test("is not written before the client is attached, when it would be nobody's", async () => {
    // It answers each line with what it has read, and is attached only after a while.
    const program = `
      let isAttached = false;
      let number = 1;
      const reply = (flags, text) =>
        process.stdout.write(\`%begin 1 \${number} \${flags}\\n\${text}%end 1 \${number++} \${flags}\\n\`);
      process.stdin.setEncoding("utf8").on("data", (lines) => {
        for (const line of lines.split("\\n").slice(0, -1)) {
          reply(1, (isAttached ? "" : "too early: ") + line.split(" ").at(-1) + "\\n");
        }
      });
      setTimeout(() => { isAttached = true; reply(0, ""); }, 50);`;
    await using opened = openClient(process.execPath, ["-e", program]);
    const asked = [
      opened.client.command("display -p one"),
      opened.client.command("display -p two"),
    ];
    assert.deepEqual(await Promise.all(asked), [["one"], ["two"]]);
    assert.deepEqual(await opened.client.command("display -p three"), ["three"]);
  });

  test("that is not answered ends the connection after a time", async () => {
    const clock = new ManualClock();
    await using opened = openClient("cat", [], clock);
    const asked = opened.client.request("display-message -p x");
    const refused = assert.rejects(asked, /stopped to answer/);
    await clock.pass(15_999);
    assert(!opened.client.isGone);
    await clock.pass(1);
    await refused;
    assert.match(await opened.gone, /stopped to answer/);
  });

  test("is answered although the machine has slept meanwhile", async () => {
    await using scratch = await openScratchTmux();
    const clock = new ManualClock();
    await using opened = attach(scratch, clock);
    const asked = opened.client.command("display-message -p hello");
    await clock.jump(3_600_000);
    assert.deepEqual(await asked, ["hello"]);
  });
});

describe("a client", () => {
  test("whose program is not there tells that, and closes", async () => {
    await using opened = openClient("no-such-program-here", []);
    const asked = assert.rejects(opened.client.request("x"), /could not be started/);
    assert.match(await opened.gone, /could not be started/);
    await asked;
  });

  test("ends when what it hears is no control mode", async () => {
    await using opened = openClient("head", ["-c", "8000000", "/dev/zero"]);
    assert.match(await opened.gone, /line without an end/);
  });

  test("is closed more than once without harm, and tells its end once", async () => {
    const opened = openClient("cat", []);
    await opened.client.close();
    await opened.client.close();
    assert.equal(await opened.gone, "the connection was closed");
  });
});
