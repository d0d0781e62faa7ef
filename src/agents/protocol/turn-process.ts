/**
 * The line to an agent that is one process for each turn and goes on with its conversation by a
 * name: what such CLIs share. A turn is over when its process is gone with all that it has started.
 */

import { type Exit, type RunningProcess, startProcess } from "../../lib/process.ts";
import { asText, endWords, LastLine } from "../../lib/process-text.ts";
import { newMarker } from "../../lib/process-tree.ts";
import { defaultGraceMs, ownProgram } from "../agent-program.ts";
import type { Prompt, SessionRequest, TurnEnd } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import { startFailure } from "../start-failure.ts";
import type { Ear, Fact, Line, Taken } from "./line.ts";
import type { ProtocolDriverOptions } from "./protocol-driver.ts";

/** How one CLI is started for a turn, and how its output is read. */
export interface TurnReader {
  /** Appended to the agent's command. */
  readonly args: readonly string[];
  /** What it reads; `null`: nothing. */
  readonly stdin: string | null;
  /** The CLI tells how its turn ended; else its exit code does. */
  readonly isEndTold: boolean;
  /** Facts of the turn; its end is kept until the process is gone. */
  read(chunk: Uint8Array): readonly Fact[];
  /** The name of its conversation, once it has told it. */
  readonly conversation: string | null;
}

export interface TurnProcessParts {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  readonly ear: Ear;
  /** `conversation`: to go on with; `null`: a new one. */
  readonly readerOf: (prompt: Prompt, conversation: string | null) => TurnReader;
}

export class TurnProcessLine implements Line {
  readonly #parts: TurnProcessParts;
  #conversation: string | null = null;
  /** The prompt that is being given. */
  #giving: Promise<unknown> = Promise.resolve();
  #process: RunningProcess | null = null;
  #over: Promise<void> = Promise.resolve();

  constructor(parts: TurnProcessParts) {
    this.#parts = parts;
  }

  give(prompt: Prompt): Promise<Taken> {
    const given = this.#give(prompt);
    this.#giving = given;
    return given;
  }

  async answer(): Promise<Taken> {
    return { taken: false, why: "it asks nothing that could be answered" };
  }

  async stop(): Promise<void> {
    // One that is only about to start is ended as soon as there is something to end.
    await this.#giving;
    await this.#process?.end();
    await this.#over;
  }

  async clear(): Promise<boolean> {
    this.#conversation = null;
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #give(prompt: Prompt): Promise<Taken> {
    const { request, options, ear, readerOf } = this.#parts;
    const { agent, cwd, env } = request;
    const { clock, root, graceMs = defaultGraceMs } = options;
    const reader = readerOf(prompt, this.#conversation);
    const [program, ...rest] = agent.command;
    const lastWords = new LastLine();
    const logErrors = asText((text) => ear.tell({ type: "output", text }));
    let over: Extract<Fact, { type: "over" }> | null = null;
    let says = "";
    const start = await startProcess({
      command: [ownProgram(program, root), ...rest, ...reader.args],
      cwd,
      env: { ...environmentOf(agent, env, options), ...prompt.env },
      stdin: reader.stdin,
      marker: newMarker(),
      clock,
      graceMs,
      onOutput: async (chunk) => {
        for (const fact of reader.read(chunk)) {
          if (fact.type === "activity") says = fact.says;
          if (fact.type === "over") over = fact;
          else ear.tell(fact);
        }
        await ear.written();
      },
      onErrors: async (chunk) => {
        lastWords.push(chunk);
        logErrors(chunk);
        await ear.written();
      },
    });
    if (!start.started) return { taken: false, why: startFailure(agent, start) };
    this.#process = start.process;
    this.#over = start.process.exited.then((exit) => {
      this.#conversation = reader.conversation ?? this.#conversation;
      this.#process = null;
      const end = endOf(exit, {
        says: lastWords.text || says,
        prompt: prompt.text,
        isToBeTold: reader.isEndTold,
      });
      ear.tell(over ?? { type: "over", end, says: lastWords.text || says }, "process");
    });
    return { taken: true };
  }
}

interface Untold {
  readonly says: string;
  readonly prompt: string;
  readonly isToBeTold: boolean;
}

/** Of a turn whose end the CLI has not told. */
function endOf(exit: Exit, { says, prompt, isToBeTold }: Untold): TurnEnd {
  if (exit.isEndAsked) return { result: "interrupted" };
  if (exit.exitCode !== 0) return { result: "failed", why: endWords(exit, says, prompt) };
  if (!isToBeTold) return { result: "completed" };
  const untold = "it ended without telling how its turn went";
  return { result: "failed", why: says === "" ? untold : `${untold}: ${says}` };
}
