/**
 * One codex with a screen: its server in a window, our line to it by a socket, and the TUI beside.
 * It is begun, or taken up as an earlier temoin has left it.
 */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { waitFor } from "../../lib/notifier.ts";
import { plainLine } from "../../lib/process-text.ts";
import { ownProgram } from "../agent-program.ts";
import type { SessionRequest } from "../driver.ts";
import { environmentOf } from "../environment.ts";
import type { Ear } from "../protocol/line.ts";
import type { ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { zoneOf } from "../reset-time-for.ts";
import { fingerprintOf, type SlotWindows, type WindowsOfSlots } from "../tmux/slot-windows.ts";
import type { TmuxServer } from "../tmux/tmux.ts";
import { openView, type ViewParts, type ViewWindow } from "../tmux/view-window.ts";
import { prepareToolServer, type ToolServer } from "../tool-server.ts";
import { cannotStart, isNoCodex } from "./handshake.ts";
import { type KeptOfServer, readKept } from "./kept.ts";
import { invocationOf, settingsOf, toolOptions } from "./launch.ts";
import { greet, openThread } from "./open-thread.ts";
import { Peer } from "./peer.ts";
import { type Connection, connectSocket } from "./socket.ts";
import { ThreadLine } from "./thread-line.ts";
import { ThreadScreen } from "./thread-screen.ts";

export interface ScreenedParts {
  readonly tmux: TmuxServer;
  readonly view: Omit<ViewParts, "kind">;
  readonly options: ProtocolDriverOptions;
  /** For the socket of a server. */
  readonly socketDir: string;
  readonly request: SessionRequest;
  readonly ear: Ear;
  readonly signal: AbortSignal;
  /** To be taken up; `null`: it is begun. */
  readonly left: SlotWindows | null;
  readonly windows: WindowsOfSlots;
}

/** How long it may take that the end of its program is told after that of its connection (chosen). */
const endMs = 1_000;

export function serverView(view: ScreenedParts["view"]): ViewParts {
  return { ...view, kind: "codex-server" };
}

export function screenView(view: ScreenedParts["view"]): ViewParts {
  return { ...view, kind: "codex-screen" };
}

/** Rejects with an AppError, and with the signal's reason; then all of it is ended. */
export async function openScreened(parts: ScreenedParts): Promise<ThreadLine> {
  const { left, request, options, ear, signal, view, windows } = parts;
  const { agent } = request;
  const { clock } = options;
  const kept: KeptOfServer = left === null ? newKept(parts) : readKept(left.server.kept);
  const tools = await prepareToolServer(request, options).catch(async (error: unknown) => {
    if (left !== null) await windows.close(left);
    throw error;
  });
  const server = left?.server ?? (await openServer(parts, kept, tools));
  windows.use(server);
  let connection: Connection | null = null;
  const peer = new Peer((value) => connection?.send(value) ?? false);
  const screen = openScreen(parts, kept, peer);
  const line = new ThreadLine({
    peer,
    ear,
    clock,
    settings: settingsOf(agent),
    zone: zoneOf(agent),
    hasTools: tools !== null,
    hasCompany: true,
    onPrompt: (prompt) => server.keep({ ...prompt }),
    // Beside the work, and after what it needs.
    onGiven: (thread) => void screen.show(thread),
    async end() {
      connection?.close();
      await Promise.all([screen.close(), windows.close({ server, screen: null })]);
    },
    attach: () => screen.attach,
  });
  try {
    connection = await connectSocket({
      socket: kept.socket,
      clock,
      signal,
      hopeless: server.over,
      onValue: (value) => void line.take(value),
    });
    if (connection === null) throw await neverListened(parts, server);
    // Also with the tmux server alone: nothing could be kept for a later temoin.
    void server.over.then((why) => line.lose(why));
    void connection.closed.then(async () => {
      line.lose((await howItEnded(server, view)) ?? "the connection to it was closed");
    });
    const opening = { agent, clock, signal, peer, line, ear };
    if (left === null) await openThread(opening);
    else await takeUp(opening, kept);
    await screen.show(line.threadId);
    return line;
  } catch (error) {
    await line[Symbol.asyncDispose]();
    throw error;
  }
}

async function takeUp(opening: Parameters<typeof greet>[0], kept: KeptOfServer): Promise<void> {
  await greet(opening);
  const why = await opening.line.resume(kept);
  if (why === null) return;
  throw cannotStart(opening.agent, `its conversation cannot be gone on with (${why})`, "");
}

function newKept({ request, options, socketDir }: ScreenedParts): KeptOfServer {
  // A name of its own: a server that ends late removes that of nobody else.
  const socket = join(socketDir, `codex-${randomBytes(5).toString("hex")}`);
  const agent = fingerprintOf(request, options.root);
  return { agent, socket, thread: "", prompt: "", mark: "" };
}

function openServer(
  parts: ScreenedParts,
  kept: KeptOfServer,
  tools: ToolServer | null,
): Promise<ViewWindow> {
  const { tmux, view, request } = parts;
  const { slot, cwd } = request;
  const listen = ["app-server", "--listen", `unix://${kept.socket}`];
  const command = programOf(parts, [...toolOptions(tools), ...listen]);
  return openView(
    tmux,
    {
      slot,
      name: `${slot}-server`,
      cwd,
      // One that does not know these words would take them for a prompt, but not without a terminal.
      command: ["sh", "-c", 'exec "$@" </dev/null', "sh", ...command],
      env: environmentOf(request.agent, request.env, parts.options),
      kept: { ...kept },
    },
    serverView(view),
  );
}

function openScreen(parts: ScreenedParts, { socket }: KeptOfServer, peer: Peer): ThreadScreen {
  const { tmux, view, request, options, ear, left } = parts;
  const { slot, cwd, agent } = request;
  return new ThreadScreen(
    {
      tmux,
      view: screenView(view),
      request: { slot, name: slot, cwd, env: environmentOf(agent, request.env, options) },
      // A TUI takes up no thread that has neither a turn nor a name (0.169.0).
      prepare: (threadId) => peer.call("thread/name/set", { threadId, name: slot }),
      command: (threadId) => programOf(parts, ["resume", threadId, "--remote", `unix://${socket}`]),
      onProblem: (says) => ear.tell({ type: "output", text: `${says}\n` }),
    },
    left?.screen ?? null,
  );
}

function programOf(
  { request, options }: ScreenedParts,
  args: readonly string[],
): readonly [string, ...string[]] {
  const { program, options: flags } = invocationOf(request.agent);
  return [ownProgram(program, options.root), ...flags, ...args];
}

async function neverListened({ request, view }: ScreenedParts, server: ViewWindow) {
  const words = await server.words();
  // What comes after it tells where in its own code that was.
  const says = words.find((row) => /error/i.test(row)) ?? words.at(-1);
  const how = (await howItEnded(server, view)) ?? "it does not listen";
  return isNoCodex(request.agent, says === undefined ? how : `${how}: ${plainLine(says)}`);
}

/** Its end is told a moment after that of its connection; `null`: it goes on. */
async function howItEnded(
  server: ViewWindow,
  { clock }: Pick<ViewParts, "clock">,
): Promise<string | null> {
  let how: string | null = null;
  const told = server.over.then((why) => {
    how = why;
  });
  const signal = new AbortController().signal;
  await waitFor({ clock, signal, until: clock.now() + endMs }, told);
  return how;
}
