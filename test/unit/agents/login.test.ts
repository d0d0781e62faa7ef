/** Logins, as the real CLIs tell them (`claude auth status` of 2.1.197, `codex login status` of 0.169.0, …). */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LoginLooks, lookForLogin } from "../../../src/agents/login.ts";

function looks(parts: {
  readonly says?: string | null;
  readonly exitCode?: number;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}): LoginLooks {
  const { says = null, exitCode = 0, files = {}, env = {}, args = [] } = parts;
  return {
    env: { HOME: "/home/me", ...env },
    args,
    ask: async () => (says === null ? null : { exitCode, output: says }),
    read: async (file) => files[file] ?? null,
  };
}

const stateOf = async (...of: Parameters<typeof lookForLogin>) =>
  (await lookForLogin(...of))?.state;

describe("a login", () => {
  test("with claude is what `claude auth status` says", async () => {
    const isIn = { says: '{\n "loggedIn": true,\n "authMethod": "api_key"\n}' };
    assert.deepEqual(await lookForLogin("claude", looks(isIn)), {
      state: "logged_in",
      how: "by api_key",
    });
    const out = { says: '{"loggedIn": false, "authMethod": "none"}', exitCode: 1 };
    assert.equal(await stateOf("claude", looks(out)), "logged_out");
    for (const says of [null, "", "Usage: claude", "[]", "null", '{"loggedIn": "yes"}']) {
      assert.equal(await stateOf("claude", looks({ says, exitCode: 1 })), "unknown");
    }
  });

  test("with codex is what `codex login status` says, where no other provider is configured", async () => {
    const isIn = looks({ says: "Logged in using ChatGPT\n" });
    assert.equal(await stateOf("codex", isIn), "logged_in");
    const out = { says: "Not logged in\n", exitCode: 1 };
    assert.equal(await stateOf("codex", looks(out)), "logged_out");
    const own = 'model = "x"\nmodel_provider = "mine"\n';
    const places = [
      { ...out, args: ["-c", 'model_provider="mine"'] },
      { ...out, files: { "/home/me/.codex/config.toml": own } },
      { ...out, files: { "/else/config.toml": own }, env: { CODEX_HOME: "/else" } },
    ];
    for (const place of places) assert.equal(await stateOf("codex", looks(place)), "unknown");
    assert.equal(await stateOf("codex", looks({})), "unknown");
  });

  test("with opencode is a credential that it keeps or finds", async () => {
    const none = "┌  Credentials \u001b[90m~/auth.json\n│\n└  0 credentials\n";
    const found = `${none}\n┌  Environment\n│\n└  1 environment variable\n`;
    assert.equal(await stateOf("opencode", looks({ says: none })), "unknown");
    assert.equal(await stateOf("opencode", looks({ says: found })), "logged_in");
  });

  test("with gemini is a key, or what it keeps of an account", async () => {
    const key = looks({ env: { GEMINI_API_KEY: "x" } });
    assert.equal(await stateOf("gemini", key), "logged_in");
    const account = looks({ files: { "/home/me/.gemini/oauth_creds.json": "{}" } });
    assert.equal(await stateOf("gemini", account), "logged_in");
    assert.equal(await stateOf("gemini", looks({})), "logged_out");
  });

  test("with amp and antigravity cannot be told", async () => {
    assert.equal(await lookForLogin("amp", looks({})), null);
    assert.equal(await lookForLogin("antigravity", looks({})), null);
  });
});
