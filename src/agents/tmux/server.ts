/**
 * A private tmux server: one session, a window per agent, two connections. The connection for
 * events brings what is written in all windows; the one for commands takes what we ask. Nothing is
 * polled: that a wrapper died without a word, which tmux tells nobody, comes by a subscription.
 */

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { identify } from "../../lib/process-table.ts";
import { endAll } from "../../lib/process-tree.ts";
import { ControlClient, type Reply } from "./control-client.ts";
import type { ControlMessage } from "./control-parser.ts";
import { type Notice, readNotice, subscribeLine } from "./notice.ts";
import { type PaneFacts, TmuxPane } from "./pane.ts";
import { quote } from "./quote.ts";
import { type Reach, type Size, session, setUp } from "./start-server.ts";
import type { Pane, TmuxServer, Viewer, WindowRequest } from "./tmux.ts";
import {
  listLine,
  openLine,
  readListed,
  readOpened,
  readViewer,
  viewersLine,
} from "./window-lines.ts";

type Message = Exclude<ControlMessage, { type: "reply" }>;

export interface ServerParts extends Reach, Size {
  readonly clock: Clock;
  readonly graceMs: number;
  readonly pauseAfterSeconds: number;
  readonly version: string;
}

const run = promisify(execFile);

/** How long the server's process may take to be gone when it was told to (chosen). */
const endMs = 3_000;

export class Server implements TmuxServer {
  readonly version: string;
  readonly socket: readonly string[];
  readonly session = session;
  readonly gone: Promise<string>;
  readonly #parts: ServerParts;
  readonly #panes = new Map<string, TmuxPane>();
  readonly #lost = Promise.withResolvers<string>();
  readonly #commands: ControlClient;
  readonly #events: ControlClient;
  /** What is written in windows of which we are just being told. */
  readonly #early = new Map<string, Buffer[]>();
  #awaited = 0;
  #pid = 0;
  #socketFile: string | null = null;
  #isClosed = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.version = parts.version;
    this.socket = parts.reach;
    this.gone = this.#lost.promise;
    this.#commands = this.#connectClient("no-output", () => undefined);
    this.#events = this.#connectClient(`pause-after=${parts.pauseAfterSeconds}`, (message) =>
      this.#take(message),
    );
  }

  get pid(): number {
    return this.#pid;
  }

  /** Rejects with an AppError when the server cannot be spoken to. */
  async connect(): Promise<void> {
    const { cols, rows } = this.#parts;
    try {
      const { pid, socketFile } = await setUp(this.#commands);
      this.#pid = pid;
      this.#socketFile = socketFile;
      for (const client of [this.#commands, this.#events]) {
        await client.command(`refresh-client -C ${cols}x${rows}`);
      }
      await this.#events.command(subscribeLine);
    } catch (cause) {
      throw new AppError("failed", "The private tmux server does not answer as it should.", {
        cause,
        hint: "`temoin doctor` tries what this tmux can do.",
      });
    }
  }

  open(request: WindowRequest): Promise<Pane> {
    const word = randomBytes(9).toString("hex");
    const otherwise = `A window for ${request.name} could not be opened.`;
    return this.#withEarly(async () => {
      const [opened] = await this.#ask(openLine(request, word, this.#parts), otherwise);
      const facts = readOpened(opened?.lines[0] ?? "");
      return this.#addPane({ ...facts, word, takesPaste: false, title: "" });
    });
  }

  find(option: string, value: string): Promise<readonly Pane[]> {
    return this.#list(option, (found) => found === value);
  }

  windows(): Promise<readonly Pane[]> {
    return this.#list("word", () => true);
  }

  async viewers(): Promise<readonly Viewer[]> {
    const otherwise = "Who looks at the agents could not be told.";
    const [listed] = await this.#ask(viewersLine, otherwise);
    return (listed?.lines ?? []).flatMap((line) => readViewer(line) ?? []);
  }

  async end(): Promise<void> {
    const { program, reach, env, clock } = this.#parts;
    const identity = identify(this.#pid);
    // When the server cannot be asked any more, it and what descends from it is ended all the same.
    const windows = await this.windows().catch(() => []);
    await Promise.all(windows.map((pane) => pane.close()));
    // While a client is connected that reads nothing, 3.3a hangs in kill-server.
    await this[Symbol.asyncDispose]();
    await run(program, [...reach, "kill-server"], { env: { ...env }, timeout: endMs }).catch(() => {
      // It may be gone already; whether it is, is looked at now.
    });
    if (identity !== null) await endAll([identity], { clock, graceMs: endMs });
    // tmux leaves it, and whoever comes next would take it for a server.
    if (this.#socketFile !== null) await rm(this.#socketFile, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#commands.close(), this.#events.close()]);
  }

  #connectClient(flags: string, onMessage: (message: Message) => void): ControlClient {
    const { program, reach, env, clock } = this.#parts;
    const args = ["-u", ...reach, "-C", "attach-session", "-t", `=${session}`, "-f", flags];
    const onGone = (why: string) => this.#lose(why);
    return new ControlClient({ program, args, env, clock, onMessage, onGone });
  }

  /** Windows of an earlier process of ours become known by it. */
  #list(option: string, isWanted: (value: string | null) => boolean): Promise<readonly TmuxPane[]> {
    return this.#withEarly(async () => {
      const otherwise = "The windows of agents could not be listed.";
      const [listed] = await this.#ask(listLine(option), otherwise);
      return (listed?.lines ?? []).flatMap((line) => {
        const row = readListed(line);
        if (row === null || !isWanted(row.value)) return [];
        return [this.#panes.get(row.facts.id) ?? this.#addPane(row.facts)];
      });
    });
  }

  /** What a window says before its answer has told us of it is not lost. */
  async #withEarly<Result>(ask: () => Promise<Result>): Promise<Result> {
    this.#awaited += 1;
    try {
      return await ask();
    } finally {
      this.#awaited -= 1;
      if (this.#awaited === 0) this.#early.clear();
    }
  }

  #addPane(facts: PaneFacts): TmuxPane {
    const { clock, graceMs } = this.#parts;
    const request = (line: string) => this.#commands.request(line);
    const pane = new TmuxPane({ clock, graceMs, request }, facts);
    this.#panes.set(pane.id, pane);
    for (const bytes of this.#early.get(pane.id) ?? []) pane.take(bytes);
    this.#early.delete(pane.id);
    return pane;
  }

  #take(message: Message): void {
    switch (message.type) {
      case "output": {
        const pane = this.#panes.get(message.pane);
        if (pane !== undefined) pane.take(message.bytes);
        else if (this.#awaited > 0) {
          this.#early.set(message.pane, [...(this.#early.get(message.pane) ?? []), message.bytes]);
        }
        return;
      }
      case "pause":
        // When the connection is gone meanwhile, that is told by itself.
        this.#resume(message.pane).catch(() => undefined);
        return;
      case "exit":
        this.#lose(
          `the tmux server has ended${message.reason === "" ? "" : ` (${message.reason})`}`,
        );
        return;
      case "notice":
        this.#takeNotice(readNotice(message.name, message.text));
    }
  }

  /** What was held back is dropped by tmux: the screen has to be looked at anew. */
  async #resume(id: string): Promise<void> {
    await this.#events.request(`refresh-client -A ${quote(`${id}:continue`)}`);
    await this.#panes.get(id)?.catchUp();
  }

  #takeNotice(notice: Notice | null): void {
    if (notice === null) return;
    if (notice.type === "died") {
      const pane = this.#panes.get(notice.pane);
      if (pane === undefined) return;
      // tmux may have missed the end of its child (measured: every fourth); this makes it look.
      process.kill(this.#pid, "SIGCHLD");
      pane.die();
      return;
    }
    for (const pane of this.#panes.values()) {
      if (pane.window !== notice.window) continue;
      // When the connection is gone meanwhile, that is told by itself.
      this.#dropIfGone(pane).catch(() => undefined);
    }
  }

  async #dropIfGone(pane: TmuxPane): Promise<void> {
    const line = `display-message -p -t ${quote(pane.id)} ${quote("#{pane_id}")}`;
    const [told] = await this.#commands.request(line);
    if (told?.isOk === true && told.lines[0] === pane.id) return;
    this.#drop(pane, "its window was closed");
  }

  #drop(pane: TmuxPane, why: string): void {
    this.#panes.delete(pane.id);
    pane.lose(why);
  }

  /** Either connection: without the other, agents would be fed blindly or watched idly. */
  #lose(why: string): void {
    const says = this.#isClosed ? "temoin has let go of it" : why;
    this.#lost.resolve(says);
    // Ours to let go of: the windows stay for a later temoin.
    for (const pane of [...this.#panes.values()]) this.#drop(pane, says);
    this.#commands?.close().catch(() => undefined);
    this.#events?.close().catch(() => undefined);
  }

  async #ask(line: string, otherwise: string): Promise<readonly Reply[]> {
    try {
      const replies = await this.#commands.request(line);
      const failed = replies.find((reply) => !reply.isOk);
      if (failed !== undefined) throw new Error(`tmux: ${failed.lines.join(" ") || "it refused"}`);
      return replies;
    } catch (cause) {
      const says = cause instanceof Error ? cause.message : String(cause);
      throw new AppError("failed", `${otherwise} (${says})`, {
        cause,
        hint: "`temoin doctor` tries what this tmux can do.",
      });
    }
  }
}
