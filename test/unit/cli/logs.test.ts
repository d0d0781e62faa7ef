import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { beginWork } from "../operations/at-work.ts";
import { openStage, type Stage } from "../operations/fake-context.ts";
import { type } from "./typed.ts";

async function atWork(): Promise<Stage> {
  const stage = await openStage();
  await beginWork(stage);
  return stage;
}

describe("what an agent has printed", () => {
  it("comes line by line, with whose it is where there are several", async () => {
    await using stage = await atWork();
    await stage.write("fox-1.log", "one\n\ntwo");
    await stage.write("fox-2.log", "drei\n");
    const both = await type(stage, ["logs", "fox"]);
    assert.equal(both.out, "fox-1 │ one\nfox-1 │ \nfox-2 │ drei\nfox-1 │ two\n");
    assert.equal((await type(stage, ["logs", "fox-1"])).out, "one\n\ntwo\n");
    const json = (await type(stage, ["logs", "fox-2", "--json"])).out;
    assert.deepEqual(JSON.parse(json), { schema: 1, slot: "fox-2", text: "drei\n" });
  });

  it("cannot steer the terminal of who reads it, also behind a pipe", async () => {
    await using stage = await atWork();
    await stage.write("fox-1.log", "a\u001b]0;evil\u0007b\u001b[2J\u001b[31mred\rover\n");
    for (const isTty of [true, false]) {
      const { out } = await type(stage, ["logs", "fox-1"], { isTty });
      assert.equal(out, "ab\u001b[31mredover\u001b[0m\n");
    }
  });

  it("is told as nothing where it is nothing", async () => {
    await using stage = await atWork();
    const { code, out, talk } = await type(stage, ["logs", "fox"]);
    assert.deepEqual([code, out, talk], [0, "", "fox has printed nothing yet.\n"]);
  });
});
