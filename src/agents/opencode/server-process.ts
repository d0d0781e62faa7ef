/**
 * `opencode serve` as a process of ours: on a port of loopback that it chooses itself, behind a
 * password that only its environment holds. It is ended with everything that it has started.
 */

import { randomBytes } from "node:crypto";
import { AppError } from "../../lib/app-error.ts";
import { waitFor } from "../../lib/notifier.ts";
import { type Exit, startProcess } from "../../lib/process.ts";
import type { ProcessRow } from "../../lib/process-table.ts";
import { asText, endWords, LastLine } from "../../lib/process-text.ts";
import { findByEnvironment, newMarker } from "../../lib/process-tree.ts";
import { defaultGraceMs, ownProgram } from "../agent-program.ts";
import type { SessionRequest } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { startFailure } from "../start-failure.ts";
import { prepareToolServer } from "../tool-server.ts";
import { userName } from "./api.ts";
import { type Launch, launchEnvironment, withTools } from "./launch.ts";

/** Wherever it runs. */
export interface OpencodeServer {
  readonly url: string;
  readonly password: string;
  /** Resolves with one sentence when it is gone. */
  readonly over: Promise<string>;
  /** It and all that it has started, as they are now. */
  members(): readonly ProcessRow[];
  /** With all that it has started. Never rejects. */
  close(): Promise<void>;
}

/** Measured: 2 to 18 s, on a busy machine. */
export const listenMs = 60_000;

/** On any address of loopback, port told last. */
const listening = /listening on (http:\/\/\S+:\d+)\s/;
/** What was cut in two is whole in so many characters (chosen). */
const longestListening = 200;

export function readListening(text: string): string | null {
  return listening.exec(text)?.[1] ?? null;
}

export function serveCommand({ command }: Launch, root: string): readonly [string, ...string[]] {
  const [program, ...args] = command;
  return [
    ownProgram(program, root),
    ...args,
    "serve",
    "--hostname",
    "127.0.0.1",
    // Any that is free, which it tells.
    "--port",
    "0",
  ];
}

export function serverEnvironment(
  { agent, env }: SessionRequest,
  password: string,
  options: ProtocolDriverOptions,
): Readonly<Record<string, string | undefined>> {
  return {
    ...environmentOf(agent, { ...launchEnvironment, ...env }, options),
    OPENCODE_SERVER_USERNAME: userName,
    OPENCODE_SERVER_PASSWORD: password,
  };
}

/** That of the server itself, which has temoin's tools. Rejects with an AppError. */
export async function equippedEnvironment(
  request: SessionRequest,
  password: string,
  options: ProtocolDriverOptions,
): Promise<Readonly<Record<string, string | undefined>>> {
  const tools = await prepareToolServer(request, options);
  return withTools(serverEnvironment(request, password, options), tools);
}

export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * What it prints goes to `onText`, and it waits while that promise is pending. Rejects with an AppError,
 * and with the signal's reason.
 */
export async function startServer(
  request: SessionRequest,
  launch: Launch,
  options: ProtocolDriverOptions,
  onText: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<OpencodeServer> {
  const { agent, cwd } = request;
  const { clock, root, graceMs = defaultGraceMs } = options;
  const password = newPassword();
  const lastWords = new LastLine();
  const found = Promise.withResolvers<string>();
  const marker = newMarker();
  let tail = "";
  let isFound = false;
  const start = await startProcess({
    command: serveCommand(launch, root),
    cwd,
    env: await equippedEnvironment(request, password, options),
    stdin: null,
    marker,
    clock,
    graceMs,
    onOutput: asText((text) => {
      lastWords.push(Buffer.from(text));
      const told = isFound ? null : readListening(tail + text);
      tail = `${tail}${text}`.slice(-longestListening);
      if (told !== null) {
        isFound = true;
        found.resolve(told);
      }
      return onText(text);
    }),
  });
  if (!start.started) throw new AppError("failed", startFailure(agent, start));
  const { process } = start;
  const over = process.exited.then((exit) => {
    // Where it listens is no reason.
    const says = readListening(`${lastWords.text}\n`) === null ? lastWords.text : "";
    return howItEnded(exit, says);
  });
  try {
    let ended: string | null = null;
    const watched = over.then((why) => {
      ended = why;
    });
    const until = clock.now() + listenMs;
    await waitFor({ clock, signal, until }, found.promise, watched);
    if (!isFound) throw notThere(agent.name, ended);
    return {
      url: await found.promise,
      password,
      over,
      members: () => findByEnvironment(marker.name, marker.value),
      close: () => process.end(),
    };
  } catch (error) {
    await process.end();
    throw error;
  }
}

/** `ended`: how it has; `null`: it lives, and nobody can reach it. */
export function notThere(name: string, ended: string | null): AppError {
  const why = ended ?? `it did not come up within ${listenMs / 1_000} s`;
  return new AppError(
    "failed",
    `Cannot start agent \`${name}\`: its server is not there: ${why}.`,
    {
      hint: "Run `opencode serve` in the repository to see what keeps it from starting.",
    },
  );
}

function howItEnded(exit: Exit, says: string): string {
  return exit.isEndAsked ? "it was ended" : endWords(exit, says.replace(/\.$/, ""));
}
