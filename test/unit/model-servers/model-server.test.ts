/** The server over HTTP, as the programs speak to it. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Api } from "../../model-servers/dialect.ts";
import { openModelServer } from "../../model-servers/model-server.ts";
import { type Client, clients, eventsOf, type Json, post } from "./clients.ts";

const writes: Readonly<Record<Api, Json>> = {
  anthropic: { name: "Write", input: { file_path: "/w/a.txt", content: "hi\n" } },
  responses: { name: "exec_command", input: { cmd: "printf '%s\\n' 'hi' > 'a.txt'" } },
  chat: { name: "write", input: { filePath: "a.txt", content: "hi\n" } },
  gemini: { name: "write_file", input: { file_path: "a.txt", content: "hi\n" } },
};

for (const client of clients) {
  describe(`a model server that is asked as by ${client.api}`, () => {
    it("calls the tool of the script, and says the last words after its result", async () => {
      await using server = await openModelServer();
      const humans = [
        "Do this.\n<fake>write=a.txt text=hi say={{All of it is done.}}</fake>\nThanks",
      ];
      const first = await eventsOf(await client.ask(server, { humans }));
      assert.deepEqual(client.callOf(first), writes[client.api]);
      const second = await eventsOf(await client.ask(server, { humans, results: 1 }));
      assert.equal(client.textOf(second), "All of it is done.");
      assert.deepEqual(
        server.log.main.map(({ step, round, attempt, end, says }) => [
          step,
          round,
          attempt,
          end,
          says,
        ]),
        [
          [0, 1, 1, "whole", `call ${writes[client.api].name}`],
          [1, 1, 1, "whole", "text"],
        ],
      );
      assert.deepEqual(server.log.prompts, humans);
    });

    it("answers a prompt without a script in a few words, with no tool", async () => {
      await using server = await openModelServer();
      const humans = ["<fake>run=true</fake>", "The gate `test` is red."];
      const events = await eventsOf(await client.ask(server, { humans }));
      assert.equal(client.textOf(events), "I have read it.");
    });

    it("answers the program's own requests, and reads no script for them", async () => {
      if (client.api === "responses") return assertTitle(client);
      await using server = await openModelServer();
      const response = await client.ask(server, { humans: ["<fake>fail=500</fake>"], tools: [] });
      assert.equal(response.status, 200);
      assert.deepEqual(
        server.log.all.map(({ kind }) => kind),
        ["side"],
      );
      assert.deepEqual(server.log.prompts, []);
    });

    it("gives the same answer in one body", async () => {
      await using server = await openModelServer();
      const turn = { humans: ["<fake>say=whole</fake>"], stream: false };
      const response = await client.ask(server, turn);
      assert.match(response.headers.get("content-type") ?? "", /application\/json/);
      assert.match(await response.text(), /"whole"/);
    });

    it("fails the first attempts only, when the script says so", async () => {
      await using server = await openModelServer();
      const turn = { humans: ["<fake>fail=503 times=2 say=up</fake>"] };
      const statuses = [];
      for (let n = 0; n < 3; n += 1) statuses.push((await client.ask(server, turn)).status);
      assert.deepEqual(statuses, [503, 503, 200]);
      server.log.reset();
      assert.equal((await client.ask(server, turn)).status, 503, "and all over again");
    });

    it("cuts an answer in its midst", async () => {
      await using server = await openModelServer();
      const humans = ["<fake>say={{a long answer of some pieces}} fail=cut</fake>"];
      const response = await client.ask(server, { humans });
      assert.equal(response.status, 200);
      await assert.rejects(response.text());
      assert.equal(server.log.main[0]?.end, "cut");
    });

    it("hangs in the midst of an answer until the program goes", async () => {
      await using server = await openModelServer();
      const humans = ["<fake>say={{a long answer of some pieces}} fail=hang</fake>"];
      const response = await client.ask(server, { humans });
      const hung = await server.log.until(({ end }) => end === "hung");
      assert.notEqual(hung.firstByteAt, null);
      assert.equal(hung.lastByteAt, null);
      await response.body?.cancel();
    });

    it("sends an error in a stream that has begun well", async () => {
      await using server = await openModelServer();
      const response = await client.ask(server, { humans: ["<fake>fail=stream_error</fake>"] });
      assert.equal(response.status, 200);
      assert.match(await response.text(), /"error":\{/);
      assert.equal(server.log.main[0]?.end, "failed");
    });

    it("reports the usage that the script names", async () => {
      await using server = await openModelServer();
      const response = await client.ask(server, { humans: ["<fake>usage=150000</fake>"] });
      assert.match(await response.text(), /150000|149988/);
    });
  });
}

/** codex offers its tools also when it asks for a title. */
async function assertTitle(client: Client): Promise<void> {
  await using server = await openModelServer();
  const humans = ["Generate a concise, single-line task title for:\n<fake>fail=500</fake>"];
  const events = await eventsOf(await client.ask(server, { humans }));
  assert.deepEqual(JSON.parse(client.textOf(events)), { title: "Scripted work" });
  assert.equal(server.log.all[0]?.kind, "side");
}

describe("a conversation that the program has shortened", () => {
  const [claude, codex, opencode] = clients as [Client, Client, Client, Client];
  const script = "<fake>run=true repeat=3 say=over</fake>";

  it("is not begun again where a summary stands in the place of its steps", async () => {
    await using server = await openModelServer();
    for (const [client, summary] of [
      [claude, "This session is being continued from a previous conversation that ran out."],
      [codex, "Another language model started to solve this problem and produced a summary."],
    ] as const) {
      const events = await eventsOf(await client.ask(server, { humans: [script, summary] }));
      assert.equal(client.textOf(events), "over");
    }
    assert.deepEqual(server.log.prompts, [], "nothing of it is a prompt");
  });

  it("asks for the summary by itself", async () => {
    await using server = await openModelServer();
    for (const [client, asks] of [
      [claude, "CRITICAL: Your task is to create a detailed summary of the conversation so far"],
      [codex, "You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary"],
      [opencode, "Continue if you have next steps, or stop and ask for clarification"],
    ] as const) {
      await (await client.ask(server, { humans: [script, asks] })).text();
    }
    assert.deepEqual(
      server.log.all.map(({ kind }) => kind),
      ["side", "side", "side"],
    );
  });
});

describe("limits", () => {
  const humans = ["<fake>fail=usage_limit reset=7200</fake>"];
  const inTwoHours = (seconds: unknown) => {
    const left = Number(seconds) - Date.now() / 1000;
    return left > 7190 && left <= 7201;
  };
  const [claude, codex, opencode, geminiClient] = clients as [Client, Client, Client, Client];

  it("have their reset time in a header of Anthropic", async () => {
    await using server = await openModelServer();
    const { status, headers } = await claude.ask(server, { humans });
    assert.equal(status, 429);
    assert.equal(headers.get("anthropic-ratelimit-unified-status"), "rejected");
    assert(inTwoHours(headers.get("anthropic-ratelimit-unified-reset")));
  });

  it("have it in body and headers of OpenAI", async () => {
    await using server = await openModelServer();
    for (const client of [codex, opencode]) {
      const response = await client.ask(server, { humans });
      assert.equal(response.status, 429);
      assert(inTwoHours(response.headers.get("x-codex-primary-reset-at")));
      const { error } = JSON.parse(await response.text());
      assert.equal(error.type, "usage_limit_reached");
      assert(inTwoHours(error.resets_at));
    }
  });

  it("name the day of Gemini", async () => {
    await using server = await openModelServer();
    const response = await geminiClient.ask(server, { humans });
    assert.equal(response.status, 429);
    assert.match(await response.text(), /PerDay/);
  });

  it("are told with a retry-after, where the script has one", async () => {
    await using server = await openModelServer();
    const asked = ["<fake>fail=429 retry_after=3</fake>"];
    for (const client of [claude, codex, opencode]) {
      const { headers } = await client.ask(server, { humans: asked });
      assert.equal(headers.get("retry-after"), "3");
    }
    assert.match(await (await geminiClient.ask(server, { humans: asked })).text(), /"3s"/);
  });

  it("are told in the words of the script, where it has some", async () => {
    await using server = await openModelServer();
    const asked = ["<fake>fail=429 message={{Limit · resets 3pm}}</fake>"];
    for (const client of clients) {
      const response = await client.ask(server, { humans: asked });
      assert.equal(JSON.parse(await response.text()).error.message, "Limit · resets 3pm");
    }
  });

  it("tell codex how much of a window is used", async () => {
    await using server = await openModelServer();
    const { headers } = await codex.ask(server, { humans: ["<fake>used=87.5</fake>"] });
    assert.equal(headers.get("x-codex-primary-used-percent"), "87.5");
  });
});

describe("a model server", () => {
  const [claude] = clients as [Client];

  it("answers what a program asks besides: HEAD, models, tokens", async () => {
    await using server = await openModelServer();
    assert.equal((await fetch(server.url, { method: "HEAD" })).status, 200);
    assert.equal((await fetch(`${server.url}/v1/models`)).status, 200);
    const counted = await post(server, "/v1/messages/count_tokens", { messages: [] });
    const tokens: Json = await counted.json();
    assert(tokens.input_tokens > 0);
    assert.equal((await fetch(`${server.url}/v1/nothing`)).status, 404);
    assert.deepEqual(server.log.all, []);
  });

  it("shows its log to other processes, and forgets it when asked to", async () => {
    await using server = await openModelServer();
    await (await claude.ask(server, { humans: ["hello"] })).text();
    const told: Json = await (await fetch(`${server.url}/lab/log`)).json();
    assert.deepEqual(told, server.log.all);
    assert.equal(server.log.all[0]?.prompt, "hello");
    await post(server, "/lab/reset", {});
    assert.deepEqual(server.log.all, []);
  });

  it("refuses a script that is wrong, and says why in its log", async () => {
    await using server = await openModelServer();
    const response = await claude.ask(server, { humans: ["<fake>wirte=a</fake>"] });
    assert.equal(response.status, 400);
    assert.match(server.log.all[0]?.says ?? "", /"wirte" is no word/);
  });

  it("streams as slowly as the script wants it, and knows when the program has gone", async () => {
    await using server = await openModelServer();
    const humans = ["<fake>stream=10000 gap=20</fake>"];
    const response = await claude.ask(server, { humans });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    const left = await server.log.until(({ end }) => end === "left");
    assert.equal(left.lastByteAt, null);
  });

  it("lets a request that waits before its headers go when it closes", async () => {
    const server = await openModelServer();
    const asked = claude.ask(server, { humans: ["<fake>fail=silence</fake>"] });
    const failed = assert.rejects(asked);
    await server.log.until(({ end }) => end === "hung");
    await server[Symbol.asyncDispose]();
    await failed;
  });

  it("says which tool it misses", async () => {
    await using server = await openModelServer();
    const response = await claude.ask(server, { humans: ["<fake>plan=x</fake>"], tools: ["Bash"] });
    assert.match(await response.text(), /No tool is/);
    assert.equal(server.log.main[0]?.says, "text");
  });
});
