import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { proof } from "../../../src/operations/proof.ts";
import { mostCharacters } from "../../../src/operations/tool-shapes.ts";
import { beginWork, say } from "./at-work.ts";
import { openStage, type Stage } from "./fake-context.ts";

const file = "proof/T-1/1/test.log";

async function openJudged(): Promise<Stage> {
  const stage = await openStage();
  await beginWork(stage);
  const told = { exitCode: 1, durationMs: 1, why: "exit 1", where: "workspace", round: 0 } as const;
  const results = [{ ...told, name: "test", verdict: "failed", proof: file }] as const;
  say(stage, { type: "gates_ran", results });
  return stage;
}

test("of a long proof the end is told, from a whole character on", async () => {
  await using stage = await openJudged();
  await mkdir(path.join(stage.root, ".temoin", path.dirname(file)), { recursive: true });
  await stage.write(`.temoin/${file}`, `${"é".repeat(mostCharacters)}.`);
  const { output, cut } = await stage.invoke(proof, { id: "T-1" });
  assert(cut);
  assert.match(output, /^é+\.$/);
});

test("a proof that is not kept any more is in no file", async () => {
  await using stage = await openJudged();
  const { gate, file: told, output } = await stage.invoke(proof, { id: "T-1" });
  assert.deepEqual([gate, told, output], ["test", null, ""]);
});
