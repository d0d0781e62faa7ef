/** The checks of the doctor that need the configuration. */

import type { Config } from "../config/config.ts";
import { sharedAccounts } from "../domain/account.ts";
import { countText, listText } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { findProgram } from "../lib/process-path.ts";
import { agentCheck } from "./agent-check.ts";
import type { Context } from "./context.ts";
import type { Check } from "./doctor.ts";

export async function checkConfig(
  context: Context,
): Promise<{ readonly check: Check; readonly config: Config | null }> {
  const name = "configuration";
  try {
    const { file, config } = await context.config();
    if (file === null && config.agents.length === 0) {
      const hint = "`temoin init` writes one.";
      return { check: { name, ok: false, detail: "there is no temoin.yaml", hint }, config: null };
    }
    const counts = `${countText(config.agents.length, "agent")}, ${countText(config.gates.length, "gate")}`;
    return {
      check: { name, ok: true, detail: `${file ?? "no file"}: ${counts}`, hint: null },
      config,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { check: { name, ok: false, detail: error.message, hint: error.hint }, config: null };
  }
}

export async function checkAgents(
  context: Context,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { agents } = (await context.config()).config;
  if (agents.length === 0) {
    const hint =
      "Write one under `agents:` in temoin.yaml: `my-agent: { driver: command, command: [./my-agent.sh] }`.";
    return [{ name: "agents", ok: false, detail: "no agent is configured", hint }];
  }
  const looks = await context.lookAtAgents(agents, signal);
  const proofs = await Promise.all(agents.map((agent) => context.agentProof(agent)));
  return agents.flatMap((agent, place) => {
    const look = looks[place];
    return look === undefined ? [] : [agentCheck(agent, look, proofs[place] ?? null)];
  });
}

/** Whose limits are met together: told where they are, as two names look like two plans. */
export function checkAccounts({ agents }: Config): readonly Check[] {
  return [...sharedAccounts(agents)].map(([account, of]) => ({
    name: `account ${account}`,
    ok: true,
    detail: `of ${listText(of)}: a limit of its plan sends all of them to sleep; \`agents.*.account\` sets agents apart`,
    // Nothing has to be better there.
    hint: null,
  }));
}

/** Only whether the program is there: a gate may take an hour. */
export async function checkGates(context: Context, config: Config): Promise<readonly Check[]> {
  if (config.gates.length === 0) {
    const detail = "none is configured: nothing that lands is proven";
    return [{ name: "gates", ok: true, detail, hint: "Add `gates:` to temoin.yaml." }];
  }
  const { root } = await context.place();
  const at = { path: context.env["PATH"] ?? "", cwd: root };
  return Promise.all(
    config.gates.map(async ({ name, run, env = [] }): Promise<Check> => {
      const program = programOf(run);
      const found = program === null || (await findProgram(program, at)).found;
      const unset = env.filter((variable) => (context.env[variable] ?? "") === "");
      if (found && unset.length > 0) {
        const hint = "Set it before temoin is started, or take it out of the gate's `env`.";
        const detail = `\`${run}\`: ${unset.join(", ")} is not set in this environment`;
        return { name: `gate ${name}`, ok: false, detail, hint };
      }
      return {
        name: `gate ${name}`,
        ok: found,
        detail: found ? `\`${run}\`` : `\`${run}\`: \`${program}\` was not found`,
        hint: found ? null : `Install it, or correct the gate \`${name}\` in temoin.yaml.`,
      };
    }),
  );
}

const builtins = new Set(
  "! . : [ [[ { cd command echo eval exec export false for if printf read set source test time trap true ulimit umask unset until while".split(
    " ",
  ),
);

/** The program that a command line begins with; `null`: the shell alone can tell. */
function programOf(run: string): string | null {
  const word = run
    .trim()
    .split(/\s+/)
    .find((part) => !/^\w+=\S*$/.test(part));
  if (word === undefined || builtins.has(word) || !/^[\w./+@-]+;?$/.test(word)) return null;
  return word.replace(/;$/, "");
}
