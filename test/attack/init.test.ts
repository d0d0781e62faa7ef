import assert from "node:assert/strict";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { PersonTerminal } from "../e2e/person-terminal.ts";
import { openScratch } from "../e2e/scratch-project.ts";

const temoin = path.join(import.meta.dirname, "..", "..", "bin", "temoin");

test("what `full` means is said plainly before anybody says yes to an agent", async () => {
  await using scratch = await openScratch();
  await rm(path.join(scratch.dir, "temoin.yaml"));
  const bin = path.join(scratch.folder, "bin");
  await mkdir(bin);
  await writeFile(path.join(bin, "claude"), "#!/bin/sh\nexit 1\n");
  await chmod(path.join(bin, "claude"), 0o755);
  // Only this agent is there, whatever the machine has.
  scratch.env["PATH"] = [bin, path.dirname(process.execPath), "/usr/bin", "/bin"].join(":");
  await using person = await PersonTerminal.open(scratch, [temoin, "init"], {
    cols: 120,
    rows: 40,
  });
  const asked = await person.shows(/Use claude .*\(y\/N\)/s);
  const said = asked.replace(/\s+/g, " ");
  assert.match(said, /may run any command and read or change any file that you may/);
  assert.match(said, /A worktree keeps work apart and is no wall/);
  await person.keys("y", "Enter");
  await person.shows(/ended: 0/);
  assert.match(await scratch.read("temoin.yaml"), /autonomy: full +# any command, any file/);
});
