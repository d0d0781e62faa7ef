/**
 * From a process that has just been started to a conversation that takes prompts: `initialize`, and
 * `session/new` with the mode that fits. Whoever is not logged in is told so; temoin logs nobody in,
 * as that would change a person's own configuration.
 */

import type { AgentSpec } from "../../domain/agent.ts";
import { autonomyOf } from "../../domain/autonomy.ts";
import { AppError } from "../../lib/app-error.ts";
import type { Clock } from "../../lib/clock.ts";
import { isRecord } from "../../lib/json-text.ts";
import { waitFor } from "../../lib/notifier.ts";
import { plainLine } from "../../lib/process-text.ts";
import type { ToolServer } from "../tool-server.ts";
import type { Answered, Connection } from "./connection.ts";
import { authRequired, wordsOf } from "./failure.ts";
import {
  type AuthMethod,
  type Initialized,
  type NewSession,
  parseInitialized,
  parseNewSession,
} from "./message.ts";
import { modeFor } from "./mode.ts";

export interface HandshakeParts {
  readonly agent: AgentSpec;
  readonly cwd: string;
  /** `null`: it is given no tools of ours. */
  readonly tools: ToolServer | null;
  readonly clock: Clock;
  /** For the log. */
  readonly note: (says: string) => void;
  /** The last that it has printed beside the protocol, one line. */
  readonly printed: () => string;
}

/** The version of the protocol that is spoken here. */
const protocolVersion = 1;
/** Chosen; measured: 0.2 to 3 s, opencode up to 18 s on a busy machine. */
const answerMs = 90_000;

/** Rejects with an AppError, and with the signal's reason. */
export async function initialize(
  connection: Connection,
  parts: HandshakeParts,
  signal: AbortSignal,
): Promise<Initialized> {
  const params = {
    protocolVersion,
    clientInfo: { name: "temoin", title: "temoin", version: "0" },
    clientCapabilities: {
      fs: { readTextFile: false, writeTextFile: false },
      terminal: false,
      elicitation: { form: {} },
    },
  };
  const answer = await within(connection.request("initialize", params), connection, parts, signal);
  if (!answer.ok) throw cannotStart(parts, `it refused to begin: ${wordsOf(answer.error)}`);
  const initialized = parseInitialized(answer.result);
  if (initialized === null) {
    throw cannotStart(parts, "its answer to `initialize` is none of the Agent Client Protocol");
  }
  if (initialized.protocolVersion !== protocolVersion) {
    const why = `it speaks version ${initialized.protocolVersion} of the Agent Client Protocol, and temoin speaks version ${protocolVersion}`;
    throw new AppError("failed", sentence(parts.agent, why), {
      hint: `Install a version of it that speaks ${protocolVersion}, or set \`agents.${parts.agent.name}.command\` in temoin.yaml.`,
    });
  }
  return initialized;
}

/** An empty conversation. Rejects with an AppError, and with the signal's reason. */
export async function newSession(
  connection: Connection,
  parts: HandshakeParts,
  { initialized, signal }: { readonly initialized: Initialized; readonly signal: AbortSignal },
): Promise<NewSession> {
  const { cwd, tools } = parts;
  // Whom it speaks for is no part of it: adapters write this on command lines.
  const params = { cwd, mcpServers: tools === null ? [] : [{ ...tools, env: [] }] };
  const answer = await within(connection.request("session/new", params), connection, parts, signal);
  if (!answer.ok && answer.error.code === authRequired) {
    throw new AppError("failed", sentence(parts.agent, "it is not logged in"), {
      hint: howToLogIn(parts.agent, initialized.authMethods ?? []),
    });
  }
  if (!answer.ok) throw cannotStart(parts, `it began no conversation: ${wordsOf(answer.error)}`);
  const session = parseNewSession(answer.result);
  if (session === null) {
    throw cannotStart(parts, "its answer to `session/new` is none of the Agent Client Protocol");
  }
  const mode = modeFor(autonomyOf(parts.agent), session);
  if (mode !== null) {
    const { sessionId } = session;
    const set = connection.request(mode.method, { sessionId, ...mode.params });
    const answered = await within(set, connection, parts, signal);
    // Then it is by our answers alone what it may do.
    if (!answered.ok) parts.note(`it refused its mode: ${wordsOf(answered.error)}`);
  }
  return session;
}

export function canClose({ agentCapabilities }: Initialized): boolean {
  return isRecord(agentCapabilities?.sessionCapabilities?.["close"]);
}

async function within(
  answered: Promise<Answered>,
  connection: Connection,
  parts: HandshakeParts,
  signal: AbortSignal,
): Promise<NonNullable<Answered>> {
  const { clock } = parts;
  let answer: Answered | undefined;
  const taken = answered.then((value) => {
    answer = value;
  });
  await waitFor({ clock, signal, until: clock.now() + answerMs }, taken);
  if (answer === null) throw cannotStart(parts, await connection.gone);
  if (answer === undefined) {
    const printed = parts.printed();
    const words = printed === "" ? "" : `; it printed: ${printed}`;
    throw cannotStart(parts, `it has not answered within ${answerMs / 1000} s${words}`);
  }
  return answer;
}

function cannotStart({ agent }: HandshakeParts, why: string): AppError {
  return new AppError("failed", sentence(agent, why), {
    hint: `Run \`${agent.command.join(" ")}\` by hand to see what it needs; it has to speak the Agent Client Protocol on its standard streams.`,
  });
}

function sentence(agent: AgentSpec, why: string): string {
  return `Cannot start agent \`${agent.name}\`: ${why.replace(/\.$/, "")}.`;
}

function howToLogIn(agent: AgentSpec, methods: readonly AuthMethod[]): string {
  const ways = methods.map(({ id, name, description }) => {
    const about = description && description !== name ? ` (${plainLine(description)})` : "";
    return `${plainLine(name || id)}${about}`;
  });
  const offers = ways.length === 0 ? "" : ` It offers: ${ways.join("; ")}.`;
  return `Log in with \`${agent.command[0]}\` by hand, or give it its key in \`agents.${agent.name}.env\`.${offers}`;
}
