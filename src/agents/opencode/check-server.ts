/**
 * What a server of opencode that has just begun can do: whether its version is known to us, whether
 * there is a model to ask, and how much that takes. What a person has to mend is an AppError.
 */

import { z } from "zod";
import type { AgentSpec } from "../../domain/agent.ts";
import { autonomyOf } from "../../domain/autonomy.ts";
import { judgeVersion, knownClis } from "../../domain/known-cli.ts";
import { AppError } from "../../lib/app-error.ts";
import type { Api, Reply } from "./api.ts";
import type { Launch, ModelName } from "./launch.ts";
import { type PermissionRule, sessionRules } from "./permission-rules.ts";

export interface ServerFacts {
  /** Of each session. */
  readonly rules: readonly PermissionRule[];
  /** In tokens; `null`: unknown. */
  sizeOf(provider: string, model: string): number | null;
}

/** Of the first call, which was once seen never to be answered; then it is made again. */
const firstCallMs = 5_000;
const firstCalls = 4;

const healthShape = z.object({ version: z.string() });
const providersShape = z.object({
  providers: z.array(
    z.object({
      id: z.string(),
      models: z.record(
        z.string(),
        z.object({ limit: z.object({ context: z.number() }).nullish() }),
      ),
    }),
  ),
});
const configShape = z.object({
  model: z.string().nullish(),
  default_agent: z.string().nullish(),
});
const agentsShape = z.array(
  z.object({
    name: z.string(),
    permission: z.array(
      z.object({
        permission: z.string(),
        pattern: z.string(),
        action: z.enum(["allow", "ask", "deny"]),
      }),
    ),
  }),
);

export async function checkServer(
  api: Api,
  agent: AgentSpec,
  launch: Launch,
): Promise<ServerFacts> {
  const cannot = (why: string, hint: string): AppError =>
    new AppError("failed", `Cannot start agent \`${agent.name}\`: ${why}`, { hint });
  const version = healthShape.safeParse(valueIn(await firstCall(api))).data?.version ?? null;
  const replies = await Promise.all(
    ["/config", "/config/providers", "/agent", "/permission", "/question"].map((path) =>
      api.get(path),
    ),
  );
  const failed = replies.find((reply) => !reply.ok);
  if (version !== null && failed?.ok === false) {
    const hint = "Run `opencode` in the repository to see what is wrong with its configuration.";
    throw cannot(`opencode cannot be used here: ${oneLine(failed.why)}`, hint);
  }
  const [config, providers, agents, ...lists] = replies.map(valueIn);
  // What it does not know it answers with a page for people.
  const isKnown = version !== null && lists.every(Array.isArray);
  if (!isKnown || judgeVersion(version, knownClis.opencode) === "too_old") {
    throw cannot(
      `opencode ${version ?? "of an unknown version"} is too old for what temoin asks of its server.`,
      `Run \`opencode upgrade\`; temoin was proved with ${knownClis.opencode.proved}.`,
    );
  }
  const known = providersShape.safeParse(providers).data?.providers ?? [];
  const { model, default_agent } = configShape.safeParse(config).data ?? {};
  if (known.every(({ models }) => Object.keys(models).length === 0)) {
    const hint = "Run `opencode auth login`, or name a provider in its configuration.";
    throw cannot("opencode has no model to ask.", hint);
  }
  const modelsOf = (provider: string) => known.find(({ id }) => id === provider)?.models ?? {};
  const asked = launch.model ?? split(model ?? null);
  if (asked !== null && modelsOf(asked.provider)[asked.model] === undefined) {
    throw cannot(
      `opencode knows no model \`${asked.provider}/${asked.model}\`.`,
      "`opencode models` lists those that it knows.",
    );
  }
  const all = agentsShape.safeParse(agents).data ?? [];
  const wanted = launch.agent ?? default_agent ?? "build";
  const own = all.find(({ name }) => name === wanted);
  if (own === undefined && launch.agent !== null) {
    const names = all.map(({ name }) => `\`${name}\``).join(", ");
    throw cannot(`opencode knows no agent \`${wanted}\`.`, `It knows ${names}.`);
  }
  return {
    rules: sessionRules(own?.permission ?? [], autonomyOf(agent)),
    sizeOf: (provider, name) => modelsOf(provider)[name]?.limit?.context ?? null,
  };
}

async function firstCall(api: Api): Promise<Reply> {
  let reply = await api.get("/global/health", firstCallMs);
  for (let calls = 1; calls < firstCalls && !reply.ok && reply.status === null; calls += 1) {
    reply = await api.get("/global/health", firstCallMs);
  }
  return reply;
}

function valueIn(reply: Reply): unknown {
  return reply.ok ? reply.value : null;
}

function split(model: string | null): ModelName | null {
  if (model === null) return null;
  const [provider = "", ...rest] = model.split("/");
  return { provider, model: rest.join("/") };
}

function oneLine(why: string): string {
  const line = why.replace(/\s+/g, " ").trim();
  return `${line.slice(0, 300).replace(/\.$/, "")}.`;
}
