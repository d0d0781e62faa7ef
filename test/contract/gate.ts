/** What gates promise (`src/gates/gate.ts`), as tests over real commands. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { execa } from "execa";
import type { GateRequest, Gates } from "../../src/gates/gate.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";

const never = new AbortController().signal;

/** Each gate of `makeGates` is run by a temoin in whose environment these stand, and it masks them. */
export const gateSecrets = {
  FIRST_TOKEN: "first-secret-of-temoin",
  SECOND_TOKEN: "second-secret-of-temoin",
};

export function gateContract(name: string, makeGates: () => Gates): void {
  async function prepare() {
    const stage = await openStage();
    const gates = makeGates();
    return {
      stage,
      check: (run: string, signal: AbortSignal = never) => gates.check(stage.request(run), signal),
      gates,
    };
  }

  describe(`gates ${name}`, () => {
    test("exit code 0 passes, with its proof", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("echo out; echo err >&2; echo again");
      assert.equal(verdict.verdict, "passed");
      assert.equal(verdict.exitCode, 0);
      assert(verdict.durationMs >= 0);
      assert.equal(verdict.tail, "out\nerr\nagain");
      const proof = await stage.proof();
      assert.match(proof, /^\$ echo out; echo err >&2; echo again\n/);
      assert.match(proof, /^exit code: 0$/m);
      assert.match(proof, /^duration: \d+ ms$/m);
      assert.match(proof, /\n\nout\nerr\nagain\n$/);
    });

    test("another exit code fails", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("echo reason; exit 3");
      assert.equal(verdict.verdict, "failed");
      assert.equal(verdict.exitCode, 3);
      assert.equal(verdict.why, "Gate `test` (echo reason; exit 3) failed with exit code 3.");
      assert.equal(verdict.tail, "reason");
    });

    test("a command that is not found is errored", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("no-such-command --all");
      assert.equal(verdict.verdict, "errored");
      assert.equal(verdict.exitCode, 127);
      assert.match(verdict.why, /not found/);
    });

    test("a command that is not executable is errored", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      await writeFile(join(stage.workspace, "check.sh"), "exit 0\n", { mode: 0o644 });
      const verdict = await check("./check.sh");
      assert.equal(verdict.verdict, "errored");
      assert.equal(verdict.exitCode, 126);
      assert.match(verdict.why, /not executable/);
    });

    test("a shell that is killed is errored, and a command that is killed in it too", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      for (const run of ["kill -9 $$", "sh -c 'kill -9 $$'; exit $?"]) {
        const verdict = await check(run);
        assert.equal(verdict.verdict, "errored", run);
        assert.match(verdict.why, /SIGKILL/);
      }
    });

    test("a gate that does not end in time is errored, and ended although it ignores SIGTERM", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const request = stage.request(
        "trap '' TERM; echo begun; setsid sleep 600 & while :; do sleep 600; done",
      );
      const gate = { ...request.gate, timeoutMs: 200 };
      const verdict = await gates.check({ ...request, gate }, never);
      assert.equal(verdict.verdict, "errored");
      assert.match(verdict.why, /0\.2 s/);
      assert.equal(verdict.tail, "begun");
      assert.deepEqual(findByEnvironment("TEMOIN_SLOT", stage.slot), []);
    });

    test("a gate that is called off while it runs is skipped and ended", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const callOff = new AbortController();
      const checked = check("touch begun; sleep 600", callOff.signal);
      while (!existsSync(join(stage.workspace, "begun"))) {
        await systemClock.until(systemClock.now() + 5);
      }
      callOff.abort();
      assert.equal((await checked).verdict, "skipped");
      assert.deepEqual(findByEnvironment("TEMOIN_SLOT", stage.slot), []);
    });

    test("a gate that was called off before is skipped and not run", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("touch begun", AbortSignal.abort());
      assert.equal(verdict.verdict, "skipped");
      assert.equal(existsSync(join(stage.workspace, "begun")), false);
    });

    test("a workspace that is gone is errored", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      await rm(stage.workspace, { recursive: true });
      const verdict = await check("true");
      assert.equal(verdict.verdict, "errored");
      assert.equal(verdict.exitCode, null);
      assert.match(verdict.why, /directory is gone/);
    });

    test("nothing passes when its proof cannot be kept", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      await writeFile(join(stage.directory, "file"), "");
      const proofFile = join(stage.directory, "file", "proof.txt");
      const passing = await gates.check({ ...stage.request("true"), proofFile }, never);
      assert.equal(passing.verdict, "errored");
      assert.match(passing.why, /proof could not be kept/);
      assert.equal(passing.noRoom, undefined);
      const failing = await gates.check({ ...stage.request("false"), proofFile }, never);
      assert.equal(failing.verdict, "failed");
      const full = await gates.check({ ...stage.request("true"), proofFile: "/dev/full" }, never);
      assert.deepEqual([full.verdict, full.noRoom], ["errored", true]);
    });

    test("a gate that reads the keyboard meets the end of the input", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("read answer || echo nobody; cat");
      assert.equal(verdict.verdict, "passed");
      assert.equal(verdict.tail, "nobody");
    });

    test("a gate that needs a terminal fails", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      assert.equal((await check("test -t 0 || test -t 1 || test -t 2")).verdict, "failed");
      // Nor is there one to be opened behind the streams' back.
      assert.equal((await check("(: < /dev/tty) 2>&1 || exit 9")).exitCode, 9);
    });

    test("a gate can open its streams by name", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("echo a > /dev/stderr; echo b | tee /dev/stdout; cat /dev/stdin");
      assert.equal(verdict.verdict, "passed");
      assert.equal(verdict.tail, "a\nb\nb");
    });

    test("a gate knows that nobody watches, unless it is told otherwise", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const request = stage.request('echo "$TERM $CI"');
      assert.equal((await gates.check(request, never)).tail, "dumb 1");
      const env = { ...request.env, TERM: "xterm", CI: "no" };
      assert.equal((await gates.check({ ...request, env }, never)).tail, "xterm no");
    });

    test("a daemon that a gate leaves behind is ended, and named without changing the verdict", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("sleep 600 & setsid sleep 600 & echo served");
      assert.equal(verdict.verdict, "passed");
      assert.match(verdict.why, /left 2 processes running \(sleep\)/);
      assert.equal(verdict.tail, "served");
      assert.deepEqual(findByEnvironment("TEMOIN_SLOT", stage.slot), []);
    });

    test("a daemon with an empty environment that holds the output open is ended too", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const daemon = `(setsid sh -c ": > up; exec sleep 600" &)`;
      const verdict = await check(
        `mkfifo up; env -i PATH="$PATH" sh -c '${daemon}'; cat up; echo served`,
      );
      assert.equal(verdict.verdict, "passed");
      assert.equal(verdict.tail, "served");
      assert.match(verdict.why, /left a process running \(sleep\)/);
    });

    test("a gate at a person's terminal cannot read from it", async () => {
      const { stage } = await prepare();
      await using _ = stage;
      const script = join(stage.directory, "at-terminal.ts");
      const sources = new URL("../../src/", import.meta.url).href;
      await writeFile(
        script,
        `import { createGates } from "${sources}gates/command-gate.ts";
import { systemClock } from "${sources}lib/clock.ts";
const run = "(: < /dev/tty) 2>/dev/null && echo terminal || echo none; cat; test -t 0 || test -t 1";
const gate = { name: "test", run, timeoutMs: 60_000 };
const request = { gate, cwd: process.cwd(), env: {}, proofFile: process.cwd() + "/proof" };
const { verdict, tail } = await createGates({ clock: systemClock }).check(request, new AbortController().signal);
process.stdout.write(JSON.stringify({ mine: process.stdin.isTTY, verdict, tail }));`,
      );
      const node = `${process.execPath} ${script}`;
      const { stdout } = await execa("script", ["-qec", node, "/dev/null"], {
        cwd: stage.directory,
        input: "typed by a person\n",
      });
      const told: unknown = JSON.parse(/\{.*\}/.exec(stdout)?.[0] ?? "");
      assert.deepEqual(told, { mine: true, verdict: "failed", tail: "none" });
    });

    test("a flood without end is ended in time, and held in bounded memory", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const request = stage.request("yes 'src/a.ts(1,2): error TS2322: Wrong.'");
      const before = process.memoryUsage.rss();
      const gate = { ...request.gate, timeoutMs: 1_000 };
      const verdict = await gates.check({ ...request, gate }, never);
      assert.equal(verdict.verdict, "errored");
      assert.equal(verdict.failures.length, 1);
      assert((await stat(stage.proofFile)).size < 1.5 * 1024 * 1024);
      assert(process.memoryUsage.rss() - before < 200 * 1024 * 1024);
    });

    test("what is found in hostile output can be shown", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const { failures } = await check(
        "printf 'src/\\033]0;title\\007a.ts(1,2): error TS1: \\000\\377\\033[2Jx\\033]52;c;eA==\\033\\\\y\\n'",
      );
      assert.deepEqual(failures, [
        { file: "src/a.ts", line: 1, test: null, code: "TS1", message: "\ufffdxy" },
      ]);
    });

    test("a flood of output is contained: head and tail are kept, the rest is counted", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const verdict = await check("echo first; yes | head -c 200000000; echo; echo last");
      assert.equal(verdict.verdict, "passed");
      assert.match(verdict.tail, /y\n\nlast$/);
      assert((await stat(stage.proofFile)).size < 1.5 * 1024 * 1024);
      const proof = await stage.proof();
      assert.match(proof, /\n\nfirst\ny\n/);
      const [, cut] = /… (\d+) bytes were cut here …/.exec(proof) ?? [];
      assert.equal(Number(cut), 200_000_000 + "first\n\nlast\n".length - (256 + 1024) * 1024);
    });

    test("output without lines or of any bytes becomes a short plain tail", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const long = await check("head -c 3000000 /dev/zero | tr '\\0' x");
      assert(long.tail.length > 1000 && long.tail.length <= 32 * 1024);
      const binary = await check(
        "head -c 100000 /dev/urandom; printf '\\n\\033[31mred\\033[0m\\007\\n'",
      );
      assert.doesNotMatch(binary.tail, /[^\P{Cc}\n\t]/u);
      assert.match(binary.tail, /red$/);
    });

    test("the tail has at most 200 lines, the last ones", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const lines = (await check("seq 1 5000")).tail.split("\n");
      assert.equal(lines.length, 200);
      assert.equal(lines[0], "4801");
      assert.equal(lines.at(-1), "5000");
    });

    test("a gate gets of the secrets those that it names, and is told which it misses", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const request = stage.request('test "$FIRST_TOKEN" && test "$SECOND_TOKEN"');
      const naming = (...env: string[]) =>
        gates.check({ ...request, gate: { ...request.gate, env } }, never);
      const both = await naming("FIRST_TOKEN", "SECOND_TOKEN");
      assert.equal(both.verdict, "passed");
      const one = await naming("FIRST_TOKEN");
      assert.equal(one.verdict, "failed");
      assert.match(one.why, /run without SECOND_TOKEN, .*`env: \[SECOND_TOKEN\]`/);
      assert.match((await naming()).why, /run without FIRST_TOKEN, SECOND_TOKEN/);
    });

    test("what a gate prints of secrets is kept nowhere, also when it comes in pieces", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const token = `ghp_${"aB3d".repeat(9)}`;
      const [head, end] = [token.slice(0, 9), token.slice(9)];
      const script = [
        "echo a; echo $FIRST_TOKEN",
        "printf %s $(echo $FIRST_TOKEN | cut -c1-9); sleep 0.05; echo $FIRST_TOKEN | cut -c10-",
        `printf ${head}; sleep 0.05; echo ${end}`,
      ];
      await writeFile(join(stage.workspace, "pieces.sh"), script.join("\n"));
      const request = stage.request(`sh pieces.sh; cat missing-${gateSecrets.SECOND_TOKEN}`);
      const gate = { ...request.gate, env: ["FIRST_TOKEN"] };
      const verdict = await gates.check({ ...request, gate }, never);
      const proof = await stage.proof();
      for (const text of [verdict.tail, verdict.why, proof]) {
        for (const secret of [...Object.values(gateSecrets), token, end]) {
          assert.equal(text.includes(secret), false, text);
        }
      }
      const masked = "[masked FIRST_TOKEN]";
      assert.ok(verdict.tail.startsWith(`a\n${masked}\n${masked}\n[masked GitHub token]\n`));
      assert.match(proof, /^\$ .*cat missing-\[masked SECOND_TOKEN\]$/m);
    });

    test("an output that says that tests failed is no pass, and its failures are told", async () => {
      const { stage, check } = await prepare();
      await using _ = stage;
      const tap =
        "TAP version 13\\nnot ok 1 - adds\\n  ---\\n  location: '$PWD/a.js:3:1'\\n  ...\\n1..1\\n";
      const verdict = await check(`printf "${tap}"`);
      assert.equal(verdict.verdict, "errored");
      assert.match(verdict.why, /exit code 0, but 1 test failed/);
      assert.deepEqual(verdict.tests, { ran: 1, failed: 1, skipped: 0 });
      const failure = { file: "a.js", line: 3, test: "adds", code: null, message: "failed" };
      assert.deepEqual(verdict.failures, [failure]);
    });

    test("a gate that ran nothing where the target ran tests is no pass", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const tests = { ran: 12, failed: 0, skipped: 0 };
      const baseline = { verdict: "passed", tests, durationMs: 5, failures: [] } as const;
      const verdict = await gates.check({ ...stage.request("true"), baseline }, never);
      assert.equal(verdict.verdict, "errored");
      assert.match(verdict.why, /tells of no test, where 12 ran/);
      assert.match(await stage.proof(), /^verdict: errored\. .*12 ran on the target\.$/m);
    });

    test("a report counts when this run has written it, within the workspace, as a file", async () => {
      const { stage, gates } = await prepare();
      await using _ = stage;
      const green = "<testsuite><testcase name='a'/><testcase name='b'/></testsuite>";
      const token = gateSecrets.FIRST_TOKEN;
      const red = `<testsuite><testcase name='a'><error message='${token}'/></testcase></testsuite>`;
      await writeFile(join(stage.workspace, "green.xml"), green);
      await writeFile(join(stage.workspace, "red.xml"), red);
      await writeFile(join(stage.directory, "outside.xml"), green);
      const check = (run: string, junit = "out.xml") => {
        const request = stage.request(run);
        return gates.check({ ...request, gate: { ...request.gate, junit } }, never);
      };

      const written = await check("cat green.xml > out.xml");
      assert.equal(written.verdict, "passed");
      assert.deepEqual(written.tests, { ran: 2, failed: 0, skipped: 0 });

      const masked = await check("cat red.xml > out.xml; exit 1");
      assert.equal(masked.verdict, "failed");
      assert.deepEqual(
        masked.failures.map(({ message }) => message),
        ["[masked FIRST_TOKEN]"],
      );

      const refused: readonly (readonly [run: string, why: RegExp, junit?: string])[] = [
        ["true", /has not written `out\.xml`/],
        ["rm out.xml; cp green.xml out.xml; touch -d '1 hour ago' out.xml", /has not written/],
        ["rm out.xml; ln -s green.xml out.xml", /has made a link of `out\.xml`/],
        ["rm out.xml; mkfifo out.xml", /that is no file/],
        ["rm out.xml; ln -s .. up", /outside of the workspace/, "up/outside.xml"],
        ["head -c 40 green.xml > out.xml", /which is broken: /],
        ["echo hello > out.xml", /which is no JUnit XML/],
      ];
      for (const [run, why, junit] of refused) {
        if (junit !== undefined) await writeFile(join(stage.directory, "outside.xml"), green);
        const verdict = await check(run, junit);
        assert.equal(verdict.verdict, "errored", run);
        assert.match(verdict.why, why, run);
      }
    });

    test("one gate is ended without touching another at work", async () => {
      const { stage, gates, check } = await prepare();
      await using _ = stage;
      const other = stage.request("while ! test -e go; do sleep 0.01; done; echo through");
      const proofFile = join(stage.directory, "proof", "other.txt");
      const working = gates.check({ ...other, proofFile }, never);
      assert.equal((await check("sleep 600 & true")).verdict, "passed");
      await writeFile(join(stage.workspace, "go"), "");
      const verdict = await working;
      assert.equal(verdict.verdict, "passed");
      assert.equal(verdict.tail, "through");
    });
  });
}

/** A workspace and a place for proofs; leaving it checks that no process is left. */
async function openStage() {
  const directory = await mkdtemp(join(tmpdir(), "gate-"));
  const workspace = join(directory, "workspace");
  const proofFile = join(directory, "proof", "test.txt");
  const slot = randomUUID();
  await mkdir(workspace);
  return {
    directory,
    workspace,
    proofFile,
    slot,
    request: (run: string): GateRequest => ({
      gate: { name: "test", run, timeoutMs: 60_000 },
      cwd: workspace,
      env: { TEMOIN_SLOT: slot },
      proofFile,
    }),
    proof: () => readFile(proofFile, "utf8"),
    async [Symbol.asyncDispose]() {
      const left = findByEnvironment("TEMOIN_SLOT", slot);
      await rm(directory, { recursive: true });
      assert.deepEqual(left, [], "no process is left");
    },
  };
}
