/** The probe says what a tmux can do, by trying it, and leaves nothing. */

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type ProbeStep, probeTmux } from "../../../../src/agents/tmux/probe.ts";
import { systemClock } from "../../../../src/lib/clock.ts";
import { findByEnvironment } from "../../../../src/lib/process-tree.ts";
import { untilTrue } from "../../../scratch-tmux.ts";

describe("the probe", () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "tp-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  /** Tries that program, and looks after it: no process and no file may be left. */
  async function probe(program: string): Promise<readonly ProbeStep[]> {
    const marker = path.join(directory, "marker");
    const own = await mkdtemp(path.join(directory, "o"));
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = own;
    try {
      const env = { ...process.env, TMUX_TMPDIR: own, TEMOIN_PROBE: marker };
      return await probeTmux({ clock: systemClock, program, env });
    } finally {
      if (TMPDIR === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = TMPDIR;
      // A client that has been told to end may still be ending.
      await untilTrue(() => findByEnvironment("TEMOIN_PROBE", marker).length === 0);
      assert.deepEqual(await readdir(own), []);
    }
  }

  /** A program in the place of tmux; `"$@"` are its arguments. */
  async function fake(script: string): Promise<string> {
    const file = path.join(await mkdtemp(path.join(directory, "f")), "tmux");
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return file;
  }

  const names = (steps: readonly ProbeStep[]) =>
    steps.map(({ name, ok }) => (ok ? name : `no ${name}`));

  test("tries all of the tmux that is there, and finds nothing wrong", async () => {
    const steps = await probe("tmux");
    assert.deepEqual(names(steps), [
      "version",
      "server",
      "events",
      "paste",
      "exit code",
      "guard",
      "end",
    ]);
    assert.match(steps[0]?.detail ?? "", /^tmux \d/);
    assert.match(steps[2]?.detail ?? "", /^a letter was told \d+ ms after it was typed$/);
    // Of its version more could be wanted.
    assert(steps.slice(1).every(({ hint }) => hint === null));
  });

  test("tells how to get one where there is none", async () => {
    const steps = await probe(path.join(directory, "no-tmux"));
    assert.deepEqual(names(steps), ["no version"]);
    assert.match(steps[0]?.detail ?? "", /no-tmux` cannot be run/);
    assert.match(steps[0]?.hint ?? "", /Install tmux/);
  });

  test("refuses one that is too old, and tries nothing with it", async () => {
    const tried = path.join(directory, "tried");
    const old = await fake(`[ "$1" = -V ] && echo tmux 3.1c || mkdir ${tried}`);
    const steps = await probe(old);
    assert.deepEqual(names(steps), ["no version"]);
    assert.match(steps[0]?.detail ?? "", /tmux 3\.1c is older than 3\.2/);
    assert.match(steps[0]?.hint ?? "", /driver: command/);
    await mkdir(tried);
  });

  test("takes a weak one with its weakness, and a good one without", async () => {
    const versions = {
      "3.3a": { detail: /^tmux 3\.3a can lose its server/, isWarned: true },
      "3.6": { detail: /^tmux 3\.6$/, isWarned: false },
    };
    for (const [version, { detail, isWarned }] of Object.entries(versions)) {
      const steps = await probe(await fake(`[ "$1" = -V ] && echo tmux ${version}`));
      // It can do no more than tell its version.
      assert.deepEqual(names(steps), ["version", "no server"]);
      assert.match(steps[0]?.detail ?? "", detail);
      assert.equal(steps[0]?.hint !== null, isWarned);
    }
  });

  test("says that a server cannot be started, and why", async () => {
    const program = await fake(
      '[ "$1" = -V ] && exec tmux -V; echo "error creating s" >&2; exit 1',
    );
    const steps = await probe(program);
    assert.deepEqual(names(steps), ["version", "no server"]);
    assert.match(steps[1]?.detail ?? "", /could not be started: .*error creating s/s);
    assert.notEqual(steps[1]?.hint, null);
  });

  test("ends the server that cannot be connected to", async () => {
    const steps = await probe(await fake('case " $* " in *" -C "*) exit 1;; esac; exec tmux "$@"'));
    assert.deepEqual(names(steps), ["version", "no server"]);
    assert.match(steps[1]?.detail ?? "", /does not answer as it should/);
  });

  test("notices a paste that does not arrive as it was, and ends all the same", async () => {
    // Without `-r` tmux makes CR of each LF.
    const program = await fake(
      'case " $* " in *" -C "*) sed -u \'s/-p\\\\040-r/-p/\' | exec tmux "$@";; *) exec tmux "$@";; esac',
    );
    const steps = await probe(program);
    assert.deepEqual(names(steps), ["version", "server", "events", "no paste", "end"]);
    assert.match(steps[3]?.detail ?? "", /did not arrive as it was/);
    assert.match(steps[3]?.hint ?? "", /driver: command/);
  });
});
