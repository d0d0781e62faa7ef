import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shakeHands } from "../../../../src/agents/codex/handshake.ts";
import { invocationOf, settingsOf } from "../../../../src/agents/codex/launch.ts";
import { Peer } from "../../../../src/agents/codex/peer.ts";
import { zoneOf } from "../../../../src/agents/reset-time-for.ts";
import type { AgentSpec } from "../../../../src/domain/agent.ts";
import type { AgentName } from "../../../../src/domain/id.ts";
import { systemClock } from "../../../../src/lib/clock.ts";

const agent: AgentSpec = {
  name: "codex" as AgentName,
  driver: "codex",
  transport: "headless",
  command: ["codex"],
  env: {},
  roles: [],
  slots: 1,
  autonomy: "full",
  profile: null,
};

/** What a server answers to the first words. */
async function greet(answers: Readonly<Record<string, unknown>>): Promise<string> {
  // biome-ignore lint/suspicious/noExplicitAny: a test double believes what it is sent.
  const peer: Peer = new Peer(({ id, method }: any) => {
    const answer = answers[method];
    if (answer instanceof Error) queueMicrotask(() => peer.close(answer.message));
    else if (id !== undefined) queueMicrotask(() => peer.take({ id, ...(answer as object) }));
    return true;
  });
  const signal = new AbortController().signal;
  return await shakeHands(peer, { agent, clock: systemClock, signal });
}

const hello = (version: string) => ({ result: { userAgent: `temoin/${version} (Debian 12)` } });
const loggedIn = { result: { account: { type: "apiKey" }, requiresOpenaiAuth: true } };
const needsNone = { result: { account: null, requiresOpenaiAuth: false } };
const loggedOut = { result: { account: null, requiresOpenaiAuth: true } };

describe("the first words with codex", () => {
  it("tell its version, and that it was proved with another", async () => {
    for (const account of [loggedIn, needsNone]) {
      const says = await greet({ initialize: hello("0.169.0"), "account/read": account });
      assert.equal(says, "codex 0.169.0");
    }
    const newer = await greet({ initialize: hello("0.200.1"), "account/read": needsNone });
    assert.equal(newer, "codex 0.200.1, where 0.169.0 was proved");
  });

  it("say what a person has to do where it cannot be used", async () => {
    for (const [answers, says] of [
      [
        { initialize: hello("0.169.0"), "account/read": loggedOut },
        /nobody is logged in to codex\. Run `codex login`, /,
      ],
      [{ initialize: hello("0.80.0") }, /codex 0\.80\.0 is too old\. Update codex, to 0\.169\.0/],
      [
        { initialize: new Error("it exited with 2: error: unrecognized subcommand") },
        /`codex app-server` does not answer as codex does \(it exited with 2: .*\)\. Try it .* Update codex/,
      ],
      [{ initialize: { error: { message: "unknown method" } } }, /\(unknown method\)/],
      [{ initialize: { result: "hello" } }, /its answer is not that of codex/],
    ] as const) {
      await assert.rejects(greet(answers), says);
    }
  });

  it("are called off with their signal", async () => {
    const peer = new Peer(() => true);
    const signal = AbortSignal.abort(new Error("called off"));
    const parts = { agent, clock: systemClock, signal };
    await assert.rejects(shakeHands(peer, parts), /called off/);
  });
});

describe("the launch of codex", () => {
  it("says the model in the one way that each of its programs reads", () => {
    for (const given of [["-m", "o3"], ["--model", "o3"], ["--model=o3"]]) {
      const { program, options } = invocationOf({
        ...agent,
        command: ["codex", ...given, "-c", "x=1"],
      });
      assert.equal(program, "codex");
      assert.deepEqual(options.slice(0, 4), ["-c", 'model="o3"', "-c", "x=1"]);
    }
  });

  it("leaves no daemon behind and stops at no update", () => {
    const { options } = invocationOf(agent);
    assert.deepEqual(options, [
      "-c",
      "features.daemon_auto_start=false",
      "-c",
      "check_for_update_on_startup=false",
    ]);
  });

  it("lets one that is to change nothing read in a sandbox, and find temoin in its shell", () => {
    const seated = { ...agent, readsOnly: true } as const;
    const reading = { approvalPolicy: "on-request", sandbox: "read-only" };
    assert.deepEqual(settingsOf(seated), reading);
    assert.equal(settingsOf(agent).sandbox, "danger-full-access");
    assert.equal(invocationOf(seated).options.at(-1), "allow_login_shell=false");
  });

  it("reads the times of its agent's own clock", () => {
    assert.equal(zoneOf({ env: { TZ: "Asia/Tokyo" } }), "Asia/Tokyo");
    assert.notEqual(zoneOf({ env: {} }), "");
  });
});
