/**
 * An agent's program that speaks JSON, one value a line, on its standard streams. It is ended with
 * everything that it has started.
 */

import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { jsonLine, parseJson } from "../../lib/json-text.ts";
import { LineSplitter } from "../../lib/line-splitter.ts";
import { type Exit, type RunningProcess, startProcess } from "../../lib/process.ts";
import type { ProcessRow } from "../../lib/process-table.ts";
import { asText, endWords, LastLine } from "../../lib/process-text.ts";
import { findByEnvironment, type Marker, newMarker } from "../../lib/process-tree.ts";
import { defaultGraceMs, ownProgram } from "../agent-program.ts";
import type { SessionRequest } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import { startFailure } from "../start-failure.ts";
import type { ProtocolDriverOptions } from "./protocol-driver.ts";

export interface JsonProcessRequest {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  /** Appended to the agent's command. */
  readonly args: readonly string[];
  /** Added to its environment; the agent's own counts more. */
  readonly env?: Readonly<Record<string, string>>;
  /** One value of its output. What it throws is a bug, and the end of the program. */
  readonly onValue: (value: unknown) => void | Promise<void>;
  /** What is no JSON, and what comes on its standard errors. It waits while either promise is pending. */
  readonly onText: (text: string) => void | Promise<void>;
  /** What of its standard errors is worth keeping; default: all. */
  readonly readErrors?: (text: string) => string;
}

export interface JsonProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with one sentence when the program is gone with all that it has started. */
  readonly gone: Promise<string>;
  /** It and all that it has started, as they are now. */
  members(): readonly ProcessRow[];
  /** `false`: it is gone, or its input is closed. */
  write(value: unknown): boolean;
}

/** In characters. A longer line holds nothing that we need (chosen: images come in megabytes). */
const longestLine = 32 * 1024 * 1024;

/** Rejects with an AppError when it cannot be started. */
export async function startJsonProcess(parts: JsonProcessRequest): Promise<JsonProcess> {
  const { request, options, args, onValue, onText, readErrors = (text) => text } = parts;
  const { agent, cwd, env } = request;
  const { clock, root, graceMs = defaultGraceMs } = options;
  const [program, ...rest] = agent.command;
  const lines = new LineSplitter(longestLine);
  const lastWords = new LastLine();
  const marker = newMarker();
  const unread = Promise.withResolvers<string>();
  const start = await startProcess({
    command: [ownProgram(program, root), ...rest, ...args],
    cwd,
    env: environmentOf(agent, { ...parts.env, ...env }, options),
    stdin: null,
    isSpokenTo: true,
    marker,
    clock,
    graceMs,
    onOutput: async (chunk) => {
      try {
        for (const line of lines.push(chunk)) {
          const value = parseJson(line);
          if (value !== undefined) await onValue(value);
          // Warnings and the like.
          else if (line.trim() !== "") await onText(`${line}\n`);
        }
      } catch (error) {
        unread.resolve(`what it told could not be read (${String(error)})`);
        throw error;
      }
    },
    onErrors: asText(async (told) => {
      const text = readErrors(told);
      if (text === "") return;
      lastWords.push(Buffer.from(text));
      await onText(text);
    }),
  });
  if (!start.started) throw new AppError("failed", startFailure(agent, start));
  return new Running(start.process, lastWords, { marker, clock, graceMs, unread: unread.promise });
}

interface RunningParts {
  readonly marker: Marker;
  readonly clock: Clock;
  readonly graceMs: number;
  /** Resolves with why, when something that it has told could not be read. */
  readonly unread: Promise<string>;
}

class Running implements JsonProcess {
  readonly pid: number;
  readonly gone: Promise<string>;
  readonly #process: RunningProcess;
  readonly #marker: Marker;
  /** Why it is ended by us, since it cannot be heard any more; `null`: it can. */
  #unheard: string | null = null;

  constructor(process: RunningProcess, lastWords: LastLine, about: RunningParts) {
    this.#process = process;
    this.#marker = about.marker;
    this.pid = process.pid;
    this.gone = process.exited.then((exit) => this.#unheard ?? howItEnded(exit, lastWords.text));
    void process.silent.then(() => this.#endSilent(about));
    void about.unread.then((why) => this.#endUnheard(why));
  }

  members(): readonly ProcessRow[] {
    return findByEnvironment(this.#marker.name, this.#marker.value);
  }

  write(value: unknown): boolean {
    const { input } = this.#process;
    if (input === null || !input.writable) return false;
    input.write(jsonLine(value));
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end();
  }

  /** A program closes its output as it ends; one that lives on would be waited for. */
  async #endSilent({ clock, graceMs }: RunningParts): Promise<void> {
    const gone = new AbortController();
    const { exited } = this.#process;
    void exited.then(() => gone.abort());
    try {
      await clock.until(clock.now() + graceMs, gone.signal);
    } catch {
      // It has ended by itself.
      return;
    }
    await this.#endUnheard("it closed its output");
  }

  async #endUnheard(why: string): Promise<void> {
    this.#unheard ??= why;
    await this.#process.end();
  }
}

function howItEnded(exit: Exit, says: string): string {
  return exit.isEndAsked ? "it was ended" : endWords(exit, says);
}
