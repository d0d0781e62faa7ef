/**
 * A model server as a program: `node test/model-servers/serve.ts [PORT]`. Prints one line of JSON
 * with its address, and ends with whoever holds its standard input.
 */

import { openModelServer } from "./model-server.ts";

const port = Number(process.argv[2] ?? 0);
await using server = await openModelServer({ port });
process.stdout.write(`${JSON.stringify({ url: server.url, pid: process.pid })}\n`);
await new Promise<void>((resolve) => {
  process.stdin.once("end", resolve).once("close", resolve).resume();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
});
