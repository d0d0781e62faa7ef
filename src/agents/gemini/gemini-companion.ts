/**
 * What stands beside the screen of a Gemini CLI in a window: its hooks through the spool, and its
 * transcript, which tells how a turn has ended and what it has used. What it asks is answered at its
 * own dialogs: its hooks can deny, and not allow.
 */

import type { ContextUse, Usage } from "../../domain/agent.ts";
import type { Instant } from "../../domain/id.ts";
import { type Clock, fromTimeOfDay, timeOfDay } from "../../lib/clock.ts";
import { OpenWork } from "../../lib/open-work.ts";
import { readSilentFailure } from "../acp/failure.ts";
import { spoolOf } from "../hooks/launch-folder.ts";
import { Spool, type SpoolEvent } from "../hooks/spool.ts";
import { TranscriptFile } from "../hooks/transcript-file.ts";
import { sumOf } from "../hooks/turn-use.ts";
import type { Taken } from "../protocol/line.ts";
import type { Companion, CompanionEar, Launch, ToldEnd } from "../terminal/companion.ts";
import { isHookName, parseHook, wordsOf } from "./hook-words.ts";
import { emptyTranscript, readEntry, type TranscriptUse } from "./transcript.ts";

export interface GeminiCompanionParts {
  readonly launch: Launch;
  readonly ear: CompanionEar;
  readonly clock: Clock;
  /** Of the clock that the CLI reads. */
  readonly zone: string;
}

/** From a turn's end until it stands in the transcript (measured: before the hook; chosen). */
const wholeMs = 2_000;

export class GeminiCompanion implements Companion {
  readonly #parts: GeminiCompanionParts;
  readonly #spool: Spool;
  readonly #work = new OpenWork();
  #transcript: TranscriptFile<TranscriptUse> | null = null;
  /** Aborted when the turn is over; `null`: none was begun here. */
  #turn: AbortController | null = null;
  #begunAt: Instant = 0;

  constructor(parts: GeminiCompanionParts) {
    this.#parts = parts;
    this.#spool = new Spool({
      folder: spoolOf(parts.launch, "gemini"),
      latest: [],
      onEvent: (event) => this.#take(event),
      onProblem: (says) => parts.ear.tell({ type: "problem", says }),
    });
  }

  get begun(): Promise<void> {
    return this.#spool.begun;
  }

  async answer(): Promise<Taken> {
    return { taken: false, why: "it is answered at its dialog" };
  }

  release(): void {
    // Nothing is told here that anybody could leave to the keys.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spool[Symbol.asyncDispose]();
    this.#turn?.abort();
    await this.#work.over();
  }

  async #take({ name, at, payload: given }: SpoolEvent): Promise<void> {
    const payload = parseHook(given);
    if (payload === null || !isHookName(name)) return;
    this.#follow(payload.transcript_path);
    const { ear, clock } = this.#parts;
    // A tool that the person has ended is told after the end of its turn.
    if (this.#turn?.signal.aborted === true && /Tool$/.test(name)) return;
    if (name === "AfterTool") this.#tellUsage(await this.#transcript?.read());
    const end = name === "AfterAgent" ? await this.#readEnd(at) : null;
    for (const word of wordsOf(name, payload, fromTimeOfDay(clock, at))) ear.tell(word);
    if (end !== null) this.#tellEnd(end);
    if (name === "BeforeAgent") this.#beginTurn(at);
  }

  #follow(file: string): void {
    if (file === "" || file === this.#transcript?.file) return;
    const { clock } = this.#parts;
    this.#transcript = new TranscriptFile({ file, clock, empty: emptyTranscript, read: readEntry });
  }

  /** Esc at a dialog is told by no hook. */
  #beginTurn(at: Instant): void {
    this.#turn?.abort();
    this.#begunAt = at;
    const turn = new AbortController();
    this.#turn = turn;
    const follow = this.#transcript?.readWhile((use) => {
      // The prompt is written after its hook: until then the turn before is what is read.
      if (use.end !== "interrupted" || use.endedAt < at) return true;
      if (turn.signal.aborted) return false;
      this.#tellUsage(use);
      this.#tellEnd(this.#endOf(use, timeOfDay(this.#parts.clock)));
      return false;
    }, turn.signal);
    if (follow === undefined) return;
    this.#work.track(follow);
  }

  /** `null`: it is told already. */
  async #readEnd(at: Instant): Promise<ToldEnd | null> {
    const isSo = ({ end, endedAt }: TranscriptUse): boolean =>
      end !== null && endedAt >= this.#begunAt;
    const until = fromTimeOfDay(this.#parts.clock, at) + wholeMs;
    const read = await this.#transcript?.readUntil(isSo, until);
    if (this.#turn?.signal.aborted === true) return null;
    // What it still says of the turn before is nothing of this one.
    const use = read !== undefined && isSo(read) ? read : emptyTranscript;
    this.#tellUsage(use);
    return this.#endOf(use, at);
  }

  #endOf({ end, says }: TranscriptUse, at: Instant): ToldEnd {
    const { clock, zone } = this.#parts;
    const told = { type: "over", at: fromTimeOfDay(clock, at), limit: null, says } as const;
    if (end === "interrupted") return { ...told, end: { result: "interrupted" } };
    if (end !== "failed") return { ...told, end: { result: "completed" } };
    const { why, limit, isBroken } = readSilentFailure(says, { now: at, zone });
    const failed = { result: "failed", why } as const;
    return { ...told, says: why, limit, end: isBroken ? { ...failed, isBroken } : failed };
  }

  #tellEnd(told: ToldEnd): void {
    this.#turn?.abort();
    const { end, limit, at } = told;
    const state = end.result !== "failed" ? "idle" : limit === null ? "failed" : "limited";
    const says = end.result === "failed" ? end.why : `its turn is ${end.result}`;
    const observation = { at, source: "hook", says, states: [state] } as const;
    this.#parts.ear.tell({ type: "seen", observation });
    this.#parts.ear.tell(told);
  }

  #tellUsage(use: TranscriptUse | undefined): void {
    if (use === undefined || use.steps.size === 0) return;
    const { input, cached, output } = sumOf(use);
    const usage: Usage = {
      inputTokens: input,
      cachedTokens: cached,
      outputTokens: output,
      ...(use.contextUsed === null ? {} : { context: contextOf(use.contextUsed) }),
    };
    this.#parts.ear.tell({ type: "usage", usage });
  }
}

/** How much the model takes at most stands nowhere: each that the CLI offers takes 2^20 tokens (documented). */
function contextOf(used: number): ContextUse {
  return { used, size: 2 ** 20, by: "gemini's transcript", isAssumed: true };
}
