/**
 * A CLI whose base URL is dead: its slot is out of use and says so, and the queue goes on with
 * another agent.
 */

import assert from "node:assert/strict";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { landings, openScratch } from "../e2e/scratch-project.ts";
import { chosenAgents } from "./chosen.ts";
import { openLaunch } from "./launch.ts";

/** The others try for minutes, or for ever: that is told as retrying, and `watch.turn` ends it. */
const kind = "claude";

if (chosenAgents().includes(kind)) {
  for (const transport of ["headless", "tmux"] as const) {
    const title = `${kind}, ${transport}: a base URL where nobody answers puts its slot out of use, and the queue goes on`;
    test(title, { timeout: 240_000 }, async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      await using scratch = await openScratch();
      await using launch = await openLaunch(kind, { url, trusted: [scratch.folder] });
      const dead = {
        driver: kind,
        transport,
        command: launch.command,
        env: { ...launch.env, CLAUDE_CODE_MAX_RETRIES: "1" },
      };
      const work = 'cat > /dev/null; sleep 10; mkdir -p work; echo "$TEMOIN_TASK" > work/one.txt';
      const other = { driver: "command", command: ["sh", "-c", work] };
      const gates = [{ name: "there", run: "test -s work/one.txt" }];
      const agents = { [kind]: dead, other };
      await scratch.write("temoin.yaml", JSON.stringify({ version: 1, agents, gates }));
      await scratch.git("commit", "--quiet", "--all", "--message", "an agent of no use");
      const brief = path.join(scratch.folder, "brief.md");
      await scratch.run("sh", [
        "-c",
        'echo "Write work/one.txt with one line." > "$1"',
        "sh",
        brief,
      ]);
      assert.equal((await scratch.temoin("add", "Write one", "-f", brief)).code, 0);

      const { code, stdout, stderr } = await scratch.temoin("run");
      const log = await scratch.read(".temoin/LOG.md");
      assert.equal(code, 0, `${stdout}\n${stderr}\n${log}`);
      assert.deepEqual(await landings(scratch), ["T-1"]);
      assert.match(log, new RegExp(`cannot be used: .* ${kind}-1 `), log);
    });
  }
}

/** Nobody listens there any more. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
