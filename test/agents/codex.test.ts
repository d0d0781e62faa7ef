/** The real codex by its app-server, in both transports: what each promises of a driver. */

import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import type { AgentEvent } from "../../src/agents/driver.ts";
import { endOf, readTurn, readUntil } from "../contract/driver-stage.ts";
import { untilTrue } from "../contract/driver-terminal-stage.ts";
import { type CodexOptions, makeTmuxCodex, openCodex, prepareCodex } from "./codex-stage.ts";

const transports: readonly (readonly [string, Pick<CodexOptions, "makeDriver">])[] = [
  ["headless", {}],
  ["tmux", { makeDriver: makeTmuxCodex }],
];

for (const [transport, how] of transports) {
  describe(`codex/${transport}`, { concurrency: 3 }, () => {
    test("changes a file, tells what it does, and what it has used", async () => {
      await using codex = await openCodex(how);
      const events = await codex.turn("think write=a/b.txt text={{a line}} say={{It is made.}}");
      assert.equal(await codex.file("a/b.txt"), "a line\n");
      const { end, says } = endOf(events);
      assert.deepEqual([end, says], [{ result: "completed" }, "It is made."]);
      assert(activityOf(events).some((line) => line.startsWith("Runs ")));
      const usage = ofType(events, "usage").at(-1)?.usage;
      assert((usage?.inputTokens ?? 0) > (usage?.context?.used ?? 0));
      assert((usage?.context?.used ?? 0) > 0 && (usage?.context?.size ?? 0) > 200_000);
      assert.match(await codex.log(), /codex \d+\.\d+.*\$ .*\(exit code 0\).*It is made\./s);
    });

    test("has a prompt of 60 lines as it is, once", async () => {
      await using codex = await openCodex(how);
      const lines = Array.from({ length: 60 }, (_, n) => `${n}: "ä" 'quoted' \\ $(x) \t<b>`);
      const prompt = await codex.prompt("say=read");
      const text = `${lines.join("\n")}\n${prompt.text}`;
      const receipt = await codex.session.send({ ...prompt, text });
      assert(receipt.accepted);
      await readTurn(codex.session);
      assert.deepEqual(codex.server.log.prompts, [text]);
    });

    test("keeps a conversation for its rounds, and has none at the next task", async () => {
      await using codex = await openCodex(how);
      await codex.turn("say={{the first}} next say={{the second}}");
      const first = codex.processes("app-server");
      const feedback = await codex.turn("");
      assert.equal(endOf(feedback).says, "the second");
      const task = await codex.turn("", "task");
      assert.notEqual(endOf(task).says, "the second");
      assert.deepEqual(
        codex.server.log.main.map(({ round }) => round),
        [1, 2, 0],
      );
      // Of the turn alone, where codex counts all of the conversation.
      const used = ofType(feedback, "usage").at(-1)?.usage;
      assert.equal(used?.inputTokens, used?.context?.used);
      assert.deepEqual(codex.processes("app-server"), first);
    });

    test("asks nobody under `full`, and may write outside of its workspace", async () => {
      await using codex = await openCodex(how);
      const outside = path.join(codex.launch.home, "out.txt");
      const events = await codex.turn(`run={{echo x > ${outside}}} say=done`);
      assert.deepEqual(ofType(events, "ask"), []);
      assert.equal(await codex.file(outside), "x\n");
    });

    test("works within its workspace under `edits`, and asks a person for the rest", async () => {
      await using codex = await openCodex({ ...how, autonomy: "edits" });
      const quiet = await codex.turn("patch=in.txt text=x run={{echo y > too.txt}}");
      assert.deepEqual(ofType(quiet, "ask"), []);
      assert.equal(await codex.file("in.txt"), "x\n");
      assert.equal(await codex.file("too.txt"), "y\n");
      const outside = path.join(codex.launch.home, "out.txt");
      await codex.turn(`run={{echo z > ${outside}}}`);
      assert.equal(await codex.file(outside), null);
      await codex.give(`run={{echo z > ${outside}}} escalate`);
      const { ask } = await codex.event("ask");
      assert.match(ask.says, /^May it run `echo z > .*out\.txt`\?/);
      const receipt = await codex.session.answer?.(ask.id, { choice: "accept" });
      assert.equal(receipt?.accepted, true);
      const events = await readTurn(codex.session);
      assert.equal(ofType(events, "ask_closed")[0]?.says, "answered: accept");
      assert.equal(await codex.file(outside), "z\n");
    });

    test("asks for each command and each edit under `ask`; a no leaves the turn to go on", async () => {
      await using codex = await openCodex({ ...how, autonomy: "ask" });
      await codex.give("run={{echo y > no.txt}} patch=yes.txt text=x say={{went on}}");
      const command = (await codex.event("ask")).ask;
      assert.deepEqual(command.choices, ["accept", "decline", "cancel"]);
      await codex.session.answer?.(command.id, { choice: "decline" });
      const edit = (await codex.event("ask")).ask;
      assert.match(edit.says, /^May it edit .*yes\.txt\?$/);
      await codex.session.answer?.(edit.id, { choice: "accept" });
      const events = await readTurn(codex.session);
      assert.deepEqual(endOf(events).end, { result: "completed" });
      assert.equal(endOf(events).says, "went on");
      assert.equal(await codex.file("no.txt"), null);
      assert.equal(await codex.file("yes.txt"), "x\n");
      const states = ofType(events, "state").map((event) => event.state);
      assert.deepEqual(states, ["asking", "working", "idle"]);
    });

    test("asks a question with its choices, and takes words of one's own", async () => {
      const args = ["-c", "features.default_mode_request_user_input=true"];
      await using codex = await openCodex({ ...how, args });
      await codex.give("ask={{Which colour?}} choices=Red,Blue");
      const { ask } = await codex.event("ask");
      assert.deepEqual([ask.kind, ask.says, ask.takesText], ["question", "Which colour?", true]);
      const [first] = ask.choices;
      assert.match(first ?? "", /^Red/);
      const wrong = await codex.session.answer?.(ask.id, { choice: "Pink" });
      assert.equal(wrong?.accepted, false);
      await codex.session.answer?.(ask.id, { text: "Green, like grass" });
      assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "completed" });
      assert.equal(codex.server.log.main.length, 2);
    });

    test("ends its turn when a person cancels what it asks", async () => {
      await using codex = await openCodex({ ...how, autonomy: "ask" });
      await codex.give("run={{echo y > no.txt}}");
      const { ask } = await codex.event("ask");
      await codex.session.answer?.(ask.id, { choice: "cancel" });
      assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "interrupted" });
    });

    test("is interrupted, with the command that it runs", async () => {
      await using codex = await openCodex(how);
      await codex.give("run={{sleep 600 & sleep 601}}");
      const running = (event: AgentEvent) =>
        event.type === "activity" && event.says.startsWith("Runs sleep");
      await readUntil(codex.session, running);
      await codex.session.interrupt();
      assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "interrupted" });
      // Codex has sent its signal; that they are gone is told by nobody.
      await untilTrue(async () => (codex.processes("sleep 60").length === 0 ? true : null));
      assert.deepEqual(endOf(await codex.turn("say=again")).end, { result: "completed" });
    });

    test("closes what it asks when it is interrupted", async () => {
      await using codex = await openCodex({ ...how, autonomy: "ask" });
      await codex.give("run={{echo y > no.txt}}");
      const { ask } = await codex.event("ask");
      await codex.session.interrupt();
      const events = await readTurn(codex.session);
      assert.equal(ofType(events, "ask_closed")[0]?.askId, ask.id);
      const late = await codex.session.answer?.(ask.id, { choice: "accept" });
      assert.equal(late?.accepted, false);
    });

    test("is interrupted before it has begun", async () => {
      await using codex = await openCodex(how);
      const prompt = await codex.prompt("delay=60000 say=never");
      const sent = codex.session.send(prompt);
      await codex.session.interrupt();
      if ((await sent).accepted) {
        assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "interrupted" });
      }
      assert.deepEqual(endOf(await codex.turn("say=again")).end, { result: "completed" });
    });

    test("tells a usage limit with its reset time, and goes on after it", async () => {
      await using codex = await openCodex(how);
      const before = codex.options.clock.now();
      const events = await codex.turn("fail=usage_limit reset=3600");
      const types = events.map((event) => event.type);
      assert(types.indexOf("limit") < types.indexOf("turn_ended"));
      const limit = ofType(events, "limit")[0]?.limit;
      assert.equal(limit?.kind, "usage");
      assert(Math.abs((limit?.until ?? 0) - before - 3_600_000) < 60_000);
      assert.equal(endOf(events).end.result, "failed");
      assert.deepEqual(endOf(await codex.turn("say=again")).end, { result: "completed" });
    });

    test("tells a limit of billing and of the rate apart, and a request that is repeated", async () => {
      await using codex = await openCodex(how);
      const billing = await codex.turn("fail=quota");
      assert.equal(ofType(billing, "limit")[0]?.limit.kind, "billing");
      const rate = await codex.turn("fail=429");
      assert.equal(ofType(rate, "limit")[0]?.limit.kind, "rate");
      const cut = await codex.turn("fail=cut times=1 say={{in the end}}");
      assert.match(ofType(cut, "retrying")[0]?.says ?? "", /^Reconnecting\.\.\. 1\/5/);
      assert.deepEqual(endOf(cut).says, "in the end");
      const states = ofType(cut, "state").map((event) => event.state);
      assert.deepEqual(states, ["working", "retrying", "working", "idle"]);
    });

    test("that is killed fails its turn, and the next prompt starts it anew", async () => {
      await using codex = await openCodex(how);
      await codex.give("run={{sleep 600}}");
      await readUntil(codex.session, (event) => event.type === "activity");
      codex.kill("app-server");
      const { end } = endOf(await readTurn(codex.session));
      assert.equal(end.result, "failed");
      assert.deepEqual(codex.processes(""), []);
      assert.deepEqual(endOf(await codex.turn("say=again")).end, { result: "completed" });
    });

    test("does not start where nobody is logged in, and says what to do", async () => {
      await using codex = await prepareCodex({ ...how, launch: { asks: ["login"] } });
      await assert.rejects(
        codex.start(codex.driver),
        /nobody is logged in to codex\. Run `codex login`/,
      );
    });

    test("does not start with a configuration that is not valid, and says where", async () => {
      await using codex = await prepareCodex({ ...how, args: ["-c", "model_provider=none"] });
      await assert.rejects(codex.start(codex.driver), /\(.*model provider.*none.*\)\. Try /i);
    });

    test("does not start as a program that is none of codex", async () => {
      await using codex = await prepareCodex(how);
      const agent = { ...codex.agent, command: ["cat"] as const };
      await assert.rejects(codex.start(codex.driver, agent), /does not answer as codex does/);
      const no = { ...codex.agent, command: ["false"] as const };
      await assert.rejects(codex.start(codex.driver, no), /(?:exited|ended) with 1\)\. Try it/);
      const none = { ...codex.agent, command: ["no-such-codex"] as const };
      assert.match((await codex.driver.missing(none)) ?? "", /not found on PATH\. Install it/);
    });

    test("breaks its slot where its model is unknown or its key refused", async () => {
      const args = ["request", "stream"].flatMap((what) => [
        "-c",
        `model_providers.scripted.${what}_max_retries=0`,
      ]);
      await using codex = await openCodex({ ...how, args });
      for (const [fault, why] of [
        ["404", /Name another model/],
        ["401", /codex login/],
      ] as const) {
        const { end } = endOf(await codex.turn(`fail=${fault}`));
        assert(end.result === "failed" && end.isBroken === true);
        assert.match(end.why, why);
      }
    });

    test("tells that it goes on trying where its model provider cannot be reached", async () => {
      await using codex = await openCodex({ ...how, launch: { url: "http://127.0.0.1:9" } });
      await codex.give("say=never");
      const { says } = await codex.event("retrying");
      assert.match(says, /econnect|network/);
      await codex.session.interrupt();
      assert.deepEqual(endOf(await readTurn(codex.session)).end, { result: "interrupted" });
    });

    test("is told of the model that its arguments name", async () => {
      await using codex = await openCodex({ ...how, args: ["--model", "gpt-other"] });
      await codex.turn("say=x");
      assert.deepEqual(
        codex.server.log.main.map(({ model }) => model),
        ["gpt-other"],
      );
    });
  });
}

function ofType<Type extends AgentEvent["type"]>(events: readonly AgentEvent[], type: Type) {
  return events.filter(
    (event): event is Extract<AgentEvent, { readonly type: Type }> => event.type === type,
  );
}

function activityOf(events: readonly AgentEvent[]): readonly string[] {
  return ofType(events, "activity").map((event) => event.says);
}
