/**
 * Whose secrets belong to which model provider, and which CLI may need whose. What belongs to no
 * provider (a token of the hosting site, for one) is every agent's. Pure.
 */

import type { AgentKind } from "../domain/agent-kind.ts";
import { isSecret, type Variables } from "../lib/secret-variables.ts";

/** Names of their variables begin so. */
const providers = {
  anthropic: ["ANTHROPIC_", "CLAUDE_"],
  openai: ["OPENAI_", "CODEX_", "AZURE_OPENAI_"],
  google: ["GEMINI_", "GOOGLE_API_", "GOOGLE_GENAI_", "GOOGLE_GENERATIVE_AI_"],
  amp: ["AMP_"],
  bedrock: ["AWS_BEARER_TOKEN_BEDROCK"],
  /** Models of many makers behind one interface. */
  others: [
    "AZURE_API_",
    "AZURE_COGNITIVE_",
    "CEREBRAS_",
    "DEEPSEEK_",
    "FIREWORKS_",
    "GROQ_",
    "MISTRAL_",
    "MOONSHOT_",
    "OPENROUTER_",
    "TOGETHER_",
    "XAI_",
    "ZAI_",
    "ZHIPU_",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type Provider = keyof typeof providers;

/** From the documentation of each; opencode takes a key of every provider. */
const needed: Readonly<Record<AgentKind, readonly Provider[]>> = {
  claude: ["anthropic", "bedrock"],
  codex: ["openai", "bedrock", "others"],
  opencode: ["anthropic", "openai", "google", "bedrock", "others"],
  gemini: ["google"],
  amp: ["amp"],
  antigravity: ["google", "anthropic"],
};

/** Of an unknown program (`null`) nobody knows what it needs: it gets them all. */
export function environmentFor(kind: AgentKind | null, env: Variables): Variables {
  if (kind === null) return env;
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => {
      const owner = ownerOf(name);
      if (owner === null || needed[kind].includes(owner)) return true;
      return !isSecret(name, value ?? "");
    }),
  );
}

function ownerOf(name: string): Provider | null {
  const entries = Object.entries(providers) as [Provider, readonly string[]][]; // Its own keys.
  const found = entries.find(([, begins]) => begins.some((begin) => name.startsWith(begin)));
  return found?.[0] ?? null;
}
