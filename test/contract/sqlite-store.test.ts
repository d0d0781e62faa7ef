/** The store over SQLite is held to the contract. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { storeContract } from "./store.ts";

storeContract("SQLite store", async (clock) => {
  const directory = await mkdtemp(join(tmpdir(), "temoin-store-"));
  const open = () => openSqliteStore({ path: join(directory, "store.db"), clock });
  const store = await open();
  return {
    store,
    reopen: open,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
});
