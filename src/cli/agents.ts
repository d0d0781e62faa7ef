/** `temoin agents` and `temoin agents test [NAME…]` */

import type { AgentSpec } from "../domain/agent.ts";
import {
  type AgentProof,
  type Exercised,
  exerciseTitles,
  isGood,
  proofText,
} from "../domain/exercise.ts";
import { alignColumns } from "../domain/view-columns.ts";
import { durationText } from "../domain/view-duration.ts";
import { isoTime } from "../domain/view-time.ts";
import { AppError } from "../lib/app-error.ts";
import { type AgentRow, agents } from "../operations/agents.ts";
import { agentsToTest, testAgents } from "../operations/agents-test.ts";
import { type Call, type CliCommand, perform } from "./command.ts";
import type { Face } from "./face.ts";
import { sayNext } from "./print-change.ts";
import { openQuestions } from "./questions.ts";

export const command: CliCommand = {
  describe: (command) =>
    command
      .argument("[test]", "the word `test`: prove what each does")
      .argument("[names...]", "agents to test; without, all")
      .option("--yes", "test without asking, though it calls the model", false),
  endsBySignal: true,
  async run(call) {
    const [verb, ...names] = call.args.filter((arg) => arg !== undefined);
    if (verb === undefined) return list(call);
    if (verb === "test") return testThem(call, names);
    throw new AppError("usage", `There is no command \`temoin agents ${verb}\`.`, {
      hint: "Did you mean `temoin agents test`?",
    });
  },
};

async function list(call: Call): Promise<number> {
  const { face } = call;
  const answer = await perform(call, agents, {});
  if (face.isJson) {
    face.printJson(answer);
    return 0;
  }
  if (answer.agents.length === 0) {
    face.say("No agent is configured.");
    sayNext(face, "temoin init");
    return 0;
  }
  const header = ["name", "driver", "transport", "version", "proved with", "last test"];
  const rows = answer.agents.map(rowOf);
  const [head = "", ...lines] = alignColumns([header, ...rows], face.width);
  face.print(face.style("dim", head));
  for (const line of lines) face.print(line);
  for (const { trouble } of answer.agents) if (trouble !== null) face.say(trouble);
  return 0;
}

function rowOf({ name, driver, transport, version, trouble, ...row }: AgentRow): string[] {
  const { provedWith, lastTest } = row;
  const test = lastTest === null ? "never" : `${lastTest.says}, ${lastTest.at.slice(0, 10)}`;
  const seen = version ?? (trouble === null ? "–" : "not told");
  return [name, driver, transport, seen, provedWith ?? "unproven", test];
}

async function testThem(call: Call, names: readonly string[]): Promise<number> {
  const { context, face, signal } = call;
  const chosen = await agentsToTest(context, names);
  await askFirst(call, chosen);
  const proofs = await testAgents(context, chosen, {
    signal,
    onAgent: ({ name, driver, transport }) => {
      if (!face.isJson) face.print(`${name} (${driver}, ${transport})`);
    },
    onStep: (agent, step) => {
      if (face.isJson) face.say(`${agent.name}: ${stepText(step)}`);
      else face.print(`  ${styled(face, step)}`);
    },
  });
  if (face.isJson) face.printJson({ agents: proofs.map(proofJson) });
  else for (const proof of proofs) printEnd(face, proof);
  return proofs.length === chosen.length && proofs.every(isGood) ? 0 : 1;
}

/** Rejects with an AppError when nobody has agreed to what it costs. */
async function askFirst({ face, options }: Call, chosen: readonly AgentSpec[]): Promise<void> {
  const names = chosen.map(({ name }) => name).join(", ");
  const cost = `This gives ${names} about a dozen short prompts${chosen.length > 1 ? " each" : ""}: the model is called, and that costs what it costs.`;
  if (options["yes"] === true) return;
  if (!face.canAsk) {
    throw new AppError("refused", cost, { hint: "Call it with `--yes` when that is all right." });
  }
  face.say(cost);
  using questions = openQuestions({ input: process.stdin, output: process.stderr });
  if (await questions.askWhether("Go on?", false)) return;
  throw new AppError("refused", "No agent was tested.");
}

const signs = { proved: "✓", failed: "✗", not_offered: "–", not_run: "·" } as const;
const words = {
  proved: "proved",
  failed: "failed",
  not_offered: "not offered",
  not_run: "not run",
} as const;

function stepText({ name, result, says, durationMs }: Exercised): string {
  const why = says === "" ? "" : `: ${says}`;
  const took = result === "proved" ? ` (${durationText(durationMs)})` : "";
  return `${signs[result]} ${words[result].padEnd(11)} ${name.padEnd(13)} ${exerciseTitles[name]}${took}${why}`;
}

function styled(face: Face, step: Exercised): string {
  const text = stepText(step);
  if (step.result === "failed") return face.style("red", text);
  return step.result === "proved" ? text : face.style("dim", text);
}

function printEnd(face: Face, proof: AgentProof): void {
  const { agent, version } = proof;
  const style = isGood(proof) ? "green" : "red";
  face.print(
    face.style(style, `${agent} ${version ?? "(version not known)"}: ${proofText(proof)}`),
  );
  if (!isGood(proof)) {
    face.say(`    what it printed: .temoin/logs/agents-test-${agent}.log`);
  }
}

function proofJson(proof: AgentProof) {
  return { ...proof, at: isoTime(proof.at), good: isGood(proof), says: proofText(proof) };
}
