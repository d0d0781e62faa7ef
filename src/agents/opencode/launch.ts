/** How opencode is started, out of an agent's configuration. Pure. */

import type { AgentSpec } from "../../domain/agent.ts";
import { AppError } from "../../lib/app-error.ts";
import { isRecord, parseJson } from "../../lib/json-text.ts";
import { type ToolServer, toolServerMs } from "../tool-server.ts";

export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

export interface Launch {
  /** Program and arguments without what is below. */
  readonly command: readonly [string, ...string[]];
  /** Given by `--model`: `opencode serve` takes no such option, so each prompt says it. */
  readonly model: ModelName | null;
  /** Given by `--agent`, likewise. */
  readonly agent: string | null;
}

/** Rejects what cannot be meant with an AppError. */
export function launchOf({ name, command }: AgentSpec): Launch {
  const [program, ...args] = command;
  const kept: string[] = [];
  let model: ModelName | null = null;
  let agent: string | null = null;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    const [, option, inline] = /^(--model|-m|--agent)(?:=(.*))?$/s.exec(arg) ?? [];
    if (option === undefined) {
      kept.push(arg);
      continue;
    }
    const value = inline ?? args[at + 1] ?? "";
    if (inline === undefined) at += 1;
    if (option === "--agent") agent = value;
    else model = readModel(value, name);
  }
  return { command: [program, ...kept], model, agent };
}

/** What each launch adds to the environment; the agent's own `env` counts more. */
export const launchEnvironment = {
  // A new version in the midst of a run would be another program than the one that was looked at.
  OPENCODE_DISABLE_AUTOUPDATE: "1",
} as const;

/** Settings that the environment gives; the person's files count beside them. */
const contentVariable = "OPENCODE_CONFIG_CONTENT";

/**
 * The environment with temoin's tools in it, beside what it gave as settings before. Where that is
 * no JSON object, it is left for the CLI to say so.
 */
export function withTools(
  env: Readonly<Record<string, string | undefined>>,
  tools: ToolServer | null,
): Readonly<Record<string, string | undefined>> {
  const given = parseJson(env[contentVariable] || "{}");
  if (tools === null || !isRecord(given)) return env;
  const { name, command, args } = tools;
  const ours = { type: "local", command: [command, ...args], enabled: true, timeout: toolServerMs };
  const servers = isRecord(given["mcp"]) ? given["mcp"] : {};
  const content = { ...given, mcp: { ...servers, [name]: ours } };
  return { ...env, [contentVariable]: JSON.stringify(content) };
}

function readModel(value: string, name: string): ModelName {
  const slash = value.indexOf("/");
  if (slash > 0 && slash < value.length - 1) {
    return { provider: value.slice(0, slash), model: value.slice(slash + 1) };
  }
  throw new AppError(
    "config",
    `Cannot start agent \`${name}\`: \`--model ${value}\` names no model of opencode.`,
    { hint: "Write it as PROVIDER/MODEL; `opencode models` lists them." },
  );
}
