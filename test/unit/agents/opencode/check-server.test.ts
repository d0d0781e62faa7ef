import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { Api } from "../../../../src/agents/opencode/api.ts";
import { checkServer } from "../../../../src/agents/opencode/check-server.ts";
import type { Launch } from "../../../../src/agents/opencode/launch.ts";
import type { AgentSpec } from "../../../../src/domain/agent.ts";
import type { AgentName } from "../../../../src/domain/id.ts";
import { AppError } from "../../../../src/lib/app-error.ts";
import { type Clock, systemClock } from "../../../../src/lib/clock.ts";

type Answers = Readonly<Record<string, unknown>>;

const answers: Answers = {
  "/global/health": { healthy: true, version: "1.18.33" },
  "/config": { model: "mine/large" },
  "/config/providers": {
    providers: [{ id: "mine", models: { large: { limit: { context: 9_000 } }, small: {} } }],
  },
  "/agent": [{ name: "build", permission: [{ permission: "*", pattern: "*", action: "allow" }] }],
  "/permission": [],
  "/question": [],
};

/** The first waits are a hundred times as fast: those for answers that never come. */
function hastyClock(hastyWaits: number): Clock {
  let waits = 0;
  return {
    now: () => systemClock.now(),
    until(instant, signal) {
      waits += 1;
      const now = systemClock.now();
      const end = waits > hastyWaits ? instant : now + (instant - now) / 100;
      return systemClock.until(end, signal);
    },
  };
}

const plain: Launch = { command: ["opencode"], model: null, agent: null };

async function check(
  change: Answers = {},
  { launch = {}, hangs = 0 }: { readonly launch?: Partial<Launch>; readonly hangs?: number } = {},
) {
  const known = { ...answers, ...change };
  const asked: string[] = [];
  const http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://fake");
    asked.push(`${pathname} ${searchParams.get("directory")} ${request.headers.authorization}`);
    if (asked.length <= hangs) return;
    const value = known[pathname];
    if (value instanceof Error) response.writeHead(400);
    response.end(
      value instanceof Error ? `{"data":{"message":"${value.message}"}}` : asText(value),
    );
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  // It listens on a port.
  const { port } = http.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const api = new Api({ clock: hastyClock(hangs), url, password: "word", directory: "/my tree" });
  try {
    return { facts: await checkServer(api, agent, { ...plain, ...launch }), asked };
  } finally {
    http.closeAllConnections();
    http.close();
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const agent: AgentSpec = {
  name: "mine" as AgentName,
  driver: "opencode",
  transport: "headless",
  command: ["opencode"],
  env: {},
  roles: [],
  slots: 1,
  autonomy: "ask",
  profile: null,
};

async function isRefused(words: RegExp, ...args: Parameters<typeof check>): Promise<void> {
  await assert.rejects(check(...args), (error) => {
    assert(error instanceof AppError);
    assert.match(`${error.message} ${error.hint}`, words);
    return true;
  });
}

describe("a server of opencode that has just begun", () => {
  it("tells what a session is to be made of", async () => {
    const { facts, asked } = await check();
    assert.equal(facts.sizeOf("mine", "large"), 9_000);
    assert.equal(facts.sizeOf("mine", "small"), null);
    assert.equal(facts.sizeOf("other", "large"), null);
    assert.equal(facts.rules[0]?.action, "ask");
    const word = Buffer.from("opencode:word").toString("base64");
    assert(
      asked.every((one) => one.endsWith(` /my tree Basic ${word}`)),
      asked.join(),
    );
  });

  it("is asked again where it does not answer its first call", async () => {
    const { asked } = await check({}, { hangs: 2 });
    assert.deepEqual(
      asked.slice(0, 4).map((one) => one.split(" ")[0]),
      ["/global/health", "/global/health", "/global/health", "/config"],
    );
    await isRefused(/too old/, {}, { hangs: 99 });
  });

  it("is refused where its version lacks what is needed", async () => {
    await isRefused(/opencode 0\.9\.1 is too old.*opencode upgrade/, {
      "/global/health": { healthy: true, version: "0.9.1" },
    });
    await isRefused(/opencode 1\.18\.33 is too old/, { "/question": "<html>for people</html>" });
    await isRefused(/of an unknown version is too old/, { "/global/health": "<html></html>" });
  });

  it("is refused where a person has to mend something", async () => {
    await isRefused(/no model to ask.*opencode auth login/, {
      "/config/providers": { providers: [{ id: "mine", models: {} }] },
    });
    await isRefused(/knows no model `mine\/huge`.*opencode models/, {
      "/config": { model: "mine/huge" },
    });
    const other = { provider: "mine", model: "other" };
    await isRefused(/knows no model `mine\/other`/, {}, { launch: { model: other } });
    await isRefused(/knows no agent `plan`.*`build`/, {}, { launch: { agent: "plan" } });
    await isRefused(/cannot be used here: Bad value\. Run/, { "/config": new Error("Bad value.") });
  });

  it("is used with its own model where none is named", async () => {
    await check({ "/config": {} });
    const small = { provider: "mine", model: "small" };
    await check({ "/config": { model: "mine/huge" } }, { launch: { model: small } });
  });
});
