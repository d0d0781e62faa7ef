/**
 * What a real CLI needs to run offline: a home of its own, seeded so that it asks nothing, and an
 * environment in which its model is a server on loopback. The arguments are the caller's.
 *
 * Invariant: a launched CLI reads and writes no configuration of the person, reports to nobody,
 * updates nothing and leaves no daemon. Its home lies in the cache folder and goes with the test.
 */

import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { systemClock } from "../../src/lib/clock.ts";
import { findByEnvironment } from "../../src/lib/process-tree.ts";
import { homesVariable } from "./chosen.ts";
import { agentsDir, programPath } from "./install.ts";
import { type AgentKind, pins } from "./pins.ts";

/** Questions that a CLI asks before its first prompt, where its home does not answer them. */
export type Question = "onboarding" | "trust" | "key" | "bypass" | "login";

export interface LaunchOptions {
  /** Of the model server; without a slash at its end. */
  readonly url: string;
  /** Folders that the CLI is to trust, with all below them. */
  readonly trusted: readonly string[];
  /** Questions that are left for it to ask. */
  readonly asks?: readonly Question[];
  /** Name of the model; codex offers `apply_patch` to models that it knows, such as `gpt-5.5`. */
  readonly model?: string;
  /** More variables, which count most: `{ CLAUDE_CODE_MAX_RETRIES: "1" }`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** As a temoin.yaml takes it: `agents: { NAME: { driver, command, env } }`. */
export interface Launch extends AsyncDisposable {
  readonly command: readonly [string];
  readonly env: Readonly<Record<string, string>>;
  readonly home: string;
}

/** How long what the caller has ended may take to be gone (chosen). */
const farewellMs = 5_000;

/**
 * Removes the home at its end, when nobody lives there any more: Claude Code outlives its adapter by
 * a moment, and would make the home anew. Whatever works there is the caller's to end before.
 */
export async function openLaunch(kind: AgentKind, options: LaunchOptions): Promise<Launch> {
  const dir = agentsDir();
  const homes = process.env[homesVariable] || path.join(dir, "homes");
  await mkdir(homes, { recursive: true });
  // codex refuses a home in the system's temporary folder; so none of them has one there.
  const home = await realpath(await mkdtemp(path.join(homes, `${kind}-`)));
  const tmp = path.join(home, "tmp");
  await mkdir(tmp);
  const trusted = await Promise.all(options.trusted.map((folder) => realpath(folder)));
  const seed = seeds[kind]({ ...options, trusted }, home);
  for (const [file, text] of Object.entries(seed.files)) {
    const full = path.join(home, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, text);
  }
  return {
    command: [programPath(dir, pins[kind])],
    env: { HOME: home, TMPDIR: tmp, LANG: "C.UTF-8", ...seed.env, ...options.env },
    home,
    async [Symbol.asyncDispose]() {
      await untilDeserted(home);
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Resolves when all that was started with this home has ended, or after a time. */
async function untilDeserted(home: string): Promise<void> {
  const until = systemClock.now() + farewellMs;
  while (findByEnvironment("HOME", home).length > 0 && systemClock.now() < until) {
    await systemClock.until(systemClock.now() + 50);
  }
}

/** The environment for a CLI that is started by a test itself, and not by temoin. */
export function environmentFor(
  { env }: Pick<Launch, "env">,
  { env: own } = process,
): Readonly<Record<string, string>> {
  const kept = ["TEMOIN_TEST_RUN", "TERM"].map((name) => [name, own[name]] as const);
  const known = kept.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  const PATH = `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  return { PATH, ...Object.fromEntries(known), ...env };
}

interface Seed {
  /** By path in the home. */
  readonly files: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

type Plant = (options: LaunchOptions, home: string) => Seed;

const claudeKey = `sk-ant-api03-${"0".repeat(40)}`;

const claude: Plant = ({ url, trusted, asks = [] }, home) => {
  const config = path.join(home, ".claude");
  const projects = Object.fromEntries(
    trusted.map((folder) => [folder, { hasTrustDialogAccepted: true }]),
  );
  const state = {
    ...(asks.includes("onboarding") ? {} : { hasCompletedOnboarding: true }),
    ...(asks.includes("trust") ? {} : { projects }),
    // It knows a key by its last characters. Unasked, its default is to refuse the key.
    ...(asks.includes("key")
      ? {}
      : { customApiKeyResponses: { approved: [claudeKey.slice(-20)], rejected: [] } }),
  };
  const settings = asks.includes("bypass") ? {} : { skipDangerousModePermissionPrompt: true };
  return {
    files: {
      ".claude/.claude.json": JSON.stringify(state),
      ".claude/settings.json": JSON.stringify(settings),
    },
    env: {
      CLAUDE_CONFIG_DIR: config,
      ANTHROPIC_BASE_URL: url,
      ...(asks.includes("login") ? {} : { ANTHROPIC_API_KEY: claudeKey }),
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      // As root it refuses to work without asking, unless it is told that this is a sandbox.
      ...(process.getuid?.() === 0 ? { IS_SANDBOX: "1" } : {}),
    },
  };
};

const codex: Plant = ({ url, trusted, asks = [], model = "scripted-model" }, home) => {
  const provider = [
    'model_provider = "scripted"',
    "[model_providers.scripted]",
    'name = "Scripted"',
    `base_url = ${JSON.stringify(`${url}/v1`)}`,
    'wire_api = "responses"',
    'env_key = "SCRIPTED_KEY"',
  ];
  const [chosen, ...described] = asks.includes("login") ? [] : provider;
  const projects = asks.includes("trust") ? [] : trusted;
  const lines = [
    `model = ${JSON.stringify(model)}`,
    ...(chosen === undefined ? [] : [chosen]),
    "check_for_update_on_startup = false",
    "model_context_window = 272000",
    ...described,
    "[analytics]",
    "enabled = false",
    "[features]",
    // Else it copies itself and leaves two processes running.
    "daemon_auto_start = false",
    "[tui]",
    "screen_reader_detection_done = true",
    ...projects.flatMap((folder) => [
      `[projects.${JSON.stringify(folder)}]`,
      'trust_level = "trusted"',
    ]),
  ];
  return {
    files: { ".codex/config.toml": `${lines.join("\n")}\n` },
    env: { CODEX_HOME: path.join(home, ".codex"), SCRIPTED_KEY: "scripted" },
  };
};

const opencode: Plant = ({ url, model = "scripted-model" }, home) => {
  const name = `scripted/${model}`;
  const config = {
    $schema: "https://opencode.ai/config.json",
    model: name,
    small_model: name,
    autoupdate: false,
    share: "disabled",
    enabled_providers: ["scripted"],
    provider: {
      scripted: {
        npm: "@ai-sdk/openai-compatible",
        name: "Scripted",
        options: { baseURL: `${url}/v1`, apiKey: "scripted" },
        models: {
          [model]: {
            name: "Scripted",
            tool_call: true,
            limit: { context: 272_000, output: 32_000 },
          },
        },
      },
    },
  };
  return {
    files: { ".config/opencode/opencode.json": JSON.stringify(config) },
    env: {
      XDG_CONFIG_HOME: path.join(home, ".config"),
      XDG_CACHE_HOME: path.join(home, ".cache"),
      XDG_DATA_HOME: path.join(home, ".local", "share"),
      XDG_STATE_HOME: path.join(home, ".local", "state"),
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
      OPENCODE_DISABLE_SHARE: "1",
    },
  };
};

const gemini: Plant = ({ url, asks = [] }) => {
  const settings = {
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    ...(asks.includes("login") ? {} : { security: { auth: { selectedType: "gemini-api-key" } } }),
  };
  return {
    files: { ".gemini/settings.json": JSON.stringify(settings) },
    env: {
      GOOGLE_GEMINI_BASE_URL: url,
      ...(asks.includes("key") ? {} : { GEMINI_API_KEY: "scripted" }),
      ...(asks.includes("trust") ? {} : { GEMINI_CLI_TRUST_WORKSPACE: "true" }),
      GEMINI_TELEMETRY_ENABLED: "false",
    },
  };
};

/** The adapter brings a Claude Code of its own. */
const seeds: Readonly<Record<AgentKind, Plant>> = { claude, codex, opencode, gemini, acp: claude };
