/** Whatever stands in an argument means nothing to tmux: proved with a real one. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { ControlClient } from "../../../../src/agents/tmux/control-client.ts";
import { noFormat, plainName, quote } from "../../../../src/agents/tmux/quote.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { openScratchTmux, type ScratchTmux } from "../../../scratch-tmux.ts";

const nasty = fc.constantFrom(
  ..."; \\ \\; ' \" # #{pid} #(id) #[ #, ## $HOME ~ { } % %end - -t ä 🙂 e\u0301".split(" "),
  " ",
  "\n",
  "\t",
  "\r",
  "\u001b",
  "\u007f",
);
const text = fc
  .oneof(
    fc.array(nasty, { maxLength: 12 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary", maxLength: 40 }),
  )
  // No argument of a program holds a NUL; half a letter has no UTF-8.
  .map((any) => any.replaceAll("\0", "").toWellFormed());

describe("an argument", () => {
  let scratch: ScratchTmux;
  let client: ControlClient;

  before(async () => {
    scratch = await openScratchTmux();
    const args = ["-u", "-S", scratch.socket, "-C", "attach", "-t", "temoin", "-f", "no-output"];
    client = new ControlClient({
      program: "tmux",
      args,
      env: scratch.env,
      clock: systemClock,
      onMessage: () => undefined,
      onGone: () => undefined,
    });
  });
  after(async () => {
    await client.close();
    await scratch[Symbol.asyncDispose]();
  });

  /** The value that tmux has, after it was set by that line. */
  async function read(line: string): Promise<string> {
    const replies = await client.request(`${line} ; show-options -gv @x`);
    assert.deepEqual(
      replies.map((reply) => reply.isOk),
      [true, true],
    );
    return replies[1]?.lines.join("\n") ?? "";
  }

  test("that is quoted comes to tmux as it was, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        assert.equal(await read(`set-option -g @x ${quote(value)}`), value);
      }),
      { numRuns: 400, examples: [[""], ["a\nkill-server\n"], ["#(touch /x)"], ["\\"], ["a;"]] },
    );
  });

  test("with noFormat stays itself where tmux expands formats", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        assert.equal(await read(`set-option -gF @x ${quote(noFormat(value))}`), value);
      }),
      { numRuns: 400, examples: [["#{pid}"], ["#(id)"], ["##"], ["a#"], ["#,#}"], ["#[fg=red]"]] },
    );
    assert.match(await read(`set-option -gF @x ${quote("#{pid}")}`), /^\d+$/);
  });
});

test("a name for a person's list is short, and has no letter that means something", () => {
  assert.equal(plainName("task 12: #(touch x); $HOME"), "task-12-touch-x-HOME");
  assert.equal(plainName("ä"), "-");
  assert.equal(plainName(""), "agent");
  assert.equal(plainName("x".repeat(100)).length, 60);
});
