/**
 * The fake agent's dialect of the Agent Client Protocol: JSON-RPC on its standard streams, by the
 * SDK's own agent side. README.md tells the script's form, the manners and the record.
 *
 *   node fake-acp.ts SCRIPT [any other argument, as the real agent takes it]
 */

import { readFileSync } from "node:fs";
import { Readable, Writable } from "node:stream";
import {
  type AgentContext,
  agent,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
} from "@agentclientprotocol/sdk";
import { systemClock } from "../../src/lib/clock.ts";
import { type AcpManners, acpMannerFields, acpMannersOf } from "./acp/acp-manners.ts";
import { acpSteps } from "./acp/acp-steps.ts";
import { runTurn } from "./acp/acp-turn.ts";
import { readScript, type Script } from "./script.ts";
import { type Place, ScriptError } from "./step.ts";
import { placeOf } from "./tui/place.ts";
import { appendRecord, promptLine, type RecordLine, readRecord } from "./tui/record.ts";

const { FAKE_AGENT_SCRIPT, FAKE_AGENT_RECORD: recordFile } = process.env;

class FakeAcp {
  readonly #script: Script;
  readonly #manners: AcpManners;
  readonly #places: Place[];
  #isCleared = false;
  #canAsk = false;
  #sessions = 0;
  #turn: { readonly sessionId: string; readonly abort: AbortController } | null = null;

  constructor(script: Script) {
    this.#script = script;
    this.#manners = acpMannersOf(script.manners);
    const places = readRecord(recordFile).flatMap((line) =>
      line.type === "turn" ? line.place : [],
    );
    this.#places = [...places];
  }

  serve(): void {
    const { ignores_cancel: isDeaf, ignores_unknown: isSilent } = this.#manners;
    agent({ name: "fake" })
      .onRequest("initialize", ({ params }) => this.#initialize(params.clientCapabilities))
      .onRequest("session/new", ({ params }) => this.#newSession(params.cwd))
      .onRequest("session/set_mode", ({ params }) => {
        this.#record({ type: "command", text: `mode ${params.modeId}` });
        return {};
      })
      .onRequest("session/close", () => ({}))
      .onRequest("session/prompt", ({ params, client }) => {
        const text = params.prompt.map((one) => (one.type === "text" ? one.text : "")).join("");
        // The stop reasons of a script may be of a later version.
        return this.#prompt(params.sessionId, text, client) as Promise<never>;
      })
      .onNotification("session/cancel", ({ params }) => {
        if (isDeaf !== true && this.#turn?.sessionId === params.sessionId) {
          this.#turn.abort.abort(new Error("cancelled"));
        }
      })
      .onRequest("*", ({ method }) => {
        if (isSilent === true) return new Promise(() => undefined);
        throw RequestError.methodNotFound(method);
      })
      .connect(
        ndJsonStream(
          Writable.toWeb(process.stdout),
          // The types of node and of the web differ in nothing that matters here.
          Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
        ),
      );
  }

  #initialize(capabilities: { readonly elicitation?: unknown } | undefined) {
    this.#canAsk = Boolean(capabilities?.elicitation);
    const { version = PROTOCOL_VERSION, login } = this.#manners;
    return {
      protocolVersion: version,
      agentInfo: { name: "fake", title: "Fake agent", version: "1.0.0" },
      agentCapabilities: { sessionCapabilities: { close: {} } },
      authMethods: login === undefined ? [] : [{ id: "login", name: "Log in", description: login }],
    };
  }

  #newSession(cwd: string) {
    const { login, modes = [], one_session: isOnly } = this.#manners;
    if (login !== undefined) throw RequestError.authRequired();
    if (isOnly === true && this.#sessions > 0)
      throw RequestError.internalError({ details: "busy" });
    process.chdir(cwd);
    this.#sessions += 1;
    // A process that is started anew goes on with its record.
    if (this.#sessions > 1) this.#isCleared = true;
    const sessionId = `session-${process.pid}-${this.#sessions}`;
    this.#record({ type: "command", text: "session/new" });
    const [currentModeId] = modes;
    if (currentModeId === undefined) return { sessionId };
    const availableModes = modes.map((id) => ({ id, name: id }));
    return { sessionId, modes: { currentModeId, availableModes } };
  }

  async #prompt(sessionId: string, text: string, client: AgentContext) {
    if (this.#turn !== null) throw RequestError.invalidRequest({ details: "a turn runs" });
    const abort = new AbortController();
    this.#turn = { sessionId, abort };
    appendRecord(recordFile, promptLine(systemClock.now(), text, false));
    const past = { places: this.#places, isCleared: this.#isCleared };
    const place = placeOf(text, this.#script.turns.keys(), past);
    this.#places.push(place);
    this.#isCleared = false;
    this.#record({ type: "turn", place });
    const lines = text.split("\n");
    const first = lines.find((line) => line.trim()) ?? "";
    let end: "completed" | "failed" | "interrupted" = "failed";
    try {
      const result = await runTurn(
        {
          sessionId,
          place,
          script: this.#script,
          client,
          signal: abort.signal,
          canAsk: this.#canAsk,
          ignoreSigterm: () => process.on("SIGTERM", () => undefined),
          onAnswer: (answer) => this.#record({ type: "answer", text: null, ...answer }),
        },
        `Read a prompt of ${lines.length} lines: ${first}`,
      );
      end = result.stopReason === "cancelled" ? "interrupted" : "completed";
      return result;
    } finally {
      this.#turn = null;
      this.#record({ type: "turn_ended", place, end });
    }
  }

  #record(line: DistributiveOmit<RecordLine, "at">): void {
    appendRecord(recordFile, { at: systemClock.now(), ...line });
  }
}

type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

async function main(): Promise<void> {
  const path = process.argv[2] ?? FAKE_AGENT_SCRIPT;
  const script = await readScript(path, { steps: acpSteps, manners: acpMannerFields });
  const { garbage, start_ms: startMs = 0 } = acpMannersOf(script.manners);
  await systemClock.until(systemClock.now() + startMs);
  if (garbage !== undefined) {
    process.stdout.write(garbage);
    // It waits for words that it would not understand.
    readFileSync(0);
    return;
  }
  new FakeAcp(script).serve();
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  console.error(`fake-agent: ${error.message}.`);
  process.exit(2);
}
