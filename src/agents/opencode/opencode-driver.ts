/** The driver of opencode without a screen: a server of its own for each session, over HTTP. */

import type { Capabilities, Driver } from "../driver.ts";
import type { OpenLine } from "../protocol/line.ts";
import { createProtocolDriver, type ProtocolDriverOptions } from "../protocol/protocol-driver.ts";
import { Api } from "./api.ts";
import { checkServer } from "./check-server.ts";
import { launchOf } from "./launch.ts";
import { OpencodeLine } from "./line.ts";
import { startServer } from "./server-process.ts";
import type { SessionMemory } from "./sessions.ts";

/** Of both transports; nobody can look at this one. */
export const capabilities: Capabilities = {
  resume: true,
  freshContext: true,
  interrupt: true,
  steer: false,
  usage: true,
  limits: true,
  asks: true,
  attach: false,
};

export function createOpencodeDriver(options: ProtocolDriverOptions): Driver {
  return createProtocolDriver(options, {
    capabilities,
    lineOf: (request) => {
      const memory = newMemory();
      const { clock } = options;
      const open: OpenLine = async (ear, signal) => {
        const launch = launchOf(request.agent);
        const onText = (text: string) => {
          ear.tell({ type: "output", text });
          return ear.written();
        };
        const server = await startServer(request, launch, options, onText, signal);
        try {
          const { url, password } = server;
          const api = new Api({ clock, url, password, directory: request.cwd });
          const facts = await checkServer(api, request.agent, launch);
          const parts = { clock, request, launch, api, server, facts, memory, ear };
          const line = new OpencodeLine({ ...parts, view: null, isTakenUp: false });
          await line.begin(signal);
          return line;
        } catch (error) {
          await server.close();
          throw error;
        }
      };
      return open;
    },
  });
}

function newMemory(): SessionMemory {
  let kept: Pick<SessionMemory, "session" | "prompt"> = { session: null, prompt: null };
  return {
    get session() {
      return kept.session;
    },
    get prompt() {
      return kept.prompt;
    },
    keep(session, prompt) {
      kept = { session, prompt };
      return Promise.resolve();
    },
  };
}
