/**
 * The exercises by which an agent's driver is proved with the CLI that is really installed. Each
 * looks at what is true (a file, a process, an event) and at no words of the agent.
 */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Capabilities } from "../agents/driver.ts";
import type { Autonomy } from "../domain/agent.ts";
import type { AgentAsk, Answer } from "../domain/ask.ts";
import type { ExerciseName, ExerciseResult } from "../domain/exercise.ts";
import { type ExerciseStage, seconds } from "./exercise-stage.ts";

export interface Outcome {
  readonly result: ExerciseResult;
  readonly says: string;
}

export interface Exercise {
  readonly name: ExerciseName;
  /** Rejects only with a bug, or when it is called off. */
  readonly run: (stage: ExerciseStage, agent: TestedAgent) => Promise<Outcome>;
}

/** What is known of the agent beforehand. */
export interface TestedAgent {
  readonly capabilities: Capabilities;
  /** Those that its driver knows, the freest first. */
  readonly autonomy: readonly [Autonomy, ...Autonomy[]];
}

/** For an end that was asked for, of a turn or of a process (chosen; drivers take up to 5 s). */
const endMs = 30_000;
/** What takes so long is only ended from outside; no other program sleeps just as long (chosen). */
const longSeconds = 3_317;
/** A command is begun within it (chosen); a slow model only makes the exercise less strict. */
const beginMs = 20_000;

export const allExercises: readonly Exercise[] = [
  {
    name: "start",
    async run(stage, { autonomy }) {
      return judge(await stage.open(autonomy[0]), "");
    },
  },
  {
    name: "one line",
    async run(stage) {
      const { trouble } = await stage.take({ do: "reply", text: "ready" }, { kind: "task" });
      return judge(trouble, "");
    },
  },
  {
    name: "sixty lines",
    async run(stage) {
      const wish = {
        do: "write",
        file: "lines.txt",
        text: "sixty-lines-arrived",
        lines: 60,
      } as const;
      const { trouble } = await stage.take(wish, { kind: "feedback" });
      return judge(trouble ?? (await holds(stage, wish.file, wish.text)), "");
    },
  },
  {
    name: "tool",
    async run(stage) {
      const wish = {
        do: "write",
        file: "changed.txt",
        text: "changed-by-the-agent",
        lines: 1,
      } as const;
      const { trouble } = await stage.take(wish, { kind: "feedback" });
      return judge(trouble ?? (await holds(stage, wish.file, wish.text)), "");
    },
  },
  {
    name: "memory",
    async run(stage) {
      const word = "plum-417";
      const told = await stage.take({ do: "remember", word }, { kind: "feedback" });
      if (told.trouble !== null) return failed(told.trouble);
      const wish = { do: "recall", file: "memory.txt", word } as const;
      const { trouble } = await stage.take(wish, { kind: "feedback" });
      return judge(trouble ?? (await holds(stage, wish.file, word)), "");
    },
  },
  {
    name: "usage",
    async run(stage, { capabilities }) {
      if (!capabilities.usage) return notOffered("its driver is told of no usage");
      const used = stage.events.findLast((event) => event.type === "usage");
      if (used?.type !== "usage") return failed("it has told none in all its turns");
      const { inputTokens = 0, outputTokens = 0 } = used.usage;
      if (inputTokens + outputTokens === 0) return failed("it has told no tokens");
      return proved(`last turn: ${inputTokens} in, ${outputTokens} out`);
    },
  },
  { name: "interrupt", run: interrupt },
  {
    name: "fresh context",
    async run(stage, { capabilities }) {
      if (!capabilities.freshContext) {
        return notOffered("each task gets a session of its own");
      }
      const wish = { do: "forget", file: "forgotten.txt", otherwise: "nothing" } as const;
      const { trouble } = await stage.take(wish, { kind: "task" });
      return judge(trouble ?? (await holds(stage, wish.file, wish.otherwise)), "");
    },
  },
  { name: "kill", run: kill },
  {
    name: "permission",
    async run(stage, agent) {
      const why = await openAsking(stage, agent);
      if (why !== null) return why;
      const file = "permitted.txt";
      let wasThere = false;
      const { trouble, asks } = await stage.take(
        { do: "touch", file },
        {
          kind: "task",
          answer: (ask) => {
            wasThere ||= existsSync(path.join(stage.parts.workspace, file));
            return allow(ask);
          },
        },
      );
      if (trouble !== null) return failed(trouble);
      const [first] = asks;
      if (first === undefined) return failed("it asked nothing");
      if (wasThere) return failed("it had acted before it was answered");
      return judge(await holds(stage, file, ""), first.says);
    },
  },
  {
    name: "question",
    async run(stage, agent) {
      if (!agent.capabilities.asks) return notOffered("its driver is told of no asks");
      if (!stage.isOpen) {
        const why = await openAsking(stage, agent);
        if (why !== null) return why;
      }
      const choices = ["red", "blue"] as const;
      const wish = { do: "choose", choices, file: "colour.txt" } as const;
      const isQuestion = ({ kind }: AgentAsk): boolean => kind === "question";
      const { trouble, asks } = await stage.take(wish, {
        kind: "feedback",
        answer: (ask) => (isQuestion(ask) ? choose(ask, choices[1]) : allow(ask)),
      });
      if (trouble !== null) return failed(trouble);
      if (!asks.some(isQuestion)) return notOffered("it has asked nothing by means of its own");
      return judge(await holds(stage, wish.file, choices[1]), "");
    },
  },
  {
    name: "end",
    async run(stage) {
      await stage.close();
      const ends = stage.events.filter(({ type }) => type === "ended").length;
      if (ends === 0) return failed("its session has told no end");
      const left = stage.processes();
      if (left.length === 0) return proved("");
      const names = left.slice(0, 5).map(({ name, pid }) => `${name} (${pid})`);
      return failed(`it left ${left.length} processes: ${names.join(", ")}`);
    },
  },
];

async function interrupt(stage: ExerciseStage, { capabilities }: TestedAgent): Promise<Outcome> {
  if (!capabilities.interrupt) return notOffered("its driver cannot");
  const begun = await stage.begin({ do: "wait", seconds: longSeconds }, "feedback");
  if (begun.trouble !== null) return failed(begun.trouble);
  const isAsleep = await untilAsleep(stage, begun.id);
  await stage.interrupt();
  const ended = await stage.endOf(begun.id, endMs);
  if (ended === null) return failed(`its turn had not ended ${seconds(endMs)} later`);
  if (ended.end.result !== "interrupted") return failed(`its turn ${ended.end.result} by itself`);
  if (stage.processes().some(isSleep)) return failed("its command went on");
  const { trouble } = await stage.take({ do: "reply", text: "ready" }, { kind: "feedback" });
  if (trouble !== null) return failed(`it did not go on: ${trouble}`);
  return proved(isAsleep ? "its command ended with its turn" : "before its command had begun");
}

async function kill(
  stage: ExerciseStage,
  { autonomy, capabilities }: TestedAgent,
): Promise<Outcome> {
  const word = "quince-802";
  const begun = await stage.begin({ do: "wait", seconds: longSeconds, word }, "feedback");
  if (begun.trouble !== null) return failed(begun.trouble);
  await untilAsleep(stage, begun.id);
  if ((await stage.endOf(begun.id, 0)) !== null)
    return failed("its turn ended before it was killed");
  const killed = stage.processes();
  if (killed.length === 0) {
    await stage.interrupt();
    return notOffered("this system does not tell which processes are its");
  }
  // Halted first, all of them: else the agent may see its command die, and end its turn in good order.
  for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
    for (const { pid } of killed) {
      try {
        process.kill(pid, signal);
      } catch {
        // It went with another one.
      }
    }
  }
  const ended = await stage.endOf(begun.id, endMs);
  if (ended === null && stage.isOpen) return failed("its turn went on without it");
  if (ended?.end.result === "completed") return failed("its turn was told as completed");
  if (stage.isOpen && capabilities.resume) return resume(stage, word);
  const isNew = !stage.isOpen;
  const why = isNew ? await stage.open(autonomy[0]) : null;
  if (why !== null) return failed(why);
  const { trouble } = await stage.take({ do: "reply", text: "ready" }, { kind: "task" });
  return judge(trouble, isNew ? "in a new session" : "in a new conversation");
}

/** What it was told before it was killed it still knows. */
async function resume(stage: ExerciseStage, word: string): Promise<Outcome> {
  const wish = { do: "recall", file: "resumed.txt", word } as const;
  const { trouble } = await stage.take(wish, { kind: "feedback" });
  return judge(trouble ?? (await holds(stage, wish.file, word)), "in the same conversation");
}

/** The agent's command runs. Where that cannot be seen, a while has passed; what is true is looked at later. */
async function untilAsleep(stage: ExerciseStage, id: string): Promise<boolean> {
  const { clock, signal } = stage.parts;
  const until = clock.now() + beginMs;
  while (clock.now() < until) {
    if (stage.processes().some(isSleep)) return true;
    if ((await stage.endOf(id, 0)) !== null) return false;
    await clock.until(clock.now() + lookMs, signal);
  }
  return false;
}

/** Nothing tells that a process has begun: it is looked for (chosen). */
const lookMs = 100;

function isSleep({ name }: { readonly name: string }): boolean {
  return name === "sleep";
}

/** A session that asks before it acts; `null`: it is open. */
async function openAsking(stage: ExerciseStage, agent: TestedAgent): Promise<Outcome | null> {
  if (!agent.capabilities.asks || !agent.autonomy.includes("ask")) {
    return notOffered("its driver has no `autonomy: ask`");
  }
  const why = await stage.open("ask");
  return why === null ? null : failed(why);
}

/** The choice that lets it act this once. */
function allow(ask: AgentAsk): Answer | null {
  const yes = ask.choices.filter((choice) => /^(?:yes|allow|approve|accept|proceed)/i.test(choice));
  const once = yes.find((choice) => !/always|session|don.t ask|all /i.test(choice));
  const choice = once ?? yes[0] ?? ask.choices[0];
  return choice === undefined ? null : { choice };
}

function choose(ask: AgentAsk, word: string): Answer | null {
  const choice = ask.choices.find((one) => one.toLowerCase().includes(word));
  if (choice !== undefined) return { choice };
  return ask.takesText ? { text: word } : null;
}

/** `null`: the file is there and holds just that. */
async function holds(stage: ExerciseStage, file: string, text: string): Promise<string | null> {
  try {
    const found = (await readFile(path.join(stage.parts.workspace, file), "utf8")).trim();
    return found === text ? null : `${file} holds "${found.slice(0, 60)}", not "${text}"`;
  } catch {
    // Whatever the reason, it is not as it was asked for.
    return `${file} was not made`;
  }
}

function judge(trouble: string | null, says: string): Outcome {
  return trouble === null ? proved(says) : failed(trouble);
}

function proved(says: string): Outcome {
  return { result: "proved", says };
}

function failed(says: string): Outcome {
  return { result: "failed", says };
}

function notOffered(says: string): Outcome {
  return { result: "not_offered", says };
}
