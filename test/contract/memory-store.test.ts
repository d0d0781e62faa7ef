/** The model of the store is itself held to the contract. */

import { emptyMemory, MemoryStore } from "./memory-store.ts";
import { storeContract } from "./store.ts";

storeContract("memory store", async (clock) => {
  const memory = emptyMemory();
  return {
    store: new MemoryStore(memory, clock),
    reopen: async () => new MemoryStore(memory, clock),
    [Symbol.asyncDispose]: async () => {},
  };
});
