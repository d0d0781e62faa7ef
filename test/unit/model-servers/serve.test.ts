import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { it } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../model-servers/serve.ts", import.meta.url));

it("a model server that is a program ends with whoever holds its standard input", async () => {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { url } = JSON.parse(String(line));
  assert.equal((await fetch(url, { method: "HEAD" })).status, 200);
  child.stdin.end();
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
