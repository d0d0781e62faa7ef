/**
 * A coding agent without a model: it reads a prompt as an agent of the driver `command` does, and
 * carries out the steps that a script lists for the task. README.md tells the script's form.
 *
 * It remembers nothing: what it does depends on the script, the environment and the files alone.
 */

import { readFileSync } from "node:fs";
import { plainFace } from "./face.ts";
import { readScript, stepsFor } from "./script.ts";
import { ScriptError } from "./step.ts";
import { commonSteps as kinds, perform } from "./steps.ts";

const {
  TEMOIN_TASK: task = "task",
  TEMOIN_ATTEMPT: attempt = "1",
  TEMOIN_TURN: turn = "1",
  TEMOIN_PROMPT_FILE: promptFile,
  FAKE_AGENT_SCRIPT: scriptFile,
} = process.env;

async function main(): Promise<void> {
  const prompt = readPrompt();
  const place = { task, attempt, turn };
  const script = await readScript(process.argv[2] ?? scriptFile, { steps: kinds, manners: {} });
  const steps = stepsFor(place, script);
  const lines = prompt.split("\n");
  console.log(`Read a prompt of ${lines.length} lines: ${lines.find((line) => line.trim()) ?? ""}`);
  for (const step of steps) {
    const next = await perform(step, place, { kinds, face: plainFace });
    if (next === "stop") break;
  }
}

/** Standard input and the file must agree: an agent may read either. */
function readPrompt(): string {
  const inFile = promptFile === undefined ? null : readFileSync(promptFile, "utf8");
  const onInput = process.stdin.isTTY ? null : readFileSync(0, "utf8");
  if (inFile !== null && onInput !== null && onInput !== inFile) {
    throw new ScriptError("the prompt on standard input is not that of TEMOIN_PROMPT_FILE");
  }
  const prompt = onInput || inFile;
  if (!prompt) throw new ScriptError("there is no prompt, on standard input or in a file");
  return prompt;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  console.error(`fake-agent: ${error.message}.`);
  process.exitCode = 2;
}
