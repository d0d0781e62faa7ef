import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import { id } from "../../task-spec.ts";
import { draft } from "../domain/project.ts";
import { openControl } from "./stage.ts";

const many = Array.from({ length: 5_000 }, (_, n) => draft(`T-${n + 1}`));

test("a snapshot that cannot be written fails no commit, and repeats none", async () => {
  let refused = 0;
  await using stage = await openControl((store) => {
    store.writeSnapshot = async () => {
      refused += 1;
      throw new AppError("disk", "Cannot write to the store: the disk is full.");
    };
    return store;
  });
  const decided = await stage.ledger.decide({
    from: "person",
    input: { type: "add", tasks: many },
  });
  assert.equal(decided.kind, "ok");
  assert.equal(refused, 1);
  assert.equal(stage.events.length, 5_000);
});

test("a start from a snapshot knows what a start from the whole log knows", async () => {
  await using stage = await openControl();
  await stage.ledger.decide({ from: "person", input: { type: "add", tasks: many } });
  await stage.control.ask({ type: "cancel", id: id("T-7") });
  const other = await stage.elsewhere();
  assert.equal(other.state.seq, stage.ledger.state.seq);
  assert.equal(other.state.tasks.size, 5_000);
  assert.deepEqual(other.state.tasks.get(id("T-7")), stage.ledger.state.tasks.get(id("T-7")));
});

test("two processes that decide at once both succeed, one after the other", async () => {
  await using stage = await openControl();
  const other = await stage.elsewhere();
  await Promise.all([
    stage.ledger.decide({ from: "person", input: { type: "add", tasks: [draft("T-1")] } }),
    other.decide({ from: "person", input: { type: "add", tasks: [draft("T-2")] } }),
    stage.ledger.decide({ from: "person", input: { type: "add", tasks: [draft("T-3")] } }),
  ]);
  await stage.ledger.refresh();
  await other.refresh();
  assert.deepEqual([...other.state.tasks.keys()], [...stage.ledger.state.tasks.keys()]);
  assert.equal(other.state.tasks.size, 3);
  const same = await other.decide({
    from: "person",
    input: { type: "add", tasks: [draft("T-1")] },
  });
  assert.equal(same.kind, "refused", "it knows what the other one has added");
});

test("a lease that leads to nothing is ended, whatever another process has decided meanwhile", async () => {
  await using stage = await openControl();
  await stage.add("T-1");
  await stage.begin({ ada: [] });
  const { lease } = await stage.claim();
  const other = await stage.elsewhere();
  await other.decide({ from: "person", input: { type: "add", tasks: [draft("T-2")] } });
  await stage.ledger.drop(lease);
  assert.deepEqual(
    (
      await stage.control.beat(
        { leases: [lease], seen: [], waitMs: 0 },
        new AbortController().signal,
      )
    ).owned,
    [false],
  );
});
