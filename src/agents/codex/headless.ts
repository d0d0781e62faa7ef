/** The driver `codex` without a screen: `codex app-server` on its standard streams. */

import type { Driver, SessionRequest } from "../driver.ts";
import { type JsonProcess, startJsonProcess } from "../protocol/json-process.ts";
import type { Ear, Line } from "../protocol/line.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { zoneOf } from "../reset-time-for.ts";
import { prepareToolServer } from "../tool-server.ts";
import { invocationOf, settingsOf, toolOptions } from "./launch.ts";
import { openThread } from "./open-thread.ts";
import { Peer } from "./peer.ts";
import { ThreadLine } from "./thread-line.ts";

export function createHeadlessCodexDriver(options: ProtocolDriverOptions): Driver {
  return createProtocolDriver(options, {
    capabilities: {
      resume: false,
      freshContext: true,
      interrupt: true,
      steer: false,
      usage: true,
      limits: true,
      asks: true,
      attach: false,
    },
    lineOf: (request) => (ear, signal) => openLine({ request, options, ear, signal }),
  });
}

interface OpenParts {
  readonly request: SessionRequest;
  readonly options: ProtocolDriverOptions;
  readonly ear: Ear;
  readonly signal: AbortSignal;
}

async function openLine({ request, options, ear, signal }: OpenParts): Promise<Line> {
  const { agent } = request;
  const { clock } = options;
  const { program, options: flags } = invocationOf(agent);
  const tools = await prepareToolServer(request, options);
  let process: JsonProcess | null = null;
  const peer = new Peer((value) => process?.write(value) ?? false);
  const line = new ThreadLine({
    peer,
    ear,
    clock,
    settings: settingsOf(agent),
    zone: zoneOf(agent),
    hasTools: tools !== null,
    hasCompany: false,
    onPrompt: async () => undefined,
    onGiven: () => undefined,
    end: async () => {
      await process?.[Symbol.asyncDispose]();
    },
    attach: () => null,
  });
  process = await startJsonProcess({
    request: {
      ...request,
      agent: { ...agent, command: [program, ...flags, ...toolOptions(tools)] },
    },
    options,
    args: ["app-server"],
    onValue: (value) => line.take(value),
    onText: (text) => {
      ear.tell({ type: "output", text });
      return ear.written();
    },
  });
  void process.gone.then((why) => line.lose(why));
  try {
    await openThread({ agent, clock, signal, peer, line, ear });
    return line;
  } catch (error) {
    await line[Symbol.asyncDispose]();
    throw error;
  }
}
