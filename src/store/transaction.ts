/**
 * How a write becomes all or nothing. It never spans an `await`: two connections of one process
 * would wait for each other until the busy timeout (met in the prototype). So `transact` takes a
 * synchronous function.
 */

import type { DatabaseSync } from "node:sqlite";

/** What `act` writes is on disk when this returns; when it throws, nothing is. */
export function transact<T>(db: DatabaseSync, act: () => T): T {
  db.exec("begin immediate");
  try {
    const result = act();
    db.exec("commit");
    return result;
  } catch (error) {
    // A full disk has rolled back already.
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}
