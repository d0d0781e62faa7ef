/**
 * A connection to `codex app-server --listen unix://…`: WebSocket over a unix socket, one value a
 * message. Nothing protects it but the folder of the socket, which is the person's alone.
 *
 * It is read without pause. What comes while we are suspended is kept by codex (measured: 25 s of
 * a text that streams), and told afterwards.
 */

import { connect } from "node:net";
import { WebSocket } from "ws";
import type { Clock } from "../../lib/clock.ts";
import { parseJson } from "../../lib/json-text.ts";
import { waitFor } from "../../lib/notifier.ts";

export interface Connection {
  /** `false`: it is closed. */
  send(value: unknown): boolean;
  /** Resolves when it is closed, by whomever. */
  readonly closed: Promise<void>;
  close(): void;
}

export interface ConnectParts {
  readonly socket: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Resolves when nobody will ever listen there. */
  readonly hopeless: Promise<unknown>;
  readonly onValue: (value: unknown) => void;
}

/** It takes 0.4 s (measured); after so long it does not come any more (chosen). */
const longestMs = 60_000;
const pauseMs = 20;

/** `null`: nobody has come to listen there. Rejects with the signal's reason. */
export async function connectSocket(parts: ConnectParts): Promise<Connection | null> {
  const { clock, signal, hopeless } = parts;
  const until = clock.now() + longestMs;
  let isHopeless = false;
  const given = hopeless.then(() => {
    isHopeless = true;
  });
  while (!isHopeless && clock.now() < until) {
    const connection = await tryOnce(parts);
    if (connection !== null) return connection;
    // That a program begins to listen is told by nobody.
    await waitFor({ clock, signal, until: clock.now() + pauseMs }, given);
  }
  return null;
}

function tryOnce({ socket, signal, onValue }: ConnectParts): Promise<Connection | null> {
  signal.throwIfAborted();
  const opened = Promise.withResolvers<Connection | null>();
  const closed = Promise.withResolvers<void>();
  // Codex asks neither for a host nor for a path.
  const channel = new WebSocket("ws://codex/", {
    createConnection: () => connect(socket),
    perMessageDeflate: false,
  });
  channel.on("error", () => opened.resolve(null));
  channel.on("close", () => {
    opened.resolve(null);
    closed.resolve();
  });
  channel.on("message", (data) => onValue(parseJson(String(data))));
  channel.on("open", () =>
    opened.resolve({
      send(value) {
        if (channel.readyState !== WebSocket.OPEN) return false;
        channel.send(JSON.stringify(value));
        return true;
      },
      closed: closed.promise,
      close: () => channel.terminate(),
    }),
  );
  return opened.promise;
}
