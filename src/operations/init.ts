/** A first temoin.yaml, from what the repository and the machine have. Overwrites nothing. */

import path from "node:path";
import { z } from "zod";
import { configSchema } from "../config/schema.ts";
import { composeConfig, schemaFile } from "../config/write.ts";
import type { AgentSpec } from "../domain/agent.ts";
import type { AgentName } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import { nearest } from "../lib/nearest.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import { writeText } from "../lib/text-file.ts";
import type { Context } from "./context.ts";
import { detectAgents, type FoundAgent, suggestAgents } from "./detect-agents.ts";
import { detectChecks, type FoundChecks } from "./detect-gates.ts";
import { detectPlans, type FoundPlan } from "./detect-plans.ts";
import { noInput } from "./fields.ts";
import { currentBranch, excludeState } from "./git.ts";
import type { Operation } from "./operation.ts";

export interface SeenAgent extends FoundAgent {
  /** `null`: not asked for, or not told. */
  readonly version: string | null;
  /** As `logged in by …`; `null`: not known. */
  readonly login: string | null;
}

export interface Findings extends FoundChecks {
  readonly root: string;
  readonly branch: string | null;
  readonly agents: readonly SeenAgent[];
  readonly plans: readonly FoundPlan[];
  /** The configuration that is there already; `null`: none. */
  readonly file: string | null;
}

export const detect: Operation<Record<string, never>, Findings> = {
  name: "init",
  summary: "a first temoin.yaml, from what is found",
  effect: "look",
  input: noInput,
  async run(context, _input, signal) {
    const findings = await find(context);
    return { ...findings, agents: await lookAtFound(context, findings.agents, signal) };
  },
};

/** Runs nothing. */
async function find(context: Context): Promise<Findings> {
  const { root } = await context.place();
  const at = { path: context.env["PATH"] ?? "", cwd: root };
  const agents = await detectAgents(at);
  return {
    ...(await detectChecks(root)),
    root,
    branch: await currentBranch(root),
    agents: agents.map((agent) => ({ ...agent, version: null, login: null })),
    plans: await detectPlans(context, root),
    file: (await context.config()).file,
  };
}

/** Each by the name of its program, whatever driver it would have. */
async function lookAtFound(
  context: Context,
  found: readonly SeenAgent[],
  signal: AbortSignal,
): Promise<readonly SeenAgent[]> {
  const specs = found.map(({ name }): AgentSpec => {
    return {
      // Names of known programs.
      name: name as AgentName,
      driver: "command",
      transport: "headless",
      command: [name],
      env: {},
      roles: [],
      slots: 1,
      autonomy: "full",
      profile: null,
    };
  });
  const looks = await context.lookAtAgents(specs, signal);
  return found.map((agent, place) => {
    const look = looks[place];
    return { ...agent, version: look?.version ?? null, login: look?.login?.says ?? null };
  });
}

const input = z.strictObject({
  /** Of the agents that were found, those that are to work; the others stay suggestions. */
  agents: z.array(z.string()),
  /** Names of found gates that are to be used; `null`: all. */
  gates: z.array(z.string()).nullable(),
});

export interface Initialized {
  readonly file: string;
  /** `false`: it was there, and is as it was. */
  readonly written: boolean;
  /** What it would gain. */
  readonly wouldAdd: readonly string[];
  readonly findings: Findings;
}

export const init: Operation<z.infer<typeof input>, Initialized> = {
  name: "init",
  summary: "a first temoin.yaml, from what is found",
  effect: "host",
  input,
  async run(context, wanted) {
    const findings = await find(context);
    const { root, branch, setup } = findings;
    await excludeState(root);
    await makeOwnFolder(path.join(root, path.dirname(schemaFile)));
    await writeText(path.join(root, schemaFile), `${JSON.stringify(configSchema(), null, 2)}\n`);
    const gates = findings.gates.filter(({ name }) => wanted.gates?.includes(name) ?? true);
    if (findings.file !== null) {
      const wouldAdd = await missingFrom(context, findings);
      return { file: findings.file, written: false, wouldAdd, findings };
    }
    const file = path.join(root, "temoin.yaml");
    const agents = wanted.agents.map((name) => agentOf(findings, name));
    const rest = findings.agents.filter(({ name }) => !wanted.agents.includes(name));
    const drafts = agents.map(({ name, by }) => ({ name, by, roles: [] }));
    const text = composeConfig({ target: branch, agents: drafts, gates, setup });
    await writeText(file, withSuggestions(text, rest));
    return { file, written: true, wouldAdd: [], findings };
  },
};

function agentOf({ agents }: Findings, name: string): FoundAgent {
  const agent = agents.find((one) => one.name === name);
  if (agent !== undefined) return agent;
  const meant = nearest(
    name,
    agents.map((one) => one.name),
  );
  throw new AppError("not_found", `No agent \`${name}\` was found on PATH.`, {
    hint: meant === null ? "Install it, or write its command by hand." : `Did you mean ${meant}?`,
  });
}

/** Below the part about agents, whose end is the next empty line. */
function withSuggestions(text: string, agents: readonly FoundAgent[]): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^(?:# )?agents:/.test(line));
  const end = lines.indexOf("", start);
  lines.splice(end, 0, ...suggestAgents(agents));
  return lines.join("\n");
}

async function missingFrom(context: Context, { gates }: Findings): Promise<readonly string[]> {
  const { config } = await context.config();
  const runs = new Set(config.gates.map(({ run }) => run));
  return gates.filter(({ run }) => !runs.has(run)).map(({ name, run }) => `gate ${name}: ${run}`);
}
