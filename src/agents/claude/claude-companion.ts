/**
 * What stands beside the screen of a Claude Code in a window: its hooks through the spool, its
 * transcript for what a turn has used, its session file. Permissions and questions are answered by
 * the hook, while the person sees the CLI's own dialog: the first answer wins.
 */

import path from "node:path";
import type { Usage } from "../../domain/agent.ts";
import type { Answer } from "../../domain/ask.ts";
import type { SeenState } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import { type Clock, fromTimeOfDay } from "../../lib/clock.ts";
import { OpenWork } from "../../lib/open-work.ts";
import { spoolOf } from "../hooks/launch-folder.ts";
import { Spool, type SpoolEvent } from "../hooks/spool.ts";
import { TranscriptFile } from "../hooks/transcript-file.ts";
import { sumOf } from "../hooks/turn-use.ts";
import type { Taken } from "../protocol/line.ts";
import type { Companion, CompanionEar, Launch } from "../terminal/companion.ts";
import { type HookPayload, parseHook, parseStatus, type StatusPayload } from "./hook-payload.ts";
import { type HookName, isHookName, wordsOf } from "./hook-words.ts";
import { listedName, statusName } from "./launch-files.ts";
import { isSameTool, type ToolAsk, type ToolDecision, type ToolInput } from "./permission.ts";
import { SessionFile } from "./session-file.ts";
import { ToolAsks } from "./tool-asks.ts";
import { emptyTranscript, fateOf, readEntry, type TranscriptUse } from "./transcript.ts";

export interface ClaudeCompanionParts {
  readonly launch: Launch;
  readonly ear: CompanionEar;
  readonly clock: Clock;
  readonly resetOf: (words: string) => Instant | null;
}

/** From a turn's end until its last step stands in the transcript (chosen; measured: 50 to 110 ms). */
const wholeMs = 2_000;

export class ClaudeCompanion implements Companion {
  readonly #parts: ClaudeCompanionParts;
  readonly #spool: Spool;
  readonly #asks: ToolAsks;
  readonly #work = new OpenWork();
  /** Before the ids of the spool: those come again in another launch. */
  readonly #prefix: string;
  #transcript: TranscriptFile<TranscriptUse> | null = null;
  #session: SessionFile | null = null;
  /** A prompt was taken, and no end of its turn was told. */
  #isTurn = false;
  #status: StatusPayload = { costUsd: null, contextSize: null, quota: null };
  /** Of the program's turns that are over; `null`: it has told none yet. */
  #costBefore: number | null = null;

  constructor(parts: ClaudeCompanionParts) {
    const { launch, ear } = parts;
    this.#parts = parts;
    this.#prefix = `${launch.id.slice(0, 8)}/`;
    this.#asks = new ToolAsks({
      tell: (fact) => ear.tell(fact),
      respond: (requestId, decision, of) => this.#respond(requestId, decision, of),
    });
    this.#spool = new Spool({
      folder: spoolOf(launch, "claude"),
      latest: [statusName],
      onEvent: (event) => this.#take(event),
      onProblem: (says) => ear.tell({ type: "problem", says }),
    });
  }

  get begun(): Promise<void> {
    return this.#spool.begun;
  }

  answer(askId: string, answer: Answer): Promise<Taken> {
    return this.#asks.answer(askId, answer);
  }

  release(askId: string): void {
    const requestId = this.#asks.requestOf(askId);
    if (requestId === null) return;
    this.#asks.forget(requestId);
    this.#drop(requestId);
    this.#see("its dialog is left to the keys", null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spool[Symbol.asyncDispose]();
    await this.#session?.[Symbol.asyncDispose]();
    await this.#work.over();
  }

  async #take({ id, name, at, payload: given, waits }: SpoolEvent): Promise<void> {
    if (name === statusName) {
      this.#status = parseStatus(given);
      this.#costBefore ??= this.#status.costUsd;
      return;
    }
    if (name === listedName) {
      this.#parts.ear.tell({ type: "equipped" });
      return;
    }
    const payload = parseHook(given);
    if (payload === null || !isHookName(name)) {
      if (waits) await this.#spool.drop(id);
      return;
    }
    if (payload.agent_id === undefined) this.#follow(payload);
    const goesOn = await this.#before(name, payload, at);
    if (goesOn) return;
    const { ear, clock, resetOf } = this.#parts;
    const heardAt = fromTimeOfDay(clock, at);
    for (const word of wordsOf(name, payload, heardAt, resetOf)) ear.tell(word);
    if (name === "PermissionRequest" && waits)
      this.#asks.open(this.#prefix + id, this.#toolOf(payload));
  }

  /** What has to be told first. Resolves with true where the hook tells an end that was none. */
  async #before(name: HookName, payload: HookPayload, at: Instant): Promise<boolean> {
    switch (name) {
      case "PostToolUse":
      case "PostToolUseFailure":
        this.#closeAsksOf(this.#toolOf(payload));
        this.#tellUsage(await this.#transcript?.read(), payload.prompt_id ?? null);
        return false;
      case "UserPromptSubmit":
        this.#isTurn = true;
        this.#closeAsks();
        return false;
      case "Stop":
      case "StopFailure":
        this.#closeAsks();
        this.#isTurn = false;
        return this.#tellWhole(name, payload.prompt_id ?? null, at);
      default:
        return false;
    }
  }

  /** The conversation of now, and the file of its program. */
  #follow({ transcript_path: file, session_id: sessionId }: HookPayload): void {
    if (file === "" || file === this.#transcript?.file) return;
    const { clock, ear } = this.#parts;
    this.#transcript = new TranscriptFile({
      file,
      clock,
      empty: emptyTranscript,
      read: readEntry,
    });
    // `projects/WORKSPACE/SESSION.jsonl` stands beside `sessions/PID.json`.
    const folder = path.join(path.dirname(path.dirname(path.dirname(file))), "sessions");
    this.#session ??= new SessionFile({
      clock,
      folder,
      sessionId,
      onSeen: (observation) => {
        ear.tell({ type: "seen", observation });
        if (observation.states?.includes("idle") === true) this.#work.track(this.#seeInterrupt());
      },
    });
  }

  /** At rest without a word: then the person may have ended the turn at the keys. */
  async #seeInterrupt(): Promise<void> {
    const at = this.#parts.clock.now();
    if (!this.#isTurn) return;
    const use = await this.#transcript?.readUntil(
      ({ isInterrupted, isWhole }) => isInterrupted || isWhole || !this.#isTurn,
      at + wholeMs,
    );
    if (use?.isInterrupted !== true || !this.#isTurn) return;
    this.#isTurn = false;
    this.#closeAsks();
    this.#tellUsage(use, use.promptId);
    const end = { result: "interrupted" } as const;
    this.#parts.ear.tell({ type: "over", at, end, limit: null, says: "" });
  }

  /**
   * Of the turn that is over, when all of it is written. Resolves with true where it is not: a hook
   * of the person's own has sent it back to work, which is written when all of them have run.
   */
  async #tellWhole(
    name: "Stop" | "StopFailure",
    promptId: string | null,
    at: Instant,
  ): Promise<boolean> {
    // Nobody sends back what has failed.
    const fate = (now: TranscriptUse) => (name === "Stop" ? fateOf(now, at) : "over");
    const use = await this.#transcript?.readUntil((now) => {
      const isWhole = now.isWhole && (promptId === null || now.promptId === promptId);
      return fate(now) === "sent_back" || (fate(now) === "over" && isWhole);
    }, fromTimeOfDay(this.#parts.clock, at) + wholeMs);
    if (use !== undefined && fate(use) === "sent_back") {
      this.#isTurn = true;
      this.#see("a hook of the person's own has sent it back to work", ["working", "retrying"]);
      return true;
    }
    this.#tellUsage(use, promptId);
    this.#costBefore = this.#status.costUsd;
    return false;
  }

  #toolOf({ tool_name: tool = "", tool_input: input, cwd }: HookPayload): ToolAsk {
    return { tool, input, cwd: cwd === "" ? this.#parts.launch.request.cwd : cwd };
  }

  async #respond(requestId: string, decision: ToolDecision, of: ToolAsk): Promise<boolean> {
    const line = decisionLine(decision, of.input);
    const isTaken = await this.#spool.answer(requestId.slice(this.#prefix.length), line);
    if (isTaken) this.#see("what it asks is answered", ["working", "retrying"]);
    else this.#see("it waits for an answer no longer", null);
    return isTaken;
  }

  #closeAsksOf(used: ToolAsk): void {
    for (const [requestId, asked] of this.#asks.waiting) {
      if (isSameTool(asked, used)) this.#close(requestId);
    }
  }

  #closeAsks(): void {
    for (const requestId of this.#asks.waiting.keys()) this.#close(requestId);
  }

  #close(requestId: string): void {
    this.#asks.cancel(requestId, "it was answered at the keys");
    this.#drop(requestId);
  }

  /** Its hook waits on otherwise, also when the dialog is long gone. */
  #drop(requestId: string): void {
    this.#work.track(this.#spool.drop(requestId.slice(this.#prefix.length)));
  }

  #see(says: string, states: readonly SeenState[] | null): void {
    const { ear, clock } = this.#parts;
    ear.tell({ type: "seen", observation: { at: clock.now(), source: "hook", says, states } });
  }

  /** `promptId`: of the turn that it is to be of; nothing is told of another one. */
  #tellUsage(use: TranscriptUse | undefined, promptId: string | null): void {
    if (use === undefined || use.steps.size === 0) return;
    if (promptId !== null && use.promptId !== promptId) return;
    const { input, cached, output } = sumOf(use);
    const { contextSize: size, quota } = this.#status;
    const usage: Usage = {
      inputTokens: input,
      cachedTokens: cached,
      outputTokens: output,
      ...this.#cost(),
      ...(use.contextUsed === null
        ? {}
        : { context: { used: use.contextUsed, size, by: "claude's status line" } }),
      ...(quota === null ? {} : { quota }),
    };
    this.#parts.ear.tell({ type: "usage", usage });
  }

  /** What is told a moment after the end of a turn counts for the next. */
  #cost(): Pick<Usage, "costUsd"> {
    const { costUsd } = this.#status;
    if (costUsd === null || this.#costBefore === null) return {};
    return { costUsd: Math.max(0, costUsd - this.#costBefore) };
  }
}

/** What the hook prints. A pipe takes 64 KiB: an input that stays as it is is not told back. */
function decisionLine(decision: ToolDecision, input: ToolInput): string {
  const isAsItIs = decision.behavior === "allow" && decision.updatedInput === input;
  const told = isAsItIs ? { behavior: decision.behavior } : decision;
  return JSON.stringify({
    hookSpecificOutput: { hookEventName: "PermissionRequest", decision: told },
  });
}
