/** What the target promises of landings that are taken back, as tests over real repositories. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CommitSha } from "../../src/domain/id.ts";
import { type OpenStage, requestFor, type Stage, workOf } from "./workspace-stage.ts";

export function revertContract(name: string, open: OpenStage): void {
  describe(`target ${name}: revert`, () => {
    for (const mode of ["merge", "squash"] as const) {
      test(`a ${mode} is taken back by one commit, and what has come since stays`, async () => {
        await using stage = await open();
        const first = await land(stage, {
          task: "T-1",
          mode,
          files: { "a.txt": "1\n", "n.txt": "n\n" },
        });
        await land(stage, { task: "T-2", mode, files: { "m.txt": "m\n" } });
        const { sha: onto } = await stage.target.read();
        const made = await stage.target.revert({ onto, sha: first, message: "Revert\n" });
        assert(made.kind === "merged");
        assert.equal(await stage.git(stage.top, "log", "-1", "--format=%P", made.sha), onto);
        const changed = await stage.git(stage.top, "diff", "--name-status", `${first}~1`, made.sha);
        assert.equal(changed, "A\tm.txt");
        const again = await stage.target.revert({ onto: made.sha, sha: first, message: "Again\n" });
        assert.deepEqual(again, { kind: "nothing" });
      });
    }

    test("later changes of the same lines are in the way, and are named", async () => {
      await using stage = await open();
      const before = (await stage.target.read()).sha;
      const first = await land(stage, { task: "T-1", mode: "merge", files: { "a.txt": "one\n" } });
      await land(stage, { task: "T-2", mode: "merge", files: { "b.txt": "elsewhere\n" } });
      await land(stage, { task: "T-3", mode: "merge", files: { "a.txt": "three\n" } });
      const { sha: onto } = await stage.target.read();
      const made = await stage.target.revert({ onto, sha: first, message: "Revert\n" });
      assert(made.kind === "conflict");
      assert.deepEqual(made.files, ["a.txt"]);
      const later = await stage.target.touches(first, onto, made.files);
      assert.deepEqual(later, [{ task: "T-3", title: "Title" }]);
      const all = await stage.target.touches(before, onto, ["a.txt", "b.txt"]);
      assert.deepEqual(
        all.map(({ task }) => task),
        ["T-1", "T-2", "T-3"],
      );
    });
  });
}

interface Landing {
  readonly task: string;
  readonly mode: "merge" | "squash";
  readonly files: Readonly<Record<string, string>>;
}

async function land(stage: Stage, { task, mode, files }: Landing): Promise<CommitSha> {
  const { sha: onto } = await stage.target.read();
  const { path: at } = await stage.workspaces.prepare(requestFor(workOf(1), onto));
  await stage.write(at, files);
  await stage.git(at, "add", "-A", "-f");
  await stage.git(at, "commit", "-q", "-m", "Work");
  const head = await stage.head(at);
  const message = `${task}: Title\n\nTemoin-Task: ${task}\n`;
  const merged = await stage.target.merge({ onto, head, mode, message });
  assert(merged.kind === "merged");
  assert.equal(await stage.target.swap(onto, merged.sha), true);
  return merged.sha;
}
