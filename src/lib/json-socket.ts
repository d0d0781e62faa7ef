/**
 * Questions and answers over a unix socket: one JSON object per line each way, one connection per
 * question. Only this user can reach it: it lies in a folder of mode 0700.
 */

import { chmod, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import path from "node:path";
import { AppError, type ErrorCode, exitCodes } from "./app-error.ts";
import { makeOwnFolder, socketFolder } from "./private-folder.ts";

/** A line longer than this is refused (chosen: thousands of pages of text fit). */
const mostBytes = 64 * 1024 * 1024;

interface Answer {
  readonly result?: unknown;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  };
}

/** Answers until it is disposed of. What `answer` rejects with goes back to the asker. */
export async function serveJson(
  socketPath: string,
  answer: (question: unknown) => Promise<unknown>,
): Promise<AsyncDisposable> {
  // Another user could have put a socket there that is asked instead of ours.
  await makeOwnFolder(path.dirname(socketPath), socketFolder);
  // Left by one that was killed: the caller knows that nobody listens on it any more.
  await rm(socketPath, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    serveOne(socket, answer);
  });
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen(socketPath, () => listening.resolve());
  await listening.promise;
  await chmod(socketPath, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      // Not by `end`: one that is suspended would never answer it.
      for (const socket of open) socket.destroySoon();
      await closed.promise;
    },
  };
}

function serveOne(socket: Socket, answer: (question: unknown) => Promise<unknown>): void {
  readLine(socket)
    .then(async (line) => answer(parse(line)))
    .then(
      (result) => reply(socket, { result }),
      (error: unknown) => reply(socket, { error: describe(error) }),
    );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new AppError("usage", "The question is no JSON.", { cause: error });
  }
}

function reply(socket: Socket, answer: Answer): void {
  if (socket.writable) socket.end(`${JSON.stringify(answer)}\n`);
}

/**
 * The answer; `null` when nobody listens there. Rejects with the AppError that the other side
 * answered, or with `failed` when it went away before it did.
 */
export async function askJson(
  socketPath: string,
  question: unknown,
): Promise<{ readonly result: unknown } | null> {
  const socket = connect(socketPath);
  try {
    const connected = Promise.withResolvers<boolean>();
    socket.once("connect", () => connected.resolve(true));
    socket.once("error", () => connected.resolve(false));
    if (!(await connected.promise)) return null;
    socket.write(`${JSON.stringify(question)}\n`);
    const answer = JSON.parse(await readLine(socket)) as Answer; // Our own other half wrote it.
    if (answer.error === undefined) return { result: answer.result };
    const { code, message, hint } = answer.error;
    throw new AppError(knownCode(code), message, hint === null ? {} : { hint });
  } finally {
    socket.destroy();
  }
}

function readLine(socket: Socket): Promise<string> {
  const read = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const take = (chunk: Buffer): void => {
    const end = chunk.indexOf(10);
    chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
    bytes += chunk.length;
    if (end < 0 && bytes <= mostBytes) return;
    // Whatever else comes is let through and kept by nobody.
    socket.off("data", take).resume();
    if (end >= 0) read.resolve(Buffer.concat(chunks).toString("utf8"));
    else read.reject(new AppError("refused", "The message is too large."));
  };
  socket.on("data", take);
  const gone = (): void => read.reject(new AppError("failed", "The other side went away."));
  socket.on("end", gone);
  socket.on("error", gone);
  socket.on("close", gone);
  return read.promise;
}

function describe(error: unknown): NonNullable<Answer["error"]> {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
  return { code: "internal", message: String(error), hint: null };
}

function knownCode(code: string): ErrorCode {
  // A key of the table, or the one for what we do not know.
  return code in exitCodes ? (code as ErrorCode) : "failed";
}
