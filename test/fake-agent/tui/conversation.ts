/**
 * What the keys do: write and submit prompts, answer dialogs, interrupt, quit. One turn runs at a
 * time; every prompt that is submitted stands in the record once.
 */

import type { Script } from "../script.ts";
import type { Place } from "../step.ts";
import { type Answer, type Asked, press } from "./asked.ts";
import { answerByHook } from "./asked-by-hook.ts";
import { clearLine, emptyComposer, eraseLast, paste, textOf, write } from "./composer.ts";
import type { Hooks } from "./hooks.ts";
import type { Input, KeyName } from "./keys.ts";
import type { Manners } from "./manners.ts";
import { placeOf } from "./place.ts";
import { appendRecord, promptLine, type RecordLine, readRecord } from "./record.ts";
import type { Stage } from "./stage.ts";
import { dialogOf, Turn } from "./turn.ts";

export interface ConversationParts {
  readonly stage: Stage;
  readonly manners: Manners;
  readonly hooks: Hooks;
  readonly script: Script;
  /** The file of the record; `undefined`: none is kept. */
  readonly record: string | undefined;
  readonly drained: () => Promise<void>;
  /** Called once. */
  readonly exit: (exitCode: number) => void;
  readonly ignoreSigterm: () => void;
}

const clears = ["/clear", "/new"];
const quits = ["/exit", "/quit"];

export class Conversation {
  readonly #parts: ConversationParts;
  readonly #places: Place[];
  #isCleared = false;
  #turn: Turn | null = null;
  #answered: ((answer: Answer) => void) | null = null;
  #startedAt = 0;
  #pastedAt = Number.NEGATIVE_INFINITY;
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
    const lines = readRecord(parts.record);
    this.#places = lines.flatMap((line) => (line.type === "turn" ? line.place : []));
  }

  /** Resolves when the first prompt can be written. */
  async begin(): Promise<void> {
    const { stage, manners } = this.#parts;
    for (const name of manners.dialogs) {
      const { choice } = await this.#ask(dialogOf(stage, name));
      if (choice === null || choice.does === "exit") {
        this.#parts.exit(1);
        return;
      }
    }
    this.#startedAt = stage.now;
    if (manners.draft !== "") stage.composer = write(emptyComposer, manners.draft);
    stage.begin();
    await this.#parts.hooks.begin();
  }

  take(input: Input): void {
    const { stage } = this.#parts;
    if (stage.isFrozen) return;
    if (stage.outcome === "done") stage.outcome = "none";
    if (stage.asked !== null) this.#press(stage.asked, input);
    else if (input.type === "key") this.#pressKey(input.name);
    else this.#insert(input);
    stage.redraw();
  }

  #insert(input: Exclude<Input, { type: "key" }>): void {
    const { stage, manners } = this.#parts;
    stage.arm(null);
    if (input.type === "paste") {
      stage.composer = paste(stage.composer, input.text, manners.folding);
      this.#pastedAt = stage.now;
      // It is told apart from typed text from now on.
      this.#typedAt = Number.NEGATIVE_INFINITY;
    } else {
      stage.composer = write(stage.composer, input.text);
      this.#typedAt = stage.now;
    }
  }

  #press(asked: Asked, input: Input): void {
    const { stage } = this.#parts;
    const pressed = press(asked, input);
    if ("asked" in pressed) stage.asked = pressed.asked;
    else if ("answer" in pressed) this.#answered?.(pressed.answer);
    else this.#lose(input.type === "key" ? input.name : input.text, "a dialog has the keys");
  }

  #pressKey(name: KeyName): void {
    const { stage } = this.#parts;
    switch (name) {
      case "enter":
        this.#enter();
        break;
      case "newline":
        stage.composer = write(stage.composer, "\n");
        break;
      case "backspace":
        stage.composer = eraseLast(stage.composer);
        break;
      case "ctrl-u":
        stage.composer = clearLine(stage.composer);
        break;
      case "escape":
        this.#escape();
        break;
      case "ctrl-c":
        this.#breakOff();
        break;
      case "ctrl-d":
        if (textOf(stage.composer) === "") this.#parts.exit(0);
        break;
      case "tab":
        if (this.#turn !== null) this.#queue(textOf(stage.composer));
        break;
      default:
        break;
    }
  }

  #enter(): void {
    const { stage, manners } = this.#parts;
    const text = textOf(stage.composer);
    const early = this.#earliness();
    if (early !== null) {
      if (manners.early_enter === "newline") stage.composer = write(stage.composer, "\n");
      this.#lose("enter", early);
    } else if (text.trim() === "") {
      this.#lose("enter", "the composer is empty");
    } else if (quits.includes(text.trim())) {
      this.#parts.exit(0);
    } else if (this.#turn === null) {
      this.#submit(text);
    } else if (manners.enter_while_busy === "queue") {
      this.#queue(text);
    } else if (isClear(text)) {
      stage.composer = emptyComposer;
      this.#lose(text.trim(), "a turn runs");
    } else {
      stage.composer = emptyComposer;
      this.#record(promptLine(stage.now, text, true));
      this.#turn.cut();
      stage.add({ kind: "prompt", text });
    }
  }

  /** Why an Enter comes too soon to submit; `null`: it does not. */
  #earliness(): string | null {
    const { stage, manners } = this.#parts;
    const { now } = stage;
    if (now < this.#startedAt + manners.enter_after_start_ms) return "it has only just started";
    if (now < this.#pastedAt + manners.enter_after_paste_ms)
      return "it came too soon after a paste";
    if (now < this.#typedAt + manners.enter_after_keys_ms) return "it came too soon after text";
    return null;
  }

  #queue(text: string): void {
    const { stage } = this.#parts;
    if (text.trim() === "") return;
    if (!isClear(text)) this.#record(promptLine(stage.now, text, true));
    stage.queued = [...stage.queued, text];
    stage.composer = emptyComposer;
  }

  #submit(text: string): void {
    const { stage } = this.#parts;
    stage.composer = emptyComposer;
    if (!isClear(text)) this.#record(promptLine(stage.now, text, false));
    this.#start(text);
  }

  /** A prompt that stands in the record already, or a command. */
  #start(text: string): void {
    const { stage } = this.#parts;
    if (isClear(text)) {
      this.#record({ at: stage.now, type: "command", text: text.trim() });
      this.#isCleared = true;
      stage.clear();
      // What comes next waits for it.
      void this.#parts.hooks.cleared();
      this.#startNext();
      return;
    }
    const past = { places: this.#places, isCleared: this.#isCleared };
    const place = placeOf(text, this.#parts.script.turns.keys(), past);
    this.#places.push(place);
    this.#isCleared = false;
    this.#record({ at: stage.now, type: "turn", place });
    const turn = new Turn(text, place, {
      ...this.#parts,
      thinkMs: this.#parts.manners.think_ms,
      ask: (asked, signal) => this.#ask(asked, signal),
      over: (end) => this.#record({ at: stage.now, type: "turn_ended", place, end }),
    });
    this.#turn = turn;
    this.#finish(turn).catch((error: unknown) => {
      // A mistake of ours: louder than any screen.
      process.nextTick(() => {
        throw error;
      });
    });
  }

  async #finish(turn: Turn): Promise<void> {
    const { stage } = this.#parts;
    await turn.run();
    this.#turn = null;
    if (turn.leaves !== null) await this.#ask(dialogOf(stage, turn.leaves));
    this.#startNext();
  }

  #startNext(): void {
    const { stage } = this.#parts;
    const [next, ...others] = stage.queued;
    if (next === undefined) {
      stage.redraw();
      return;
    }
    stage.queued = others;
    this.#start(next);
  }

  #escape(): void {
    const { stage, manners } = this.#parts;
    const turn = this.#turn;
    if (turn === null) return;
    if (manners.interrupt_presses > 1 && stage.armed !== "interrupt") {
      stage.arm("interrupt");
      return;
    }
    stage.arm(null);
    if (manners.puts_back === "prompt" && turn.isUnanswered) {
      stage.composer = write(stage.composer, turn.prompt);
      turn.takeBack();
    } else if (manners.puts_back === "queued" && stage.queued.length > 0) {
      stage.composer = write(stage.composer, stage.queued.join("\n"));
      stage.queued = [];
    }
    turn.interrupt();
  }

  #breakOff(): void {
    const { stage, manners } = this.#parts;
    if (this.#turn !== null) {
      this.#turn.interrupt();
    } else if (textOf(stage.composer) !== "") {
      stage.composer = emptyComposer;
    } else if (manners.quit_presses === 1 || stage.armed === "exit") {
      this.#parts.exit(0);
    } else {
      stage.arm("exit");
    }
  }

  #ask(asked: Asked, signal?: AbortSignal): Promise<Answer> {
    const { stage } = this.#parts;
    stage.asked = asked;
    stage.redraw();
    const hook = new AbortController();
    let isOpen = true;
    void this.#askHook(asked, hook.signal, () => isOpen);
    return new Promise((resolve, reject) => {
      const close = () => {
        isOpen = false;
        stage.asked = null;
        this.#answered = null;
        // After an answer at the keys it is left to wait, as the real one leaves it; Esc ends it.
        if (signal?.aborted === true) hook.abort();
      };
      signal?.addEventListener("abort", () => {
        close();
        reject(signal.reason);
      });
      this.#answered = (answer) => {
        const { kind, name } = asked;
        const { text } = answer;
        const choice = answer.choice?.label ?? null;
        const by = answer.isByHook === true ? ({ isByHook: true } as const) : {};
        this.#record({ at: stage.now, type: "answer", kind, name, choice, text, ...by });
        // A dialog that is declined stays on the screen of an agent that ends.
        if (answer.choice === null) hook.abort();
        if (answer.choice?.does !== "exit") close();
        resolve(answer);
      };
    });
  }

  /** A dialog that is gone when the answer comes takes none. */
  async #askHook(asked: Asked, signal: AbortSignal, isOpen: () => boolean): Promise<void> {
    const { hooks, stage } = this.#parts;
    if (asked.tool === undefined) return;
    const answer = await hooks.ask(asked.tool, signal);
    if (answer === null || !isOpen()) return;
    this.#answered?.(answerByHook(asked, answer));
    stage.redraw();
  }

  #lose(text: string, why: string): void {
    this.#record({ at: this.#parts.stage.now, type: "lost", text, why });
  }

  #record(line: RecordLine): void {
    appendRecord(this.#parts.record, line);
  }
}

function isClear(text: string): boolean {
  return clears.includes(text.trim());
}
