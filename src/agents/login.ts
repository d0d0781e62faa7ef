/**
 * Is somebody logged in with a CLI? Told by what the CLI itself says or keeps, without a call of a
 * model. Pure but for the looks that are handed in; nothing of a secret is read.
 */

import { join } from "node:path";
import type { AgentKind } from "../domain/agent-kind.ts";
import { isRecord, parseJson } from "../lib/json-text.ts";
import { plainText } from "../lib/process-text.ts";
import type { Variables } from "../lib/secret-variables.ts";

export type Login =
  | { readonly state: "logged_in"; readonly how: string }
  | { readonly state: "logged_out"; readonly hint: string }
  /** It cannot be told without calling the model, or the CLI needs none. */
  | { readonly state: "unknown"; readonly why: string };

export interface LoginLooks {
  readonly env: Variables;
  /** Of the agent's command, without the program. */
  readonly args: readonly string[];
  /** Runs the CLI with these arguments; `null`: it gave no answer. */
  readonly ask: (...args: string[]) => Promise<{ exitCode: number | null; output: string } | null>;
  /** A file, by its path, if it is there and can be read. */
  readonly read: (file: string) => Promise<string | null>;
}

/** `null`: its CLI has no way to tell. */
export async function lookForLogin(kind: AgentKind, looks: LoginLooks): Promise<Login | null> {
  const { HOME: home = "", CODEX_HOME: codexHome = join(home, ".codex") } = looks.env;
  switch (kind) {
    case "claude":
      return readClaude(await looks.ask("auth", "status"));
    case "codex": {
      const config = (await looks.read(join(codexHome, "config.toml"))) ?? "";
      if (hasOwnProvider([...looks.args, config].join("\n"))) {
        return { state: "unknown", why: "its configuration names a provider of its own" };
      }
      return readCodex(await looks.ask("login", "status"));
    }
    case "opencode":
      return readOpencode(await looks.ask("auth", "list"));
    case "gemini": {
      const keys = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI"];
      const key = keys.find((name) => (looks.env[name] ?? "") !== "");
      if (key !== undefined) return { state: "logged_in", how: `by ${key}` };
      const isKept = (await looks.read(join(home, ".gemini", "oauth_creds.json"))) !== null;
      if (isKept) return { state: "logged_in", how: "by a Google account" };
      const hint = "Run `gemini` once and log in, or set GEMINI_API_KEY.";
      return { state: "logged_out", hint };
    }
    case "amp":
    case "antigravity":
      return null;
  }
}

type Answer = Awaited<ReturnType<LoginLooks["ask"]>>;

function readClaude(answer: Answer): Login {
  const value = parseJson(answer?.output ?? "");
  const told = isRecord(value) ? value : {};
  if (told["loggedIn"] === true) {
    const method = told["authMethod"];
    return { state: "logged_in", how: `by ${typeof method === "string" ? method : "an account"}` };
  }
  if (told["loggedIn"] === false) {
    const hint = "Run `claude auth login`, or set ANTHROPIC_API_KEY.";
    return { state: "logged_out", hint };
  }
  return { state: "unknown", why: "`claude auth status` gave no answer" };
}

function readCodex(answer: Answer): Login {
  if (answer?.exitCode === 0) {
    const how = /api key/i.test(answer.output) ? "by an API key" : "by an account";
    return { state: "logged_in", how };
  }
  if (/not logged in/i.test(answer?.output ?? "")) {
    return { state: "logged_out", hint: "Run `codex login`." };
  }
  return { state: "unknown", why: "`codex login status` gave no answer" };
}

/** It has models that need no account, and providers in its own configuration. */
function readOpencode(answer: Answer): Login {
  const output = plainText(answer?.output ?? "");
  const kept = Number(/(\d+) credentials?\b/.exec(output)?.[1] ?? 0);
  const set = Number(/(\d+) environment variables?\b/.exec(output)?.[1] ?? 0);
  if (kept + set > 0) return { state: "logged_in", how: "with a provider" };
  return { state: "unknown", why: "it keeps no credentials; some of its models need none" };
}

function hasOwnProvider(text: string): boolean {
  return /^\s*model_provider\s*=/m.test(text);
}
