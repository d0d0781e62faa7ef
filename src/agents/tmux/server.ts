/**
 * A private tmux server: one session, a window per agent, two connections. The connection for
 * events brings what is written in all windows; the one for commands takes what we ask. Nothing is
 * polled: that a wrapper died without a word, which tmux tells nobody, comes by a subscription.
 */

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { identify, isAlive } from "../../lib/process-table.ts";
import { ControlClient } from "./control-client.ts";
import type { ControlMessage } from "./control-parser.ts";
import { readOption, TmuxPane, windowMarker } from "./pane.ts";
import { plainName, quote } from "./quote.ts";
import type { Pane, TmuxServer, Viewer, WindowRequest } from "./tmux.ts";
import { findVersion, type TmuxVersion } from "./version.ts";
import { wrap } from "./wrapper.ts";

export interface TmuxOptions {
  readonly clock: Clock;
  /** Default: `tmux`. */
  readonly program?: string;
  /** The name of a socket of its own (`-L`), or its path (`-S`). Never the default server's. */
  readonly socket: { readonly name: string } | { readonly path: string };
  /** Of the server, and so of what starts in it; TMUX and TMUX_PANE are taken out. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cols?: number;
  readonly rows?: number;
  /** From SIGTERM to SIGKILL when a window is closed. */
  readonly graceMs?: number;
}

const run = promisify(execFile);

/** Enough for every dialog of the agents that were recorded. */
const defaultCols = 200;
const defaultRows = 50;
const defaultGraceMs = 3_000;
const session = "temoin";
/** How far tmux may be ahead of us before it holds a window's output back, in seconds. */
const pauseAfterS = 5;
/** How long the server's process may take to be gone when it was told to (chosen). */
const endMs = 3_000;
/** The longest path of a unix socket that Linux (108) and macOS (104) take, zero included. */
const socketPathBytes = 103;

/** Joins the server of that socket, or starts it. Rejects with an AppError. */
export async function openTmux(options: TmuxOptions): Promise<TmuxServer> {
  const { TMUX: _tmux, TMUX_PANE: _pane, ...env } = options.env;
  const { program = "tmux", socket } = options;
  if ("path" in socket && Buffer.byteLength(socket.path) > socketPathBytes) {
    throw new AppError("failed", `The path of the tmux socket is too long: ${socket.path}.`, {
      hint: `It may have ${socketPathBytes} bytes; set XDG_RUNTIME_DIR or TMUX_TMPDIR to a shorter one.`,
    });
  }
  const version = await findVersion(program, env);
  const reach = "path" in socket ? ["-S", socket.path] : ["-L", socket.name];
  await startServer({ ...options, env, program, reach });
  const directory = await mkdtemp(path.join(tmpdir(), "temoin-tmux-"));
  const server = new Server({ ...options, env, program, reach, directory, version });
  try {
    await server.connect();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

interface Reach {
  readonly program: string;
  readonly reach: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function startServer(options: TmuxOptions & Reach): Promise<void> {
  const { program, reach, env, cols = defaultCols, rows = defaultRows } = options;
  const size = ["-x", String(cols), "-y", String(rows)];
  const keeper = "exec sleep 2147483647";
  try {
    // The user's own configuration is not read: it may bind keys and hooks to anything.
    await run(
      program,
      ["-u", ...reach, "-f", "/dev/null", "new-session", "-d", "-s", session, ...size, keeper],
      { env: { ...env }, timeout: 10_000, cwd: "/" },
    );
  } catch (cause) {
    // It is there already: that is the one to join.
    if (cause instanceof Error && cause.message.includes("duplicate session")) return;
    throw new AppError("failed", "The private tmux server could not be started.", {
      cause,
      hint: "`temoin doctor` tries what this tmux can do.",
    });
  }
}

class Server implements TmuxServer {
  readonly version: string;
  readonly socket: readonly string[];
  readonly session = session;
  readonly gone: Promise<string>;
  readonly #options: TmuxOptions & Reach & { readonly directory: string };
  readonly #panes = new Map<string, TmuxPane>();
  readonly #lost = Promise.withResolvers<string>();
  readonly #commands: ControlClient;
  readonly #events: ControlClient;
  /** What is written in windows that are just being opened. */
  readonly #early = new Map<string, Buffer[]>();
  #opening = 0;
  #pid = 0;
  #socketFile: string | null = null;
  #isClosed = false;

  constructor(
    options: TmuxOptions & Reach & { readonly directory: string; readonly version: TmuxVersion },
  ) {
    this.#options = options;
    this.version = options.version.text;
    this.socket = options.reach;
    this.gone = this.#lost.promise;
    this.#commands = this.#connectClient("no-output", () => undefined);
    this.#events = this.#connectClient(`pause-after=${pauseAfterS}`, (message) =>
      this.#take(message),
    );
  }

  get pid(): number {
    return this.#pid;
  }

  /** Rejects with an AppError when the server cannot be spoken to. */
  async connect(): Promise<void> {
    const settings = [
      ["-g", "remain-on-exit", "on"],
      ["-g", "automatic-rename", "off"],
      ["-g", "allow-rename", "off"],
      ["-g", "status", "off"],
      ["-g", "history-limit", "5000"],
      ["-g", "destroy-unattached", "off"],
      ["-g", "monitor-bell", "off"],
      ["-g", "monitor-activity", "off"],
      ["-g", "visual-bell", "off"],
      ["-g", "set-titles", "off"],
      ["-s", "escape-time", "0"],
      ["-s", "exit-empty", "off"],
      ["-s", "set-clipboard", "off"],
    ];
    try {
      for (const [where, name, value] of settings) {
        await this.#commands.command(`set-option ${where} ${name} ${value}`);
      }
      // It came with 3.3; without it "Pane is dead" is written over the last screen.
      await this.#commands.request('set-option -g remain-on-exit-format ""');
      const facts = quote("#{pid} #{socket_path}");
      const [told = ""] = await this.#commands.command(`display-message -p ${facts}`);
      this.#pid = Number(told.split(" ")[0]);
      this.#socketFile = told.slice(told.indexOf(" ") + 1);
      for (const client of [this.#commands, this.#events]) {
        await client.command(`refresh-client -C ${this.#size.cols}x${this.#size.rows}`);
      }
      await this.#events.command(`refresh-client -B ${quote("dead:%*:#{pane_dead}")}`);
    } catch (cause) {
      throw new AppError("failed", "The private tmux server does not answer as it should.", {
        cause,
        hint: "`temoin doctor` tries what this tmux can do.",
      });
    }
  }

  async open(request: WindowRequest): Promise<Pane> {
    const word = randomBytes(9).toString("hex");
    const env = { COLORTERM: "truecolor", ...request.env, [windowMarker]: word };
    const variables = Object.entries(env).map(([name, value]) => `-e ${quote(`${name}=${value}`)}`);
    const command = wrap(word, request.cwd, request.command).map(quote);
    const format = "#{pane_id} #{window_id} #{pane_pid}";
    const line = [
      `new-window -d -P -F ${quote(format)} -t =${session}: -n ${quote(plainName(request.name))}`,
      ...variables,
      ...command,
    ].join(" ");
    const pane = await this.#openPane(line, { name: request.name, word });
    await pane.setOption("word", word);
    for (const [name, value] of Object.entries(request.options)) await pane.setOption(name, value);
    return pane;
  }

  async find(option: string, value: string): Promise<readonly Pane[]> {
    const parts = ["pane_id", "window_id", "pane_pid", "pane_dead", "@temoin_word"];
    const format = [...parts, "@temoin_paste", `@temoin_${option}`, "pane_title"];
    const listed = await this.#ask(
      `list-panes -s -t =${session} -F ${quote(format.map((name) => `#{${name}}`).join("|"))}`,
      "The windows of agents could not be listed.",
    );
    return listed.flatMap((line) => {
      const [id = "", window = "", pid = "", dead, word = "", paste = "", own = "", ...title] =
        line.split("|");
      if (readOption(own) !== value || dead === "1") return [];
      return [
        this.#panes.get(id) ??
          this.#addPane({
            id,
            window,
            pid: Number(pid),
            word: readOption(word) ?? "",
            takesPaste: readOption(paste) === "on",
            title: title.join("|"),
          }),
      ];
    });
  }

  async viewers(): Promise<readonly Viewer[]> {
    const format = "#{client_control_mode} #{client_readonly} #{window_id} #{client_activity}";
    const listed = await this.#ask(
      `list-clients -F ${quote(format)}`,
      "Who looks at the agents could not be told.",
    );
    return listed.flatMap((line) => {
      const [control, readonly, window = "", activity] = line.split(" ");
      if (control === "1") return [];
      return [{ canWrite: readonly !== "1", window, lastInputAt: Number(activity) * 1000 }];
    });
  }

  async end(): Promise<void> {
    const { program, reach, env, clock } = this.#options;
    const identity = identify(this.#pid);
    // While a client is connected that reads nothing, 3.3a hangs in kill-server.
    await this[Symbol.asyncDispose]();
    await run(program, [...reach, "kill-server"], { env: { ...env }, timeout: endMs }).catch(() => {
      // It may be gone already; whether it is, is looked at now.
    });
    if (identity === null) return;
    const until = clock.now() + endMs;
    while (isAlive(identity) && clock.now() < until) await clock.until(clock.now() + 10);
    if (isAlive(identity)) process.kill(this.#pid, "SIGKILL");
    // tmux leaves it, and whoever comes next would take it for a server.
    if (this.#socketFile !== null) await rm(this.#socketFile, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#commands.close(), this.#events.close()]);
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  #connectClient(
    flags: string,
    onMessage: (message: Exclude<ControlMessage, { type: "reply" }>) => void,
  ): ControlClient {
    const { program, reach, env, clock } = this.#options;
    const args = ["-u", ...reach, "-C", "attach-session", "-t", `=${session}`, "-f", flags];
    return new ControlClient({
      program,
      args,
      env,
      clock,
      onMessage,
      onGone: (why) => this.#lose(why),
    });
  }

  /** Its first words may come before tmux has told which window it is. */
  async #openPane(line: string, of: { readonly name: string; readonly word: string }) {
    this.#opening += 1;
    try {
      const [told] = await this.#ask(line, `A window for ${of.name} could not be opened.`);
      const [id = "", window = "", pid = ""] = (told ?? "").split(" ");
      const pane = this.#addPane({
        id,
        window,
        pid: Number(pid),
        word: of.word,
        takesPaste: false,
      });
      await this.#ask(this.#fixSize(window), `The window for ${of.name} has no size.`);
      for (const bytes of this.#early.get(id) ?? []) pane.take(bytes);
      return pane;
    } finally {
      this.#opening -= 1;
      if (this.#opening === 0) this.#early.clear();
    }
  }

  /**
   * Whoever looks at it through a smaller terminal must not redraw the agent. Per window: with
   * `window-size manual` for all, `new-window` takes a tmux 3.3a down (measured).
   */
  #fixSize(window: string): string {
    const { cols, rows } = this.#size;
    return `set-option -w -t ${window} window-size manual ; resize-window -t ${window} -x ${cols} -y ${rows}`;
  }

  get #size(): { readonly cols: number; readonly rows: number } {
    const { cols = defaultCols, rows = defaultRows } = this.#options;
    return { cols, rows };
  }

  #addPane(
    facts: Omit<ConstructorParameters<typeof TmuxPane>[1], "exitCode"> & {
      readonly exitCode?: null;
      readonly title?: string;
    },
  ): TmuxPane {
    const { clock, directory, graceMs = defaultGraceMs } = this.#options;
    const host = {
      clock,
      directory,
      graceMs,
      request: (line: string) => this.#commands.request(line),
    };
    const pane = new TmuxPane(host, { ...facts, exitCode: null });
    // The end of a program that nobody saw is still the title of its window.
    if (facts.title !== undefined) pane.recall(facts.title);
    this.#panes.set(pane.id, pane);
    return pane;
  }

  #take(message: Exclude<ControlMessage, { type: "reply" }>): void {
    switch (message.type) {
      case "output": {
        const pane = this.#panes.get(message.pane);
        if (pane !== undefined) pane.take(message.bytes);
        else if (this.#opening > 0) {
          this.#early.set(message.pane, [...(this.#early.get(message.pane) ?? []), message.bytes]);
        }
        return;
      }
      case "pause":
        // What was held back is dropped by tmux: the screen has to be looked at anew.
        this.#events.request(`refresh-client -A ${quote(`${message.pane}:continue`)}`).catch(() => {
          // The connection is gone, which is told by itself.
        });
        this.#panes.get(message.pane)?.resync();
        return;
      case "exit":
        this.#lose("the tmux server has ended");
        return;
      case "notice":
        this.#takeNotice(message.name, message.text);
    }
  }

  #takeNotice(name: string, text: string): void {
    if (name === "window-close" || name === "unlinked-window-close") {
      const window = text.split(" ")[0];
      for (const pane of this.#panes.values()) {
        if (pane.window === window) this.#drop(pane, "its window was closed");
      }
    } else if (name === "subscription-changed") {
      // dead $0 @1 1 %1 : 1
      const told = /^dead \S+ \S+ \S+ (%\d+) .*: 1$/.exec(text);
      const pane = this.#panes.get(told?.[1] ?? "");
      if (pane === undefined) return;
      // tmux may have missed the end of its child (measured: every fourth); this makes it look.
      process.kill(this.#pid, "SIGCHLD");
      this.#drop(pane, "its window has died");
    }
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

  async #ask(line: string, otherwise: string): Promise<readonly string[]> {
    try {
      return await this.#commands.command(line);
    } catch (cause) {
      const says = cause instanceof Error ? cause.message : String(cause);
      throw new AppError("failed", `${otherwise} (${says})`, {
        cause,
        hint: "`temoin doctor` tries what this tmux can do.",
      });
    }
  }
}
