/**
 * An agent's program that speaks JSON, one value a line, on its standard streams. It is ended with
 * everything that it has started.
 */

import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { jsonLine, parseJson } from "../../lib/json-text.ts";
import { LineSplitter } from "../../lib/line-splitter.ts";
import { type Exit, type RunningProcess, startProcess } from "../../lib/process.ts";
import type { ProcessRow } from "../../lib/process-table.ts";
import { endWords, LastLine } from "../../lib/process-text.ts";
import { findByEnvironment, type Marker } from "../../lib/process-tree.ts";
import type { SessionRequest } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import { startFailure } from "../start-failure.ts";
import { defaultGraceMs, type ProtocolDriverOptions } from "./protocol-driver.ts";

export interface JsonProcessRequest {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  /** Appended to the agent's command. */
  readonly args: readonly string[];
  /** Added to its environment; the agent's own counts more. */
  readonly env?: Readonly<Record<string, string>>;
  /** One value of its output. The program waits while the promise is pending. */
  readonly onValue: (value: unknown) => void | Promise<void>;
  /** What is no JSON, and what comes on its standard errors. */
  readonly onText: (text: string) => void;
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
  const errors = new StringDecoder("utf8");
  const marker = { name: "TEMOIN_PROCESS", value: randomUUID() };
  const start = await startProcess({
    // The person's own program, from the person's checkout: not the workspace's copy of it.
    command: [program.includes("/") ? resolve(root, program) : program, ...rest, ...args],
    cwd,
    env: environmentOf(agent, { ...parts.env, ...env }, options),
    stdin: null,
    isSpokenTo: true,
    marker,
    clock,
    graceMs,
    onOutput: async (chunk) => {
      for (const line of lines.push(chunk)) {
        const value = parseJson(line);
        if (value !== undefined) await onValue(value);
        // Warnings and the like.
        else if (line.trim() !== "") onText(`${line}\n`);
      }
    },
    onErrors: (chunk) => {
      const text = readErrors(errors.write(Buffer.from(chunk)));
      if (text === "") return;
      lastWords.push(Buffer.from(text));
      onText(text);
    },
  });
  if (!start.started) throw new AppError("failed", startFailure(agent, start));
  return new Running(start.process, lastWords, { marker, clock, graceMs });
}

class Running implements JsonProcess {
  readonly pid: number;
  readonly gone: Promise<string>;
  readonly #process: RunningProcess;
  readonly #marker: Marker;
  /** Nothing of it can be heard any more, and it is ended for that. */
  #isSilent = false;

  constructor(
    process: RunningProcess,
    lastWords: LastLine,
    about: { readonly marker: Marker; readonly clock: Clock; readonly graceMs: number },
  ) {
    this.#process = process;
    this.#marker = about.marker;
    this.pid = process.pid;
    this.gone = process.exited.then((exit) =>
      this.#isSilent ? "it closed its output" : howItEnded(exit, lastWords.text),
    );
    void process.silent.then(() => this.#endSilent(about));
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
  async #endSilent(time: { readonly clock: Clock; readonly graceMs: number }): Promise<void> {
    const { clock, graceMs } = time;
    const gone = new AbortController();
    const { exited } = this.#process;
    void exited.then(() => gone.abort());
    try {
      await clock.until(clock.now() + graceMs, gone.signal);
    } catch {
      // It has ended by itself.
      return;
    }
    this.#isSilent = true;
    await this.#process.end();
  }
}

function howItEnded(exit: Exit, says: string): string {
  return exit.isEndAsked ? "it was ended" : endWords(exit, says);
}
