/** The checks of the doctor that need the configuration. */

import type { Config } from "../config/config.ts";
import { countText } from "../domain/view-text.ts";
import { AppError } from "../lib/app-error.ts";
import { findProgram } from "../lib/process-path.ts";
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

export async function checkAgents(context: Context): Promise<readonly Check[]> {
  const loaded = await context.config();
  if (loaded.config.agents.length === 0) {
    const hint =
      "Write one under `agents:` in temoin.yaml: `my-agent: { driver: command, command: [./my-agent.sh] }`.";
    return [{ name: "agents", ok: false, detail: "no agent is configured", hint }];
  }
  const missing = new Map(
    (await context.missingAgents(loaded)).map(({ agent, says }) => [agent, says]),
  );
  return loaded.config.agents.map((agent) => {
    const says = missing.get(agent.name);
    return {
      name: `agent ${agent.name}`,
      ok: says === undefined,
      detail: says ?? `\`${agent.command.join(" ")}\` is there`,
      // What it says ends with the next step.
      hint: null,
    };
  });
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
    config.gates.map(async ({ name, run }): Promise<Check> => {
      const program = programOf(run);
      const found = program === null || (await findProgram(program, at)).found;
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
