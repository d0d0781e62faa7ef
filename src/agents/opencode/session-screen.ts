/**
 * opencode's own screen, attached to the server, in a window for a person: it shows the session that
 * we speak in. It may be closed by the person, and is there again with the next prompt.
 */

import { AppError } from "../../lib/app-error.ts";
import { waitFor } from "../../lib/notifier.ts";
import { ownProgram } from "../agent-program.ts";
import type { AttachHint, SessionRequest } from "../driver.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import {
  openView,
  type ViewParts,
  type ViewRequest,
  type ViewWindow,
} from "../tmux/view-window.ts";
import type { Api } from "./api.ts";
import type { Launch } from "./launch.ts";
import { type OpencodeServer, serverEnvironment } from "./server-process.ts";
import type { SessionView } from "./sessions.ts";

export interface SessionScreenParts {
  readonly tmux: TmuxServer;
  readonly view: Omit<ViewParts, "kind">;
  readonly options: ProtocolDriverOptions;
  readonly request: SessionRequest;
  readonly launch: Launch;
  readonly server: OpencodeServer;
  readonly api: Api;
  readonly onProblem: (says: string) => void;
}

/** Measured: 2 s, and up to 12 s on a busy machine. Whoever waits for it goes on then all the same. */
const startMs = 20_000;

export function screenView(view: SessionScreenParts["view"]): ViewParts {
  return { ...view, kind: "opencode-screen" };
}

export class SessionScreen implements SessionView {
  readonly #parts: SessionScreenParts;
  readonly #closed = new AbortController();
  #window: ViewWindow | null = null;
  #isRunning = false;
  /** One call after the other. */
  #showing: Promise<void> = Promise.resolve();
  #session = "";
  /** It is there; before that it misses what it is told, and what is asked. */
  #ready: Promise<void> = Promise.resolve();
  #isReady = true;

  /** `left`: the window of an earlier temoin. */
  constructor(parts: SessionScreenParts, left: ViewWindow | null) {
    this.#parts = parts;
    if (left !== null) this.#follow(left);
  }

  get attach(): AttachHint | null {
    return this.#window?.attach ?? null;
  }

  show(session: string): Promise<void> {
    this.#session = session;
    this.#showing = this.#showing.then(() => this.#show());
    return this.#showing;
  }

  /** Never rejects. */
  async ready(): Promise<void> {
    await this.#showing;
    await this.#ready;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.ready();
    await this.#window?.close();
  }

  async #show(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    if (this.#window !== null && this.#isRunning) await this.#select();
    else await this.#begin();
  }

  async #begin(): Promise<void> {
    const { request, options, launch, server, onProblem } = this.#parts;
    const [program, ...args] = launch.command;
    const opening = {
      cwd: request.cwd,
      command: [
        ownProgram(program, options.root),
        ...args,
        "attach",
        server.url,
        "--dir",
        request.cwd,
        "--session",
        this.#session,
      ],
      env: serverEnvironment(request, server.password, options),
    } as const;
    try {
      const window = await this.#open(opening);
      this.#follow(window);
      this.#isReady = false;
      this.#ready = this.#untilPainted(window, this.#session);
    } catch (error) {
      // Nobody can look at it, and it works on.
      const why = error instanceof Error ? error.message : String(error);
      onProblem(`Its screen could not be opened: ${why}`);
    }
  }

  /** In the window where it was, so that whoever looks there sees it come back. */
  async #open(opening: Pick<ViewRequest, "cwd" | "command" | "env">): Promise<ViewWindow> {
    const { tmux, view, request } = this.#parts;
    const before = this.#window;
    if (before !== null) {
      try {
        await before.restart(opening);
        return before;
      } catch (error) {
        // The window is gone as well.
        if (!(error instanceof AppError)) throw error;
      }
    }
    const { slot } = request;
    return await openView(tmux, { ...opening, slot, name: slot, kept: {} }, screenView(view));
  }

  async #select(): Promise<void> {
    // One that is about to start is told when it is there.
    if (!this.#isReady) return;
    await this.#parts.api.post("/tui/select-session", { sessionID: this.#session });
  }

  /** It hears of events before it paints anything (1.18.33). */
  async #untilPainted(window: ViewWindow, session: string): Promise<void> {
    const { clock } = this.#parts.options;
    const { signal } = this.#closed;
    const until = clock.now() + startMs;
    let isOver = false;
    const over = window.over.then(() => {
      isOver = true;
    });
    while (!signal.aborted && !isOver && clock.now() < until) {
      const news = Promise.withResolvers<void>();
      using _listening = window.pane.listen(() => news.resolve());
      const screen = await window.pane.capture().catch(() => null);
      if (screen?.lines.some((line) => line.trim() !== "")) break;
      await waitFor({ clock, signal, until }, news.promise, over).catch(() => {
        // Closed: looked at above.
      });
    }
    this.#isReady = true;
    if (session !== this.#session && !signal.aborted) await this.#select();
  }

  #follow(window: ViewWindow): void {
    this.#window = window;
    this.#isRunning = true;
    const { over } = window;
    void over.then(() => {
      if (this.#window === window && window.over === over) this.#isRunning = false;
    });
  }
}
