/**
 * A private tmux server for one test, with a directory beside its socket. When the test is over, all
 * of it is gone: it fails when the server or its socket is still there.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { openTmux, type TmuxOptions } from "../src/agents/tmux/open-tmux.ts";
import type { Pane, PaneEvent, TmuxServer, WindowRequest } from "../src/agents/tmux/tmux.ts";
import { systemClock } from "../src/lib/clock.ts";
import { identify, isAlive } from "../src/lib/process-table.ts";

const run = promisify(execFile);
/** What has not happened by then does not happen any more. */
const longestMs = 15_000;

export interface ScratchTmux extends AsyncDisposable {
  readonly server: TmuxServer;
  /** For files; the socket is in it. */
  readonly directory: string;
  readonly socket: string;
  /** Of the server. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One more connection to the same server, or to a new one when that has ended. */
  join(): Promise<TmuxServer>;
  /** Lets go of all connections, as a temoin that ends; the server and its windows stay. */
  leave(): Promise<void>;
  /** `tmux ARGUMENTS`, as a person would type it; resolves with what it has printed. */
  tmux(...args: readonly string[]): Promise<string>;
  /** A window with that program, by a name of no meaning. */
  open(command: WindowRequest["command"], more?: Partial<WindowRequest>): Promise<Pane>;
}

export async function openScratchTmux(options: Partial<TmuxOptions> = {}): Promise<ScratchTmux> {
  // Short: the path of a socket has 103 bytes.
  const directory = await mkdtemp(path.join(tmpdir(), "tx-"));
  const socket = path.join(directory, "s");
  const env = { ...process.env, HOME: directory, TMUX_TMPDIR: directory };
  const all = { clock: systemClock, env, graceMs: 500, socket: { path: socket }, ...options };
  const joined: TmuxServer[] = [];
  const join = async () => {
    const server = await openTmux(all);
    joined.push(server);
    return server;
  };
  const server = await join().catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    server,
    directory,
    socket,
    env,
    join,
    async leave() {
      await Promise.all(joined.map((each) => each[Symbol.asyncDispose]()));
    },
    async tmux(...args) {
      const program = options.program ?? "tmux";
      const { stdout } = await run(program, ["-u", "-S", socket, ...args], { env });
      return stdout;
    },
    open: (command, more) =>
      server.open({ name: "window", cwd: directory, env: {}, options: {}, command, ...more }),
    async [Symbol.asyncDispose]() {
      const identities = joined.map((each) => identify(each.pid));
      // The newest may be the only one that still reaches the server.
      for (const each of joined.toReversed()) await each.end();
      const left = identities.filter((each) => each !== null && isAlive(each));
      const hasSocket = existsSync(socket);
      await rm(directory, { recursive: true, force: true });
      assert.deepEqual(left, [], "the tmux server is still there");
      assert(!hasSocket, "its socket is still there");
    },
  };
}

type EventOf<Type> = Extract<PaneEvent, { readonly type: Type }>;

/** All that happens in a pane, to be awaited whether it has happened already or not. */
export interface PaneLog extends Disposable {
  /** Output that came at a stretch is one event. */
  readonly events: readonly PaneEvent[];
  /** Rejects when the pane goes without it, and when it does not come. */
  first<Type extends PaneEvent["type"]>(
    type: Type,
    isWanted?: (event: EventOf<Type>) => boolean,
  ): Promise<EventOf<Type>>;
}

export function followPane(pane: Pane): PaneLog {
  const events: PaneEvent[] = [];
  const waiting = new Set<() => void>();
  const listening = pane.listen((event) => {
    const last = events.at(-1);
    if (event.type === "output" && last?.type === "output") {
      events[events.length - 1] = { ...event, bytes: last.bytes + event.bytes };
    } else {
      events.push(event);
    }
    for (const look of waiting) look();
  });
  return {
    events,
    first(type, isWanted = () => true) {
      const { promise, resolve, reject } = Promise.withResolvers<EventOf<typeof type>>();
      const isFound = (event: PaneEvent): event is EventOf<typeof type> =>
        // The type has been compared just before.
        event.type === type && isWanted(event as EventOf<typeof type>);
      const look = () => {
        const found = events.find(isFound);
        const end = events.find((event) => event.type === "gone");
        if (found !== undefined) resolve(found);
        else if (end !== undefined) reject(new Error(`the pane is gone: ${end.why}`));
      };
      const answered = new AbortController();
      systemClock.until(systemClock.now() + longestMs, answered.signal).then(
        () => reject(new Error(`no ${type} came, but ${JSON.stringify(events)}`)),
        // It has come.
        () => undefined,
      );
      waiting.add(look);
      look();
      return promise.finally(() => {
        waiting.delete(look);
        answered.abort();
      });
    },
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}

/** For what the system tells nobody, as that a process is gone. */
export async function untilTrue(
  isTrue: () => boolean | Promise<boolean>,
  waitMs = longestMs,
): Promise<void> {
  const until = systemClock.now() + waitMs;
  while (!(await isTrue())) {
    assert(systemClock.now() < until, "it does not become true");
    await systemClock.until(systemClock.now() + 10);
  }
}
