import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { callOf, hookScript, latestScript } from "../../../../src/agents/hooks/hook-script.ts";
import { Spool, type SpoolEvent } from "../../../../src/agents/hooks/spool.ts";
import { Notifier } from "../../../../src/lib/notifier.ts";

type Hook = ChildProcessByStdio<Writable, Readable, Readable>;

/** A folder whose name a shell would take apart, with the script, its spool, and who reads it. */
class Stage implements AsyncDisposable {
  readonly events: SpoolEvent[] = [];
  readonly problems: string[] = [];
  readonly #base: string;
  readonly #news = new Notifier();
  #spool: Spool | null = null;

  private constructor(base: string) {
    this.#base = base;
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), "spool it's $HOME ")));
    await mkdir(stage.folder);
    await writeFile(stage.script, hookScript);
    return stage;
  }

  get folder(): string {
    return join(this.#base, "spool");
  }

  get script(): string {
    return join(this.#base, "hook.sh");
  }

  file(name: string): string {
    return join(this.#base, name);
  }

  /** As an agent does it. */
  call(...args: readonly string[]): Hook {
    return shell(callOf(this.script, ...args));
  }

  async run(payload: unknown, ...args: readonly string[]): Promise<Ended> {
    return await give(this.call(...args), payload);
  }

  /** Another temoin takes over from the one before. */
  async listen(): Promise<Spool> {
    await this.#spool?.[Symbol.asyncDispose]();
    this.#spool = new Spool({
      folder: this.folder,
      latest: ["status"],
      onEvent: async (event) => {
        this.events.push(event);
        this.#news.notify();
      },
      onProblem: (says) => {
        this.problems.push(says);
        this.#news.notify();
      },
    });
    await this.#spool.begun;
    return this.#spool;
  }

  async until(isSo: () => boolean): Promise<void> {
    for (;;) {
      const news = this.#news.next();
      if (isSo()) return;
      await news;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spool?.[Symbol.asyncDispose]();
    await rm(this.#base, { recursive: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function shell(command: string): Hook {
  return spawn("/bin/sh", ["-c", command], { stdio: ["pipe", "pipe", "pipe"] });
}

async function give(hook: Hook, payload: unknown): Promise<Ended> {
  hook.stdin.end(typeof payload === "string" ? payload : JSON.stringify(payload));
  // One without a script reads nothing.
  hook.stdin.on("error", () => undefined);
  const closed = once(hook, "close");
  const [out, err] = await Promise.all([text(hook.stdout), text(hook.stderr)]);
  await closed;
  return { code: hook.exitCode, out, err };
}

const silent = { code: 0, out: "", err: "" };

describe("what hooks tell", () => {
  test("comes in order, each once, whole, and leaves nothing behind", async () => {
    await using stage = await Stage.open();
    assert.deepEqual(await stage.run({ n: 0 }, "SessionStart"), silent);
    await stage.listen();
    const long = "é\n\\".repeat(50_000);
    for (let n = 1; n <= 20; n += 1) await stage.run({ n, long }, n % 2 === 0 ? "Stop" : "Post");
    await stage.until(() => stage.events.length >= 21);
    assert.deepEqual(
      stage.events.map(({ payload }) => (payload as { n: number }).n),
      Array.from({ length: 21 }, (_, n) => n),
    );
    assert.deepEqual(stage.events[20]?.payload, { n: 20, long });
    assert.equal(stage.events[20]?.name, "Stop");
    assert.equal(stage.events[20]?.waits, false);
    await stage.listen();
    assert.equal(stage.events.length, 21);
    assert.deepEqual(await readdir(stage.folder), []);
  });

  test("is read when somebody is there again, in its order", async () => {
    await using stage = await Stage.open();
    for (const name of ["Prompt", "Pre", "Post", "Stop"]) await stage.run({ name }, name);
    await stage.listen();
    assert.deepEqual(
      stage.events.map(({ name }) => name),
      ["Prompt", "Pre", "Post", "Stop"],
    );
  });

  test("is passed over where it is no JSON", async () => {
    await using stage = await Stage.open();
    await stage.listen();
    await stage.run('{"half": ', "Stop");
    await stage.run({}, "Stop");
    await stage.until(() => stage.events.length === 1);
    assert.equal(stage.problems.length, 1);
  });

  test("is nothing where script or spool are gone, and the agent is not stopped", async () => {
    await using stage = await Stage.open();
    await rm(stage.folder, { recursive: true });
    for (const args of [["Stop"], ["Ask", "wait"]]) {
      const { code, out } = await stage.run({}, ...args);
      assert.deepEqual({ code, out }, { code: 0, out: "" });
    }
    await rm(stage.script);
    assert.deepEqual(await stage.run({}, "Stop"), silent);
  });

  test("of a status counts only the last, and a command of the person's own shows it", async () => {
    await using stage = await Stage.open();
    const script = stage.file("status.sh");
    await writeFile(script, latestScript("status", `sed 's/.*/shown: &/' && echo "it's $0"`));
    const show = (n: number) => give(shell(callOf(script)), JSON.stringify({ n }));
    assert.equal((await show(1)).out, 'shown: {"n":1}it\'s sh\n');
    await show(2);
    await stage.listen();
    await show(3);
    await stage.until(() => stage.events.length >= 2);
    assert.deepEqual(
      stage.events.map(({ payload }) => payload),
      [{ n: 2 }, { n: 3 }],
    );
  });
});

describe("a hook that waits", () => {
  async function ask(stage: Stage) {
    const hook = stage.call("Ask", "wait");
    const ended = give(hook, { tool: "Bash" });
    await stage.until(() => stage.events.some(({ waits }) => waits));
    const event = stage.events.findLast(({ waits }) => waits);
    assert(event !== undefined);
    return { hook, ended, id: event.id };
  }

  test("prints its answer, and leaves nothing behind", async () => {
    await using stage = await Stage.open();
    const spool = await stage.listen();
    const { ended, id } = await ask(stage);
    const line = JSON.stringify({ allow: true, words: "it's 100 % \\n ok é" });
    assert.equal(await spool.answer(id, line), true);
    assert.deepEqual(await ended, { code: 0, out: `${line}\n`, err: "" });
    assert.deepEqual(await readdir(stage.folder), []);
  });

  test("prints nothing when it is dropped", async () => {
    await using stage = await Stage.open();
    const spool = await stage.listen();
    const { ended, id } = await ask(stage);
    await spool.drop(id);
    assert.deepEqual(await ended, silent);
  });

  test("is found again by another temoin, which answers it", async () => {
    await using stage = await Stage.open();
    await stage.listen();
    const { ended, id } = await ask(stage);
    const spool = await stage.listen();
    assert.deepEqual(
      stage.events.map((event) => [event.id, event.waits]),
      [
        [id, true],
        [id, true],
      ],
    );
    assert.equal(await spool.answer(id, "{}"), true);
    assert.equal((await ended).out, "{}\n");
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    test(`that was ended by ${signal} takes no answer, and is not found again`, async () => {
      await using stage = await Stage.open();
      const spool = await stage.listen();
      const { hook, ended, id } = await ask(stage);
      hook.kill(signal);
      await ended;
      await stage.listen();
      assert.equal(stage.events.length, 1);
      assert.equal(await spool.answer(id, "{}"), false);
      assert.deepEqual(await readdir(stage.folder), []);
    });
  }
});

describe("what an agent puts into the spool itself", () => {
  test("is never waited for, and keeps no hook from being heard", async () => {
    await using stage = await Stage.open();
    const inSpool = (name: string) => join(stage.folder, name);
    for (const name of ["Stop.1.0", "status", "Ask.1.0.answer"]) await mkdir(inSpool(name));
    await writeFile(inSpool("Ask.1.0"), "{}");
    await writeFile(inSpool("Ask.2.0"), "{}");
    await writeFile(inSpool("Ask.2.0.answer"), "mine\n");
    await writeFile(inSpool("Ask.3.0"), "{}");
    await symlink(stage.script, inSpool("Ask.3.0.answer"));
    spawnSync("mkfifo", [inSpool("Stop.2.0"), inSpool("Stop.2.1")]);
    await symlink("/dev/zero", inSpool("Stop.3.0"));
    await symlink(inSpool("Stop.4.0"), inSpool("Stop.4.0"));
    await symlink("/nowhere", inSpool("Stop.5.0"));
    await writeFile(inSpool("Stop.6.0"), `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`);
    await writeFile(inSpool("Stop.7.0"), "\u0000\u001b]0;title\u0007");
    await truncate(inSpool("Stop.7.0"), 3 * 1024 ** 3);
    await stage.listen();
    await stage.run({ n: 1 }, "Stop");
    await stage.until(() => stage.events.length >= 1);
    await rm(inSpool("status"), { recursive: true });
    await writeFile(inSpool("status"), '{"n":2}');
    await stage.until(() => stage.events.length >= 2);
    const heard = stage.events.map(({ name, payload, waits }) => [name, payload, waits]);
    assert.deepEqual(heard, [
      ["Stop", { n: 1 }, false],
      ["status", { n: 2 }, false],
    ]);
    assert.equal(stage.problems.length, 2);
    assert.equal(await readFile(stage.script, "utf8"), hookScript);
  });

  test("in the place of the pipe takes no answer, and nothing is written through it", async () => {
    await using stage = await Stage.open();
    const spool = await stage.listen();
    const hook = stage.call("Ask", "wait");
    const ended = give(hook, {});
    await stage.until(() => stage.events.some(({ waits }) => waits));
    const { id } = stage.events[0] ?? assert.fail();
    await rm(join(stage.folder, `${id}.answer`));
    await symlink(stage.script, join(stage.folder, `${id}.answer`));
    assert.equal(await spool.answer(id, "{}"), false);
    assert.equal(await readFile(stage.script, "utf8"), hookScript);
    hook.kill("SIGKILL");
    await ended;
  });

  test("in its place removes nothing elsewhere, and ends what is heard with a word", async () => {
    await using stage = await Stage.open();
    const elsewhere = stage.file("elsewhere");
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, "Stop.1.0"), "{}");
    await rmdir(stage.folder);
    await symlink(elsewhere, stage.folder);
    const spool = await stage.listen();
    assert.deepEqual(stage.problems, ["what its hooks tell cannot be read (it is no folder)"]);
    assert.equal(await spool.answer("Stop.1.0", "{}"), false);
    assert.deepEqual(stage.events, []);
    assert.deepEqual(await readdir(elsewhere), ["Stop.1.0"]);
  });

  test("by removing it ends what is heard, with a word, and answers nobody", async () => {
    await using stage = await Stage.open();
    const spool = await stage.listen();
    const hook = stage.call("Ask", "wait");
    const ended = give(hook, {});
    await stage.until(() => stage.events.some(({ waits }) => waits));
    const { id } = stage.events[0] ?? assert.fail();
    await rm(stage.folder, { recursive: true });
    await stage.until(() => stage.problems.length === 1);
    assert.match(stage.problems[0] ?? "", /^what its hooks tell cannot be read \(ENOENT/);
    assert.equal(await spool.answer(id, "{}"), false);
    hook.kill("SIGKILL");
    await ended;
  });
});
