/**
 * The schema, as the steps that led to it. They only go forward: a step that was released is never
 * changed, and `user_version` counts those that a file has had.
 */

import type { DatabaseSync } from "node:sqlite";
import { AppError } from "../lib/app-error.ts";
import { transact } from "./transaction.ts";

/** Marks a SQLite file as a store of temoin: "temo" in ASCII. */
const applicationId = 0x74656d6f;

/**
 * An offer that has ended stays, so that its id is not taken in again and its fence is not given
 * again: the next fence is one more than the highest.
 */
const first = `
  pragma application_id = ${applicationId};
  create table event (
    stream text not null,
    seq integer not null,
    data text not null,
    primary key (stream, seq)
  ) strict, without rowid;
  create table offer (
    seq integer primary key,
    queue text not null,
    id text not null,
    priority real not null,
    not_before integer not null,
    data text not null,
    state text not null check (state in ('ready', 'leased', 'ended')),
    fence integer unique,
    runner text,
    expires_at integer,
    unique (queue, id)
  ) strict;
  create index offer_ready on offer (queue, priority desc, seq) where state = 'ready';
  create index offer_leased on offer (fence) where state = 'leased';
  create table blob (
    hash text primary key,
    body text not null
  ) strict;
  create table snapshot (
    stream text primary key,
    seq integer not null,
    version text not null,
    data text not null
  ) strict;
`;

/** Step n takes a schema from version n to n + 1. */
const migrations: readonly string[] = [first];

/**
 * `steps` are those that this temoin knows. AppError `failed` for a schema that is newer than them,
 * or for a database that is not a store.
 */
export function migrate(db: DatabaseSync, path: string, steps = migrations): void {
  for (;;) {
    if (schemaVersion(db, path, steps) === "current") return;
    transact(db, () => {
      // Read again: another process may have taken this step since.
      const step = steps[userVersion(db)];
      if (step === undefined) return;
      db.exec(step);
      db.exec(`pragma user_version = ${userVersion(db) + 1}`);
    });
  }
}

/** Refuses, with an AppError, what this temoin cannot use. */
export function schemaVersion(
  db: DatabaseSync,
  path: string,
  steps = migrations,
): "empty" | "older" | "current" {
  const { id, version, objects } = readHeader(db);
  // A database with tables that we did not make.
  if (id !== applicationId && (version > 0 || objects > 0)) {
    throw new AppError("failed", `Cannot open the store \`${path}\`: it is another program's.`, {
      hint: "Move that database away; temoin then makes its own.",
    });
  }
  if (version > steps.length) {
    throw new AppError(
      "failed",
      `Cannot open the store \`${path}\`: it has version ${version}, and this temoin knows ` +
        `versions up to ${steps.length}.`,
      { hint: "Install a newer temoin: the one that wrote the store, or a later one." },
    );
  }
  if (version === 0) return "empty";
  return version < steps.length ? "older" : "current";
}

/** In one transaction: another process may be making the schema at this moment. */
function readHeader(db: DatabaseSync) {
  db.exec("begin");
  try {
    return {
      id: readNumber(db, "pragma application_id"),
      version: userVersion(db),
      objects: readNumber(db, "select count(*) from sqlite_schema"),
    };
  } finally {
    // An error of the disk has ended it already; a second error would hide the first.
    if (db.isTransaction) db.exec("rollback");
  }
}

function userVersion(db: DatabaseSync): number {
  return readNumber(db, "pragma user_version");
}

/** The only column of the only row. */
function readNumber(db: DatabaseSync, sql: string): number {
  return Number(Object.values(db.prepare(sql).get() ?? {})[0]);
}
