/** Tries the lock at `argv[2]`; says `held` or `refused`, and keeps what it has until it is killed. */

import { writeSync } from "node:fs";
import { tryLock } from "../../src/lib/file-lock.ts";

const [, , path = ""] = process.argv;
using lock = tryLock(path);
writeSync(1, lock === null ? "refused\n" : "held\n");
// Its end is the kill, or the end of the test that started it.
for await (const _ of process.stdin);
