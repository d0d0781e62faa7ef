/**
 * The driver `command`: one process per turn, for any program that reads a prompt and exits.
 *
 * The prompt is on standard input and in the file that TEMOIN_PROMPT_FILE names; the exit code says
 * how the turn ended. A turn is over only when every process that it started is gone, so that
 * nobody writes to the workspace after `turn_ended`.
 */

import type { Clock } from "../lib/clock.ts";
import { type Exit, type RunningProcess, type Start, startProcess } from "../lib/process.ts";
import { endWords, LastLine } from "../lib/process-text.ts";
import { newMarker } from "../lib/process-tree.ts";
import { Activity } from "./activity.ts";
import { defaultGraceMs, missingAgent, ownProgram, type ProgramParts } from "./agent-program.ts";
import type {
  AgentEvent,
  Driver,
  Prompt,
  Receipt,
  Session,
  SessionRequest,
  TurnEnd,
} from "./driver.ts";
import { environmentOf } from "./environment.ts";
import { EventStream } from "./event-stream.ts";
import { notGiven } from "./receipt-words.ts";
import { openSessionLog, type SessionLog } from "./session-log.ts";
import { startFailure } from "./start-failure.ts";

export interface CommandDriverOptions extends ProgramParts {
  readonly clock: Clock;
  /** From SIGTERM to SIGKILL when a turn is interrupted. */
  readonly graceMs?: number;
}

export function createCommandDriver(options: CommandDriverOptions): Driver {
  return {
    capabilities: {
      resume: false,
      freshContext: true,
      interrupt: true,
      steer: false,
      usage: false,
      limits: false,
      asks: false,
      attach: false,
    },
    async start(request, signal) {
      signal.throwIfAborted();
      return new CommandSession(request, options, await openSessionLog(request, options));
    },
    missing: (agent) => missingAgent(agent, options),
  };
}

interface Turn {
  /** Settles when the prompt has been delivered, or not. */
  readonly receipt: Promise<Receipt>;
  /** Resolves when `turn_ended` has been told, or the prompt was not delivered. */
  over: Promise<void>;
  process: RunningProcess | null;
}

class CommandSession implements Session {
  readonly #request: SessionRequest;
  readonly #options: CommandDriverOptions;
  readonly #log: SessionLog;
  readonly #stream: EventStream;
  readonly #receipts = new Map<string, Promise<Receipt>>();
  #turn: Turn | null = null;
  #disposed: Promise<void> | null = null;

  constructor(request: SessionRequest, options: CommandDriverOptions, log: SessionLog) {
    this.#request = request;
    this.#options = options;
    this.#log = log;
    this.#stream = new EventStream(options.clock);
    this.#stream.tell({ type: "ready" });
  }

  get events(): AsyncIterable<AgentEvent> {
    return this.#stream.events;
  }

  send(prompt: Prompt): Promise<Receipt> {
    const known = this.#receipts.get(prompt.id);
    if (known !== undefined) return known;
    if (this.#disposed !== null) return Promise.resolve(this.#decline("the session has ended"));
    if (this.#turn !== null) return Promise.resolve(this.#decline("its turn still runs"));
    const { promise, resolve: receive } = Promise.withResolvers<Receipt>();
    const turn: Turn = { receipt: promise, over: Promise.resolve(), process: null };
    this.#turn = turn;
    this.#receipts.set(prompt.id, promise);
    turn.over = this.#run(turn, prompt, receive);
    return promise;
  }

  async interrupt(): Promise<void> {
    const turn = this.#turn;
    if (turn === null) return;
    // A turn that is only about to start is ended as soon as there is something to end.
    await turn.receipt;
    await turn.process?.end();
    await turn.over;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#close();
    return this.#disposed;
  }

  async #close(): Promise<void> {
    await this.interrupt();
    this.#stream.end("The session was closed.");
    await this.#log[Symbol.asyncDispose]();
  }

  async #run(turn: Turn, prompt: Prompt, receive: (receipt: Receipt) => void): Promise<void> {
    const { clock } = this.#options;
    const output = new LastLine();
    using activity = new Activity((says) => this.#stream.tell({ type: "activity", says }), clock);
    await this.#log.note(`prompt ${prompt.id} (${prompt.kind})`);
    const start = await this.#spawn(prompt, { output, activity });
    if (!start.started) {
      const why = startFailure(this.#request.agent, start);
      await this.#log.note(why);
      // Not delivered: the same prompt may be sent again.
      this.#receipts.delete(prompt.id);
      this.#turn = null;
      receive({ accepted: false, at: this.#stream.now(), why });
      return;
    }
    turn.process = start.process;
    // No activity comes before these two: nothing is read without a turn of the event loop, and
    // there was none since the process was started.
    this.#stream.tell({ type: "accepted", promptId: prompt.id });
    this.#stream.tell({ type: "turn_started", promptId: prompt.id });
    receive({ accepted: true, at: this.#stream.now() });
    const exit = await start.process.exited;
    activity[Symbol.dispose]();
    const end = endOfTurn(exit, output.text, prompt.text);
    await this.#log.note(
      end.result === "failed" ? `turn failed: ${end.why}` : `turn ${end.result}`,
    );
    this.#turn = null;
    this.#stream.tell({ type: "turn_ended", promptId: prompt.id, end, says: output.text });
  }

  #spawn(
    prompt: Prompt,
    { output, activity }: { readonly output: LastLine; readonly activity: Activity },
  ): Promise<Start> {
    const { agent, cwd, env } = this.#request;
    const { clock, root, graceMs = defaultGraceMs } = this.#options;
    const [program, ...args] = agent.command;
    return startProcess({
      command: [ownProgram(program, root), ...args],
      cwd,
      env: { ...environmentOf(agent, env, this.#options), ...prompt.env },
      stdin: prompt.text,
      marker: newMarker(),
      clock,
      graceMs,
      onOutput: async (chunk) => {
        const says = output.push(chunk);
        if (says !== null) activity.line(says);
        await this.#log.append(chunk);
      },
    });
  }

  #decline(why: string): Receipt {
    return notGiven({ agent: this.#request.agent.name, why, at: this.#stream.now() });
  }
}

function endOfTurn(exit: Exit, says: string, prompt: string): TurnEnd {
  if (exit.isEndAsked) return { result: "interrupted" };
  if (exit.exitCode === 0) return { result: "completed" };
  return { result: "failed", why: endWords(exit, says, prompt) };
}
