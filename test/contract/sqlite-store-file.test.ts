/** The file of the SQLite store: what it survives, what it refuses, and what it says then. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { AppError, type ErrorCode } from "../../src/lib/app-error.ts";
import { explainSqlite } from "../../src/lib/sqlite-error.ts";
import { openDatabase } from "../../src/store/database.ts";
import { migrate } from "../../src/store/migrations.ts";
import { openSqliteStore, openSqliteStoreReadOnly, SqliteStore } from "../../src/store/sqlite.ts";
import { event, offer, storeClock } from "./store-fixture.ts";

const clock = storeClock();

interface Place extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
}

async function makePlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "temoin-file-"));
  return {
    directory,
    path: join(directory, "store.db"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** An AppError of that code whose sentence names `path` and matches `says`, with a next step. */
function refusal(code: ErrorCode, path: string, says: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof AppError, `not an AppError: ${error}`);
    assert.equal(error.code, code);
    assert.ok(error.message.includes(path), error.message);
    assert.match(error.message, says);
    assert.match(error.hint ?? "", /^[A-Z].*\.$/);
    return true;
  };
}

test("folders on the way to a new store are made", async () => {
  await using place = await makePlace();
  const path = join(place.directory, "a", "b", "store.db");
  await using store = await openSqliteStore({ path, clock });
  assert.deepEqual(await store.load("main"), []);
});

test("every commit is synced, and readers do not wait for writers", async () => {
  await using place = await makePlace();
  using db = openDatabase(place.path);
  assert.deepEqual(Object.values(db.prepare("pragma synchronous").get() ?? {}), [2]);
  assert.deepEqual(Object.values(db.prepare("pragma journal_mode").get() ?? {}), ["wal"]);
});

test("a full disk rejects the commit whole, says so, and the store can be used on", async () => {
  await using place = await makePlace();
  const db = openDatabase(place.path);
  await using store = new SqliteStore(db, place.path, clock);
  await store.commit({ stream: "main", expected: 0, events: [event("kept")] });
  const [pages = 0] = Object.values(db.prepare("pragma page_count").get() ?? {});
  db.exec(`pragma max_page_count = ${Number(pages) + 2}`);
  const tooMuch = {
    stream: "main",
    expected: 1,
    events: Array.from({ length: 100 }, () => event("x".repeat(1000))),
    offers: [offer("lost")],
  };
  const isFull = refusal("disk", place.path, /^Cannot write to the store .*: the disk is full/);
  await assert.rejects(store.commit(tooMuch), isFull);
  await assert.rejects(store.put(["x".repeat(100_000)]), isFull);
  assert.deepEqual(await store.load("main"), [event("kept")]);
  assert.deepEqual(await store.depth(), {});
  db.exec("pragma max_page_count = 100000");
  assert.equal(await store.commit(tooMuch), "ok");
  assert.equal((await store.load("main")).length, 101);
});

test("a store whose file was removed takes no more writes: nobody would ever read them", async () => {
  await using place = await makePlace();
  await using store = await openSqliteStore({ path: place.path, clock });
  const commit = { stream: "main", expected: 0, events: [event("first")] };
  assert.equal(await store.commit(commit), "ok");
  await rm(place.path);
  const isRefused = refusal("failed", place.path, /was removed while it was in use/);
  await assert.rejects(store.commit({ ...commit, expected: 1 }), isRefused);
  await writeFile(place.path, "");
  await assert.rejects(store.put(["text"]), isRefused);
});

test("a file that is no database is refused, and left as it is", async () => {
  await using place = await makePlace();
  await writeFile(place.path, "just notes\n".repeat(1000));
  const isRefused = refusal(
    "disk",
    place.path,
    /^Cannot open the store .*: the file is not a data/,
  );
  await assert.rejects(openSqliteStore({ path: place.path, clock }), isRefused);
  await assert.rejects(openSqliteStoreReadOnly(place), isRefused);
  assert.deepEqual(await readdir(place.directory), ["store.db"]);
});

test("a directory in the place of the store is refused", async () => {
  await using place = await makePlace();
  await mkdir(place.path);
  const isRefused = refusal("disk", place.path, /: it is a directory/);
  await assert.rejects(openSqliteStore({ path: place.path, clock }), isRefused);
  await assert.rejects(openSqliteStoreReadOnly(place), isRefused);
});

test("a file in the place of the store's folder is refused", async () => {
  await using place = await makePlace();
  await writeFile(join(place.directory, "file"), "");
  for (const path of [join(place.directory, "file/store.db"), join(place.directory, "file/a/b")]) {
    await assert.rejects(
      openSqliteStore({ path, clock }),
      refusal("disk", path, /: a file is in the place of its folder/),
    );
  }
});

test("a folder that cannot be written to is refused", async () => {
  // Nobody, not even root, makes files in /proc.
  const path = "/proc/store.db";
  await assert.rejects(openSqliteStore({ path, clock }), refusal("disk", path, /cannot be opened/));
});

test("errors of the file system are told as what a person can do", () => {
  for (const [code, says] of [
    ["ENOSPC", /the disk is full/],
    ["EACCES", /its folder may not be written to/],
    ["EROFS", /its folder may not be written to/],
  ] as const) {
    const error = Object.assign(new Error(`${code}: mkdir`), { code, syscall: "mkdir" });
    const fail = () => {
      throw error;
    };
    const path = "/nowhere/store.db";
    assert.throws(
      () => explainSqlite({ doing: "open the store", path }, fail),
      refusal("disk", path, says),
    );
  }
});

test("an error that nobody can repair passes as it is", () => {
  const bug = new TypeError("no such statement");
  const fail = () => {
    throw bug;
  };
  assert.throws(
    () => explainSqlite({ doing: "open", path: "x" }, fail),
    (error) => error === bug,
  );
});

test("a store that is held for too long is refused as locked", async () => {
  await using place = await makePlace();
  const db = openDatabase(place.path);
  await using store = new SqliteStore(db, place.path, clock);
  using other = new DatabaseSync(place.path);
  other.exec("begin immediate");
  db.exec("pragma busy_timeout = 1");
  await assert.rejects(
    store.claim("claude-1", "host-a"),
    refusal("locked", place.path, /another process holds it/),
  );
  other.exec("rollback");
  assert.equal(await store.claim("claude-1", "host-a"), null);
});

test("a newer schema is refused with both versions, and not touched", async () => {
  await using place = await makePlace();
  openDatabase(place.path).close();
  using db = new DatabaseSync(place.path);
  db.exec("pragma user_version = 999");
  const isRefused = refusal("failed", place.path, /has version 999, .* up to 1\./);
  await assert.rejects(openSqliteStore({ path: place.path, clock }), isRefused);
  await assert.rejects(openSqliteStoreReadOnly(place), isRefused);
  assert.deepEqual(Object.values(db.prepare("pragma user_version").get() ?? {}), [999]);
});

test("another program's database is refused, and not touched", async () => {
  await using place = await makePlace();
  using db = new DatabaseSync(place.path);
  db.exec("create table contact (name text)");
  const isRefused = refusal("failed", place.path, /another program's/);
  await assert.rejects(openSqliteStore({ path: place.path, clock }), isRefused);
  await assert.rejects(openSqliteStoreReadOnly(place), isRefused);
  const tables = db.prepare("select name from sqlite_schema").all();
  assert.deepEqual(tables.map(Object.values), [["contact"]]);
});

/** What a later temoin might know; the first step is the one that every store has had. */
const addNote = "create table note (body text) strict; insert into note values ('from step 2')";
const addBroken = "create table half (body text) strict; insert into nowhere values (1)";

function tablesOf(db: DatabaseSync): readonly string[] {
  const rows = db
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .all();
  return rows.map((row) => String(Object.values(row)[0]));
}

test("an older schema is brought up step by step, with what it holds, and once", async () => {
  await using place = await makePlace();
  const store = await openSqliteStore({ path: place.path, clock });
  await store.commit({ stream: "main", expected: 0, events: [event("kept")] });
  await store[Symbol.asyncDispose]();
  using db = new DatabaseSync(place.path);
  const steps = ["never run again", addNote, "alter table note add column at integer"];
  migrate(db, place.path, steps);
  migrate(db, place.path, steps);
  assert.deepEqual(tablesOf(db), ["blob", "event", "note", "offer", "snapshot"]);
  assert.deepEqual(db.prepare("select body, at from note").all().map(Object.values), [
    ["from step 2", null],
  ]);
  assert.deepEqual(Object.values(db.prepare("pragma user_version").get() ?? {}), [3]);
  assert.equal(db.prepare("select data from event").all().length, 1);
});

test("a step that fails leaves the schema as the step before it had made it", async () => {
  await using place = await makePlace();
  openDatabase(place.path).close();
  using db = new DatabaseSync(place.path);
  assert.throws(() => migrate(db, place.path, ["", addNote, addBroken]), /no such table: nowhere/);
  assert.deepEqual(tablesOf(db), ["blob", "event", "note", "offer", "snapshot"]);
  assert.deepEqual(Object.values(db.prepare("pragma user_version").get() ?? {}), [2]);
});

test("looking where no store is gives null, and makes none", async () => {
  await using place = await makePlace();
  assert.equal(await openSqliteStoreReadOnly(place), null);
  assert.deepEqual(await readdir(place.directory), []);
  await writeFile(place.path, "");
  assert.equal(await openSqliteStoreReadOnly(place), null);
});

test("what another connection commits is seen at once by one that only looks", async () => {
  await using place = await makePlace();
  await using store = await openSqliteStore({ path: place.path, clock });
  await store.commit({ stream: "main", expected: 0, events: [event("a")] });
  const [hash] = await store.put(["brief"]);
  assert.ok(hash);
  assert.ok(existsSync(`${place.path}-wal`));
  await using reader = await openSqliteStoreReadOnly(place);
  assert.ok(reader);
  assert.deepEqual(await reader.load("main"), [event("a")]);
  await store.commit({ stream: "main", expected: 1, events: [event("b")] });
  await store.writeSnapshot("main", { seq: 2, version: "1", data: "{}" });
  assert.deepEqual(await reader.load("main", 1), [event("b")]);
  assert.equal(await reader.get(hash), "brief");
  assert.deepEqual(await reader.readSnapshot("main"), { seq: 2, version: "1", data: "{}" });
});

test("one that only looks neither waits for a writer in its transaction nor holds it up", async () => {
  await using place = await makePlace();
  await using store = await openSqliteStore({ path: place.path, clock });
  await store.commit({ stream: "main", expected: 0, events: [event("a")] });
  await using reader = await openSqliteStoreReadOnly(place);
  assert.ok(reader);
  using writer = new DatabaseSync(place.path);
  writer.exec("begin immediate; insert into event values ('main', 2, '{}')");
  assert.deepEqual(await reader.load("main"), [event("a")]);
  writer.exec("rollback");
  assert.equal(await store.commit({ stream: "main", expected: 1, events: [event("b")] }), "ok");
});

test("one that only looks cannot write, and a closed store can be looked at", async () => {
  await using place = await makePlace();
  const store = await openSqliteStore({ path: place.path, clock });
  await store.commit({ stream: "main", expected: 0, events: [event("a")] });
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await using reader = await openSqliteStoreReadOnly(place);
  assert.deepEqual(await reader?.load("main"), [event("a")]);
  using db = new DatabaseSync(place.path, { readOnly: true });
  assert.throws(() => db.exec("delete from event"), /readonly/);
});

test("a commit that settles without naming its lease is a bug", async () => {
  await using place = await makePlace();
  await using store = await openSqliteStore({ path: place.path, clock });
  await assert.rejects(
    store.commit({ stream: "main", expected: 0, events: [event("a")], settle: true }),
    /must name its lease/,
  );
  assert.deepEqual(await store.load("main"), []);
});

test("10,000 events in one commit come back whole", async () => {
  await using place = await makePlace();
  await using store = await openSqliteStore({ path: place.path, clock });
  const events = Array.from({ length: 10_000 }, (_, n) => event(`event ${n}`));
  assert.equal(await store.commit({ stream: "main", expected: 0, events }), "ok");
  assert.deepEqual(await store.load("main"), events);
});
