/** `temoin init [--yes]` */

import { detect, type Findings, init } from "../operations/init.ts";
import { type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";
import { sayNext } from "./print-change.ts";
import { openQuestions } from "./questions.ts";

export const command: CliCommand = {
  describe: (command) => command.option("--yes", "take what is found, and ask nothing", false),
  async run(call) {
    const { face, options } = call;
    const findings = await perform(call, detect, {});
    if (!face.isJson) tellFindings(face, findings);
    const mayAsk = face.canAsk && options["yes"] !== true && findings.file === null;
    if (mayAsk && findings.agents.length > 0) for (const line of fullAutonomy) face.say(line);
    const wanted = mayAsk ? await askPerson(findings) : { agents: [], gates: null };
    const answer = await perform(call, init, wanted);
    if (face.isJson) {
      // With what was seen of the agents, for which they were run once and not again.
      face.printJson({ ...answer, findings });
      return 0;
    }
    if (!answer.written) {
      face.print(`${answer.file} is there already and stays as it is.`);
      for (const one of answer.wouldAdd) face.print(`  it could have: ${one}`);
      sayNext(face, "temoin doctor");
      return 0;
    }
    face.print(`Wrote ${answer.file}.`);
    const [plan] = findings.plans;
    if (wanted.agents.length === 0) {
      sayNext(face, "write an agent's command under `agents:` in temoin.yaml, then temoin doctor");
    } else sayNext(face, plan === undefined ? 'temoin add "…"' : `temoin import ${plan.file}`);
    return 0;
  },
};

function tellFindings(face: Face, { root, branch, agents, gates, setup, plans }: Findings): void {
  const list = (items: readonly string[]): string => items.join(", ") || "none found";
  face.say(
    `repository  ${root}, ${branch === null ? "no branch checked out" : `branch ${branch}`}`,
  );
  face.say(`agents      ${list(agents.map(agentText))}`);
  face.say(`gates       ${list(gates.map(({ name, run }) => `${name} (${run})`))}`);
  if (setup !== null) face.say(`setup       ${setup}`);
  face.say(`plans       ${list(plans.map(({ file, tasks }) => `${file} (${tasks} tasks)`))}`);
}

function agentText({ name, version, login }: Findings["agents"][number]): string {
  const known = [version, login].filter((one) => one !== null);
  return known.length === 0 ? name : `${name} (${known.join(", ")})`;
}

interface Wanted {
  readonly agents: readonly string[];
  readonly gates: readonly string[] | null;
}

/** One line each; Enter says yes to gates and no to agents. */
async function askPerson({ agents, gates }: Findings): Promise<Wanted> {
  using questions = openQuestions({ input: process.stdin, output: process.stderr });
  const wanted: { agents: string[]; gates: string[] } = { agents: [], gates: [] };
  for (const { name, by } of agents) {
    if (await questions.askWhether(questionAbout(name, by), false)) wanted.agents.push(name);
  }
  for (const { name, run } of gates) {
    if (await questions.askWhether(`Use the gate ${name}: \`${run}\`?`, true)) {
      wanted.gates.push(name);
    }
  }
  return wanted;
}

/** Said before anybody says yes to an agent. */
const fullAutonomy = [
  "An agent is written with `autonomy: full`: it may run any command and read or change any",
  "file that you may, your keys and other projects too, and asks nobody. A worktree keeps work apart and is",
  "no wall. `edits` and `ask` bring its questions to you (docs/threat-model.md).",
];

function questionAbout(name: string, by: Findings["agents"][number]["by"]): string {
  switch (by.driver) {
    case "command":
      return `Use ${name} by \`${by.command.join(" ")}\`, with that program's own permissions?`;
    case "terminal":
      return `Use ${name} in a tmux window, where it may do everything without asking?`;
    default: {
      const doubt = by.isProven ? "" : " (unproven on the real program)";
      return `Use ${name} by its own interface${doubt}, where it may do everything without asking?`;
    }
  }
}
