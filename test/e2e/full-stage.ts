/** A project whose agents tell how full they are. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { openStage, type Stage } from "./stage.ts";

const fakeStream = fileURLToPath(new URL("../fake-agent/fake-stream.ts", import.meta.url));

type Script = Readonly<Record<string, readonly unknown[]>>;

/** Agents of the kind that tells its context: each with a script of its own. */
export async function openFullStage(
  scripts: Readonly<Record<string, Script>>,
  more = {},
): Promise<Stage> {
  const files = Object.fromEntries(
    Object.entries(scripts).map(([name, script]) => [`${name}.json`, JSON.stringify(script)]),
  );
  const stage = await openStage({ files });
  const agents = Object.fromEntries(
    Object.keys(scripts).map((name) => {
      const file = path.join(stage.scratch.dir, `${name}.json`);
      const command = [process.execPath, fakeStream, "--like", "claude", file];
      // Of one program, they would be taken for one account.
      return [name, { driver: "claude", transport: "headless", command, account: name }];
    }),
  );
  await stage.scratch.write("temoin.yaml", stringify({ version: 1, agents, ...more }));
  await stage.scratch.git("commit", "--quiet", "--all", "--message", "agents");
  return stage;
}
