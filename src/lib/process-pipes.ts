/**
 * Standard streams for a program, as a shell would give them: standard input a file, output and
 * errors together one pipe, so that their lines keep the order in which they were written.
 *
 * Not the pipes of node:child_process: those are sockets, and a socket cannot be opened again by
 * its name. Measured on Linux: `cat /dev/stdin` and `echo x > /dev/stderr` fail there with "No such
 * device or address", although they work in a terminal and on every CI. A file as standard input
 * also has no EPIPE when the program ends without having read it.
 */

import { closeSync, constants, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface StandardStreams extends Disposable {
  readonly stdio: readonly ["ignore" | "pipe" | number, number, number];
  /** Ends when every process that holds the other end has closed it. */
  readonly output: Socket;
  /** Standard errors, where they were asked for apart; `null`: they are in `output`. */
  readonly errors: Socket | null;
  /** Where its pipes were; they have no name any more. */
  readonly pipes: readonly string[];
}

export interface StreamsRequest {
  /** The text that the program can read; `null`: nothing (/dev/null). */
  readonly stdin: string | null;
  /** Instead of `stdin`: a pipe of node's own, for a program that is spoken to while it runs. */
  readonly isSpokenTo: boolean;
  /** Errors come apart from the output. */
  readonly hasErrors: boolean;
}

/**
 * Disposing closes the program's ends in this process: to be done as soon as it has been started,
 * or the output never ends. Rejects when the temporary directory cannot be written to.
 */
export async function openStandardStreams({
  stdin,
  isSpokenTo,
  hasErrors,
}: StreamsRequest): Promise<StandardStreams> {
  const directory = await mkdtemp(join(tmpdir(), "streams-"));
  try {
    const pipes = ["output", ...(hasErrors ? ["errors"] : [])].map((name) => join(directory, name));
    // In a session of its own: a Ctrl-C at our terminal is for us alone.
    await execa("mkfifo", ["-m", "600", ...pipes], { detached: true, stdin: "ignore" });
    const input = join(directory, "input");
    if (stdin !== null) await writeFile(input, stdin, { mode: 0o600 });

    using opened = new DisposableStack();
    using readers = new DisposableStack();
    const open = (path: string, flags: number) => {
      const fd = openSync(path, flags);
      opened.defer(() => closeSync(fd));
      return fd;
    };
    const ofText = stdin === null ? "ignore" : open(input, constants.O_RDONLY);
    const stdinFd = isSpokenTo ? "pipe" : ofText;
    const [output, errors = null] = pipes.map((pipe) => {
      // The reader first and without waiting for a writer: the other order would block.
      const readFd = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      // From here on the socket owns it.
      const socket = new Socket({ fd: readFd, readable: true, writable: false });
      readers.defer(() => socket.destroy());
      return { socket, writeFd: open(pipe, constants.O_WRONLY) };
    });
    if (output === undefined) throw new Error("no pipe was made");
    const ends = opened.move();
    readers.move();
    return {
      stdio: [stdinFd, output.writeFd, (errors ?? output).writeFd],
      output: output.socket,
      errors: errors?.socket ?? null,
      pipes,
      [Symbol.dispose]: () => ends.dispose(),
    };
  } finally {
    // What is open stays open without its name.
    await rm(directory, { recursive: true, force: true });
  }
}
