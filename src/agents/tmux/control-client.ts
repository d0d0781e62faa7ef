/**
 * One tmux client in control mode: commands go in, their replies and everything that happens come
 * out. Replies are paired by a sentinel that closes each request, because one line may give several
 * replies (`a ; b`, `if -F`): a request gets all of them, and never one of another.
 */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../lib/clock.ts";
import { type ControlMessage, ControlParser } from "./control-parser.ts";

export interface ClientOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Everything but replies, in order; must not throw. */
  readonly onMessage: (message: Exclude<ControlMessage, { type: "reply" }>) => void;
  /** Called once, when the client has ended for whatever reason. */
  readonly onGone: (why: string) => void;
}

/** One command's output. */
export interface Reply {
  readonly isOk: boolean;
  readonly lines: readonly string[];
}

interface Request {
  readonly token: string;
  readonly replies: Reply[];
  readonly sentAt: number;
  readonly resolve: (replies: readonly Reply[]) => void;
  readonly reject: (error: Error) => void;
}

/** tmux answers within a millisecond (measured); after so long it is not there any more (chosen). */
const answerMs = 15_000;
/** When it is we who have slept so long, the answer is there and only has to be read (chosen). */
const readMs = 1_000;

export class ControlClient {
  readonly #options: ClientOptions;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #parser = new ControlParser();
  readonly #requests: Request[] = [];
  readonly #secret = randomBytes(9).toString("hex");
  readonly #ended = new AbortController();
  readonly #exit = Promise.withResolvers<void>();
  /**
   * What is to be written when the client is attached; `null`: it is. A busy tmux 3.3a carries out
   * what comes before then as of nobody (met as "no current client").
   */
  #early: string[] | null = [];
  #count = 0;
  #gone: string | null = null;
  #isWatched = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#child = spawn(options.program, options.args, {
      env: { ...options.env },
      stdio: ["pipe", "pipe", "ignore"],
      // A signal to our group, as `timeout` and shells send it, is not meant for the windows.
      detached: true,
    });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    // Both are told by the end of the process as well.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdout.on("error", () => undefined);
    this.#child.on("error", (error) => this.#end(`tmux could not be started: ${error.message}`));
    this.#child.on("close", () => {
      this.#end("the connection to tmux has ended");
      this.#exit.resolve();
    });
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** What the commands of one line have printed. Rejects when the connection is gone. */
  request(line: string): Promise<readonly Reply[]> {
    if (this.#gone !== null) return Promise.reject(new Error(this.#gone));
    const { promise, resolve, reject } = Promise.withResolvers<readonly Reply[]>();
    this.#count += 1;
    const token = `temoin-${this.#secret}-${this.#count}`;
    const sentAt = this.#options.clock.now();
    this.#requests.push({ token, replies: [], sentAt, resolve, reject });
    this.#write(`${line}\ndisplay-message -p ${token}\n`);
    void this.#watch();
    return promise;
  }

  /** The output of a line with one command; rejects with what tmux said against it. */
  async command(line: string): Promise<readonly string[]> {
    const replies = await this.request(line);
    const failed = replies.find((reply) => !reply.isOk);
    if (failed !== undefined) throw new Error(`tmux: ${failed.lines.join(" ") || "it refused"}`);
    return replies.at(-1)?.lines ?? [];
  }

  /** Ends the client; the server and its windows stay. Resolves when its process is gone. */
  async close(): Promise<void> {
    this.#end("the connection was closed");
    this.#child.stdin.end();
    this.#child.kill("SIGKILL");
    // Without a pid it was never started, and tells no end.
    if (this.#child.pid !== undefined) await this.#exit.promise;
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#parser.push(chunk)) {
        if (message.type === "reply") this.#takeReply(message);
        else this.#options.onMessage(message);
      }
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
      this.#child.kill("SIGKILL");
    }
  }

  #write(lines: string): void {
    if (this.#early === null) this.#child.stdin.write(lines);
    else this.#early.push(lines);
  }

  #takeReply(reply: Extract<ControlMessage, { type: "reply" }>): void {
    if (!reply.isOurs) {
      // The first that was not asked for by us is that of the attach.
      const early = this.#early ?? [];
      this.#early = null;
      for (const lines of early) this.#write(lines);
      return;
    }
    const request = this.#requests[0];
    if (request === undefined) return;
    if (reply.isOk && reply.lines.length === 1 && reply.lines[0] === request.token) {
      this.#requests.shift();
      request.resolve(request.replies);
    } else {
      request.replies.push({ isOk: reply.isOk, lines: reply.lines });
    }
  }

  /** One alarm for all requests, as long as there are any. */
  async #watch(): Promise<void> {
    if (this.#isWatched) return;
    this.#isWatched = true;
    const { clock } = this.#options;
    try {
      for (;;) {
        const first = this.#requests[0];
        if (first === undefined) break;
        await clock.until(first.sentAt + answerMs, this.#ended.signal);
        if (first !== this.#requests[0]) continue;
        await clock.until(clock.now() + readMs, this.#ended.signal);
        if (first !== this.#requests[0]) continue;
        this.#end("tmux has stopped to answer");
        this.#child.kill("SIGKILL");
      }
    } catch (error) {
      // The end of the connection ends the wait; whoever waits for a reply has been told.
      if (!this.#ended.signal.aborted) throw error;
    } finally {
      this.#isWatched = false;
    }
  }

  #end(why: string): void {
    if (this.#gone !== null) return;
    this.#gone = why;
    this.#ended.abort(new Error(why));
    for (const request of this.#requests.splice(0)) request.reject(new Error(why));
    this.#options.onGone(why);
  }
}
