/**
 * One turn: from a prompt to its end, with the steps of the script on the stage. Whatever happens in
 * it, a turn ends once, and the record tells how.
 */

import { floodOf } from "../face.ts";
import { type Script, stepsFor } from "../script.ts";
import { type Place, ScriptError } from "../step.ts";
import { perform } from "../steps.ts";
import type { Answer, Asked } from "./asked.ts";
import type { Hooks } from "./hooks.ts";
import { runTool } from "./run-tool.ts";
import { type ScreenFace, screenSteps, type TurnFailure } from "./screen-steps.ts";
import type { Stage } from "./stage.ts";
import type { Entry } from "./view.ts";

type TurnEnd = "completed" | "failed" | "limited" | "interrupted";

export interface TurnParts {
  readonly stage: Stage;
  readonly hooks: Hooks;
  readonly script: Script;
  readonly thinkMs: number;
  readonly drained: () => Promise<void>;
  /** The dialog has the keys until it is answered. */
  readonly ask: (asked: Asked, signal: AbortSignal) => Promise<Answer>;
  readonly exit: (exitCode: number) => void;
  readonly ignoreSigterm: () => void;
  /** Called before the end is to be seen. */
  readonly over: (end: TurnEnd) => void;
}

export class Turn {
  readonly prompt: string;
  readonly place: Place;
  readonly #parts: TurnParts;
  readonly #abort = new AbortController();
  #failure: TurnFailure | null = null;
  #answer = "";
  #lastWords = "";
  #isTakenBack = false;
  #cut: AbortController | null = null;

  constructor(prompt: string, place: Place, parts: TurnParts) {
    this.prompt = prompt;
    this.place = place;
    this.#parts = parts;
  }

  /** Nothing of an answer is to be seen yet. */
  get isUnanswered(): boolean {
    return this.#parts.stage.turn?.hasSaid === false;
  }

  /** A modal that stays when the turn is over, by name. */
  get leaves(): string | null {
    return this.#failure?.dialog ?? null;
  }

  /** What is being written ends here; the steps go on. */
  cut(): void {
    this.#cut?.abort();
  }

  /** As if it had never been asked. */
  takeBack(): void {
    this.#isTakenBack = true;
  }

  interrupt(): void {
    this.#abort.abort(new Error("interrupted"));
  }

  async run(): Promise<void> {
    const { stage, script, thinkMs, hooks } = this.#parts;
    const { signal } = this.#abort;
    const startedAt = stage.now;
    stage.turn = { startedAt, isStreaming: false, hasSaid: false, retry: null };
    stage.isFresh = false;
    stage.outcome = "none";
    stage.add();
    stage.pending = [{ kind: "prompt", text: this.prompt }];
    stage.redraw();
    try {
      await hooks.prompted(this.prompt);
      await stage.clock.until(startedAt + thinkMs, signal);
      const face = this.#face();
      for (const step of stepsFor(this.place, script)) {
        const next = await perform(step, this.place, { kinds: screenSteps, face });
        signal.throwIfAborted();
        if (next === "stop") break;
      }
    } catch (error) {
      if (error instanceof ScriptError) {
        const text = `The script is wrong: ${error.message}.`;
        this.#failure = { end: "failed", text, dialog: null };
      } else if (!signal.aborted) throw error;
    }
    if (signal.aborted) void hooks.interrupted();
    else {
      const { end, text: says } = this.#failure ?? { end: "completed", text: this.#lastWords };
      await hooks.over({ end, says });
    }
    this.#finish(startedAt);
  }

  #finish(startedAt: number): void {
    const { stage, over } = this.#parts;
    stage.turn = null;
    stage.isFrozen = false;
    if (this.#abort.signal.aborted) {
      over("interrupted");
      if (this.#isTakenBack) stage.pending = [];
      stage.add(...(this.#isTakenBack ? [] : [{ kind: "interrupted" } as const]));
      return;
    }
    over(this.#failure?.end ?? "completed");
    stage.topic ??= "Scripted work";
    stage.outcome = this.#failure === null ? "done" : "error";
    const failed: readonly Entry[] =
      this.#failure === null ? [] : [{ kind: "failed", text: this.#failure.text }];
    const ms = stage.now - startedAt;
    stage.add(...failed, { kind: "worked", ms, task: this.place.task });
  }

  #change(change: { isStreaming?: boolean; hasSaid?: boolean }): void {
    const { stage } = this.#parts;
    if (stage.turn !== null) stage.turn = { ...stage.turn, ...change };
  }

  async #stream(text: string, ms: number): Promise<void> {
    const { stage } = this.#parts;
    const cut = new AbortController();
    this.#cut = cut;
    const signal = AbortSignal.any([cut.signal, this.#abort.signal]);
    this.#change({ hasSaid: true, isStreaming: true });
    stage.add();
    const words = text.split(/(?<=\s)/);
    for (let n = 1; n <= words.length && !signal.aborted; n += 1) {
      stage.pending = [{ kind: "says", text: words.slice(0, n).join("") }];
      stage.redraw();
      await stage.clock.until(stage.now + ms / words.length, signal).catch(() => {
        // What was written so far stays; a turn that is interrupted ends after this step.
      });
    }
    this.#change({ isStreaming: false });
    stage.add();
  }

  #face(): ScreenFace {
    const { stage, hooks, drained, ask, exit, ignoreSigterm } = this.#parts;
    const { signal } = this.#abort;
    const { clock } = stage;
    const show = (...entries: readonly Entry[]) => {
      this.#change({ hasSaid: true });
      stage.add(...entries);
    };
    const answer = () => this.#answer;
    return {
      signal,
      get answer() {
        return answer();
      },
      look: stage.look,
      hooks,
      say: (text) => {
        this.#lastWords = text;
        show({ kind: "says", text });
      },
      show,
      stream: (text, ms) => this.#stream(text, ms),
      async tool({ name, about }, work) {
        show();
        stage.pending = [{ kind: "tool", name, about, output: null }];
        stage.redraw();
        const use = { name, input: { command: about } };
        await hooks.using(use);
        const output = await work();
        await hooks.used(use);
        signal.throwIfAborted();
        stage.pending = [];
        stage.add({ kind: "tool", name, about, output });
      },
      pause: (ms) => clock.until(clock.now() + ms, signal),
      run(program, args) {
        const about = [program, ...args].join(" ");
        return this.tool({ name: "Bash", about }, () => runTool([program, ...args], clock, signal));
      },
      async flood(bytes) {
        for (const block of floodOf(bytes)) {
          show({ kind: "raw", text: block.toString("latin1").trimEnd() });
          await drained();
        }
      },
      raw: (text) => stage.write(text),
      dialog: (name) => dialogOf(stage, name),
      ask: async (asked) => {
        this.#change({ hasSaid: true });
        stage.add();
        const given = await ask(asked, signal);
        if (given.choice?.does === "exit") exit(1);
        this.#answer = given.text ?? given.choice?.label ?? "";
        return given;
      },
      async retry(ms, attempt) {
        const until = clock.now() + ms;
        if (stage.turn !== null) stage.turn = { ...stage.turn, retry: { attempt, until } };
        stage.redraw();
        await clock.until(until, signal);
        if (stage.turn !== null) stage.turn = { ...stage.turn, retry: null };
      },
      async freeze(ms) {
        stage.isFrozen = true;
        await clock.until(clock.now() + ms, signal);
        stage.isFrozen = false;
      },
      fail: (failure) => {
        this.#failure = failure;
      },
      interrupt: () => this.interrupt(),
      exit,
      ignoreSigterm,
    };
  }
}

export function dialogOf(stage: Stage, name: string): Asked {
  const asked = stage.look.dialog(name, stage.view());
  if (asked === null) throw new ScriptError(`this agent has no dialog \`${name}\``);
  return asked;
}
