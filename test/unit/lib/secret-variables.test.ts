/** Which variables are secrets: by their names, and by what they hold. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  isSecretName,
  secretNames,
  secretsOf,
  withoutSecrets,
} from "../../../src/lib/secret-variables.ts";

const secretOnes = `
  ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_CUSTOM_HEADERS AWS_ACCESS_KEY_ID
  AWS_BEARER_TOKEN_BEDROCK AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN BASIC_AUTH CLAUDE_CODE_OAUTH_TOKEN
  CLIENT_SECRET DB_PASS DOCKER_AUTH_CONFIG GEMINI_API_KEY GH_TOKEN GITHUB_TOKEN
  GOOGLE_APPLICATION_CREDENTIALS MY_PAT MYSQL_PWD NPM_TOKEN OPENAI_API_KEY PGPASSWORD SECRET_KEY_BASE
  SSH_PRIVATE_KEY STRIPE_KEY TEMOIN_TOKEN TOKEN github_token npm_config_//host/:_authToken
`;
const plainOnes = `
  ANTHROPIC_BASE_URL ANTHROPIC_MODEL AWS_CA_BUNDLE AWS_PROFILE AWS_REGION CACHE_KEY
  CLAUDE_CODE_MAX_OUTPUT_TOKENS COLORTERM GIT_AUTHOR_NAME HOME KEY LANG MAX_TOKEN_COUNT NEXTAUTH_URL
  OLDPWD PASS PATH POSTGRES_PASSWORD_FILE PWD SSH_AUTH_SOCK SSH_PUBLIC_KEY TOKENIZERS_PARALLELISM
  XAUTHORITY XDG_RUNTIME_DIR
`;
const words = (text: string) => text.trim().split(/\s+/);

describe("secret variables", () => {
  test("are told by their names", () => {
    for (const name of words(secretOnes)) assert.equal(isSecretName(name), true, name);
    for (const name of words(plainOnes)) assert.equal(isSecretName(name), false, name);
  });

  test("are told by what they hold: a token by its looks, an address with a password", () => {
    const env = {
      MINE: `ghp_${"aB3".repeat(12)}`,
      DATABASE_URL: "postgres://me:hunter2hunter2@db.example.com/x",
      TEST_DATABASE_URL: "postgres://postgres:postgres@localhost:5432/test",
      HTTPS_PROXY: "http://me:proxyword@proxy.example.com:3128",
      HOMEPAGE: "https://example.com/a:b@c",
      EMPTY_TOKEN: "",
    };
    assert.deepEqual(secretNames(env), ["MINE", "DATABASE_URL"]);
    const handed = withoutSecrets(env, ["MINE"]);
    assert.deepEqual(Object.keys(handed), [
      "MINE",
      "TEST_DATABASE_URL",
      "HTTPS_PROXY",
      "HOMEPAGE",
      "EMPTY_TOKEN",
    ]);
    const masked = secretsOf(env).map(({ name, value }) => `${name} ${value}`);
    assert.ok(masked.includes("DATABASE_URL hunter2hunter2"), "also without its address");
    assert.ok(masked.includes("HTTPS_PROXY proxyword"), "handed on, and not shown");
    assert.equal(
      masked.some((one) => one.startsWith("TEST_DATABASE_URL")),
      false,
    );
  });

  test("of which the value is short are kept from programs, and stand in texts", () => {
    const env = { A_TOKEN: "1234567", B_TOKEN: "12345678" };
    assert.deepEqual(secretNames(env), ["A_TOKEN", "B_TOKEN"]);
    assert.deepEqual(secretsOf(env), [{ name: "B_TOKEN", value: "12345678" }]);
  });
});
