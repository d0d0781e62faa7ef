/** An agent's report, said over the socket as `temoin report` does: argv is its kind and its text. */

import { openApp } from "../../src/app.ts";
import type { Report } from "../../src/domain/agent.ts";

const [, , kind = "note", text = ""] = process.argv;
const app = openApp({ dir: process.cwd(), env: process.env });
// The kinds of a script are written by its test.
const said = kind as Report["kind"];
await app.report({ kind: said, text, files: [], tests: null, at: app.clock.now() });
