/** With a program in npm's place that makes packages out of nothing, and counts its calls. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import { agentsDir, installAgents, isInstalled, programPath } from "../../agents/install.ts";
import type { Pins } from "../../agents/pins.ts";

const pins: Pins = {
  one: { package: "@lab/one", version: "1.2.3", program: "one", setup: "setup.mjs" },
  two: { package: "two", version: "4.5.6", program: "two" },
};

/** As a package that is not set up: its program fails until its script has run. */
const fakeNpm = `#!/bin/sh
echo called >> "$(dirname "$0")/calls"
while [ "$1" != --prefix ]; do shift; done
to=$2; shift 2
for wanted in "$@"; do
  name=\${wanted%@*}
  dir=$to/node_modules/$name
  mkdir -p "$dir" "$to/node_modules/.bin"
  echo '{ "version": "'\${wanted##*@}'" }' > "$dir/package.json"
  base=$(basename "$name")
  printf '#!/bin/sh\\n[ -e "$0.ready" ] || [ '$base' = two ]\\n' > "$dir/program"
  chmod +x "$dir/program"
  ln -s "$(echo "$dir" | sed "s|^$to/node_modules|..|")/program" "$to/node_modules/.bin/$base"
  echo 'import { writeFileSync } from "node:fs"; writeFileSync("../../.bin/one.ready", "");' > "$dir/setup.mjs"
done
`;

interface Bench extends AsyncDisposable {
  readonly dir: string;
  readonly said: string[];
  install(wanted?: Pins): Promise<void>;
  calls(): Promise<number>;
}

async function openBench(npmText = fakeNpm): Promise<Bench> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "temoin-install-"));
  const npm = path.join(folder, "npm");
  await writeFile(npm, npmText);
  await chmod(npm, 0o755);
  const dir = path.join(folder, "agents");
  const said: string[] = [];
  return {
    dir,
    said,
    install: (wanted = pins) =>
      installAgents({ dir, pins: wanted, npm, say: (sentence) => void said.push(sentence) }),
    async calls() {
      const text = await readFile(path.join(folder, "calls"), "utf8").catch(() => "");
      return text.split("\n").length - 1;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe("the install of the agent CLIs", () => {
  it("says how much it is before it starts, sets up what has to be, and is done once", async () => {
    await using bench = await openBench();
    assert.equal(await isInstalled(bench.dir, pins), false);
    await bench.install();
    assert.match(bench.said[0] ?? "", /more than 1 GB/);
    assert.equal(await isInstalled(bench.dir, pins), true);
    await bench.install();
    assert.equal(await bench.calls(), 1);
    const left = (await readdir(bench.dir)).filter((name) => name.startsWith("staging"));
    assert.deepEqual(left, []);
  });

  it("is done once by several at a time", async () => {
    await using bench = await openBench();
    await Promise.all([bench.install(), bench.install(), bench.install()]);
    assert.equal(await bench.calls(), 1);
  });

  it("is repaired when a program is missing or was cut short", async () => {
    await using bench = await openBench();
    await bench.install();
    await rm(path.join(bench.dir, "node_modules", "two"), { recursive: true });
    await bench.install();
    await truncate(programPath(bench.dir, { program: "one" }), 3);
    assert.equal(await isInstalled(bench.dir, pins), false);
    await bench.install();
    assert.equal(await isInstalled(bench.dir, pins), true);
    assert.equal(await bench.calls(), 3);
  });

  it("keeps what proves whole where only the stamp is missing", async () => {
    await using bench = await openBench();
    await bench.install();
    await rm(path.join(bench.dir, "installed.json"));
    await bench.install();
    assert.equal(await bench.calls(), 1);
    assert.equal(await isInstalled(bench.dir, pins), true);
  });

  it("follows the pins", async () => {
    await using bench = await openBench();
    await bench.install();
    const newer = { ...pins, two: { package: "two", version: "5.0.0", program: "two" } };
    assert.equal(await isInstalled(bench.dir, newer), false);
    await bench.install(newer);
    assert.equal(await bench.calls(), 2);
  });

  it("says what npm said where the registry is not reached, and leaves nothing half done", async () => {
    const lines = [
      "npm error code ECONNREFUSED",
      "npm error FetchError: request to http://r/ failed, reason: connect ECONNREFUSED",
      "npm error If you are behind a proxy, please make sure that it is set.",
    ];
    const text = `#!/bin/sh\necho '${lines.join("\n")}' >&2\nexit 1\n`;
    await using bench = await openBench(text);
    await assert.rejects(
      bench.install(),
      (error) =>
        error instanceof AppError &&
        /Cannot install the agent CLIs: FetchError: .* ECONNREFUSED\.$/.test(error.message) &&
        /npm ping/.test(error.hint ?? ""),
    );
    assert.equal(existsSync(path.join(bench.dir, "node_modules")), false);
  });

  it("lies in the user's cache, or where a variable says", () => {
    assert.equal(agentsDir({ HOME: "/h" }), "/h/.cache/temoin-agents");
    assert.equal(agentsDir({ HOME: "/h", XDG_CACHE_HOME: "/c" }), "/c/temoin-agents");
    assert.equal(agentsDir({ HOME: "/h", TEMOIN_AGENTS_DIR: "/d" }), "/d");
  });
});
