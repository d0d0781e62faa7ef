import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { openAttachFile, readAttachHints } from "../../../src/app/attach-file.ts";
import type { SlotId } from "../../../src/domain/id.ts";

const [ada, bo] = ["ada-1", "bo-1"] as SlotId[];
const hint = (window: string) => ({ socket: ["-S", "/run/x"], session: "temoin", window });

async function makeStateDir() {
  const dir = await mkdtemp(path.join(tmpdir(), "temoin-attach-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

describe("the file that says where the windows are", () => {
  it("holds what was recorded last, in the order of the beginning", async () => {
    await using state = await makeStateDir();
    const record = await openAttachFile({ stateDir: state.dir, onProblem: assert.fail });
    assert(ada !== undefined && bo !== undefined);
    await Promise.all([record(ada, hint("@1")), record(bo, hint("@2")), record(ada, hint("@3"))]);
    assert.deepEqual(
      [...(await readAttachHints(state.dir))],
      [
        [ada, hint("@3")],
        [bo, hint("@2")],
      ],
    );
    await record(ada, null);
    assert.deepEqual([...(await readAttachHints(state.dir)).keys()], [bo]);
  });

  it("is begun anew by a run, since windows of another server may have the same names", async () => {
    await using state = await makeStateDir();
    assert(ada !== undefined);
    await (await openAttachFile({ stateDir: state.dir, onProblem: assert.fail }))(ada, hint("@1"));
    await openAttachFile({ stateDir: state.dir, onProblem: assert.fail });
    assert.deepEqual(await readdir(state.dir), []);
  });

  it("leads nobody anywhere when it is not as temoin writes it", async () => {
    await using state = await makeStateDir();
    for (const text of ["", "{", '{"slots":{"ada-1":{"socket":"-S /x"}}}', "[]"]) {
      await writeFile(path.join(state.dir, "terminal.json"), text);
      assert.equal((await readAttachHints(state.dir)).size, 0, text);
    }
  });

  it("that cannot be written is told, and stops no work", async () => {
    await using state = await makeStateDir();
    assert(ada !== undefined);
    const told: string[] = [];
    const stateDir = path.join(state.dir, "file", "state");
    const record = await openAttachFile({ stateDir, onProblem: (says) => told.push(says) });
    await writeFile(path.join(state.dir, "file"), "in its place");
    await record(ada, hint("@1"));
    assert.match(told[0] ?? "", /Cannot write .*terminal\.json, by which `temoin attach` finds/);
  });
});
