/**
 * What the agent of one window asks: answered as profile and autonomy allow, else told as an ask
 * until it is answered or goes away. Invariant: at most one is open, for a screen shows but one.
 */

import type { AgentSpec } from "../../domain/agent.ts";
import { type Answer, answerText } from "../../domain/ask.ts";
import { autonomyOf } from "../../domain/autonomy.ts";
import type { SeenState } from "../../domain/evidence.ts";
import type { Instant } from "../../domain/id.ts";
import type { AgentEventBody } from "../driver.ts";
import type { Profile, ScreenState, ShownDialog } from "../profile/profile.ts";
import type { Fact } from "../protocol/line.ts";
import { type Answered, chooseInDialog, writeInDialog } from "./answer-dialog.ts";
import { dialogKey, findChoice } from "./dialogs.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Look } from "./screen-history.ts";
import type { ToldAsks } from "./told-asks.ts";

export interface AskParts {
  readonly profile: Profile;
  readonly agent: AgentSpec;
  readonly tell: (event: AgentEventBody) => void;
  readonly note: (says: string) => void;
  /** Takes care of work that goes on by itself. */
  readonly track: (work: Promise<void>) => void;
  readonly nextId: () => string;
  /** Aborted when the window is left. */
  readonly signal: AbortSignal;
  /** Those that the agent tells by itself; `null`: it tells none. */
  readonly told: ToldAsks | null;
}

interface Shown {
  readonly dialog: ShownDialog;
  /** `null`: it is being answered without a person. */
  id: string | null;
  /** What a person has answered, and the agent not yet taken. */
  given: string | null;
}

/** One that comes back so often, word for word, is not helped by its answer (chosen). */
const mostTries = 10;

/**
 * A dialog that was answered may be seen once more, by an agent that draws its screen slowly: one that
 * says the same counts as asked anew when it is still there after so long (chosen).
 */
const againMs = 1_500;

/** Screens on which a dialog has the keys. */
const isModal: ReadonlySet<ScreenState> = new Set([
  "asking_permission",
  "asking_question",
  "dialog",
  "limited",
  "failed",
]);

export class Asks {
  readonly #parts: AskParts;
  readonly #keyboard: Keyboard;
  readonly #tries = new Map<string, number>();
  #shown: Shown | null = null;
  /** What was answered last. */
  #answered: { readonly key: string; readonly until: Instant } | null = null;

  constructor(keyboard: Keyboard, parts: AskParts) {
    this.#keyboard = keyboard;
    this.#parts = parts;
  }

  /** A person has to answer. */
  get isOpen(): boolean {
    return (this.#shown !== null && this.#shown.id !== null) || this.#parts.told?.isOpen === true;
  }

  /** The agent tells one by itself. `false`: it comes too late, the screen has told it. */
  tell(asking: Extract<Fact, { readonly type: "asks" }>): boolean {
    if (this.#shown !== null && this.#shown.dialog.kind !== "dialog") return false;
    this.#parts.told?.open(asking);
    return true;
  }

  /** The agent waits for it no longer. */
  gone(askId: string, says: string): void {
    this.#parts.told?.close(askId, says);
  }

  /** When to look again, as nobody else may tell of what is shown; `null`: there is no need. */
  see(look: Look, state: SeenState | "unknown"): Instant | null {
    const { reading, isCalm } = look;
    const { dialog } = reading;
    const { told } = this.#parts;
    const before = this.#shown;
    const isSame =
      before !== null && dialog !== null && dialogKey(before.dialog) === dialogKey(dialog);
    // A screen that is being drawn may lack it for a moment.
    const isAtWork = state === "working" || state === "retrying";
    told?.see(look, isAtWork);
    if (before !== null && !isSame && (isCalm || isAtWork)) this.#close(endOf(before));
    if (this.#shown !== null || dialog === null || !isCalm) return null;
    // What looks like a dialog while a turn runs are the words of the agent. A modal may stand over
    // a limit or an error, which count more for the state.
    const isAsking = state === "asking" || isModal.has(reading.state);
    if (!isAsking || isAtWork) return null;
    if (told?.covers(dialog) === true) return told.isOpen ? null : told.patientUntil;
    const again = this.#answered;
    if (again?.key === dialogKey(dialog) && look.at < again.until) return again.until;
    this.#open(dialog);
    return null;
  }

  /** Those that are open, if any, are over. */
  close(says: string): void {
    this.#parts.told?.closeAll(says);
    this.#close(says);
  }

  #close(says: string): void {
    const shown = this.#shown;
    this.#shown = null;
    if (shown === null || shown.id === null) return;
    const { id, dialog, given } = shown;
    const until = this.#keyboard.parts.clock.now() + againMs;
    if (given !== null) this.#answered = { key: dialogKey(dialog), until };
    this.#parts.note(`ask ${id} closed: ${says}`);
    this.#parts.tell({ type: "ask_closed", askId: id, says });
  }

  /** A person's answer. Rejects as `Keyboard.work` does. */
  async answer(askId: string, answer: Answer): Promise<Answered> {
    const { told } = this.#parts;
    if (told?.has(askId) === true) return told.answer(askId, answer);
    const shown = this.#shown;
    if (shown === null || shown.id !== askId) return { taken: false, why: "it is no longer asked" };
    // Of two at once the second would find the next dialog where it has seen this one.
    if (shown.given !== null) return { taken: false, why: "it is being answered already" };
    shown.given = answerText(answer);
    try {
      const answered = await this.#give(shown.dialog, answer);
      if (answered.taken && this.#shown === shown) this.#close(endOf(shown));
      return answered;
    } finally {
      shown.given = null;
    }
  }

  #give(dialog: ShownDialog, answer: Answer): Promise<Answered> {
    const { signal } = this.#parts;
    if ("choice" in answer) {
      const choice = findChoice(dialog, answer.choice);
      if (choice !== null) {
        return chooseInDialog(this.#keyboard, { dialog, label: choice.label }, signal);
      }
      const labels = dialog.choices.map(({ label }) => `"${label}"`).join(", ");
      const why = `it does not offer "${answer.choice}", but ${labels || "no choices"}`;
      return Promise.resolve({ taken: false, why });
    }
    if (dialog.takesText) {
      return writeInDialog(this.#keyboard, { dialog, text: answer.text }, signal);
    }
    return Promise.resolve({ taken: false, why: "it takes no words, only a choice" });
  }

  #open(dialog: ShownDialog): void {
    const { profile, agent, track } = this.#parts;
    // What the program itself asks, as whether to trust the folder, is no deed of the agent.
    const autonomy = dialog.kind === "permission" ? autonomyOf(agent) : agent.autonomy;
    const label = profile.answerTo(dialog, autonomy);
    const key = dialogKey(dialog);
    const tries = this.#tries.get(key) ?? 0;
    const shown: Shown = { dialog, id: null, given: null };
    this.#shown = shown;
    if (label === null || tries >= mostTries) {
      this.#ask(shown);
      return;
    }
    this.#tries.set(key, tries + 1);
    track(this.#answerByItself(shown, label));
  }

  async #answerByItself(shown: Shown, label: string): Promise<void> {
    const { note, signal } = this.#parts;
    const { dialog } = shown;
    let answered: Answered;
    try {
      answered = await chooseInDialog(this.#keyboard, { dialog, label }, signal);
    } catch (error) {
      // The window is left, or its pane is gone: nobody asks any more.
      answered = { taken: false, why: error instanceof Error ? error.message : String(error) };
    }
    if (answered.taken) {
      note(`dialog ${dialog.name ?? dialog.says}: answered "${label}"`);
      if (this.#shown === shown) this.#shown = null;
      return;
    }
    note(`dialog ${dialog.name ?? dialog.says}: not answered, ${answered.why}`);
    if (this.#shown === shown && !signal.aborted) this.#ask(shown);
  }

  #ask(shown: Shown): void {
    const { tell, note, nextId } = this.#parts;
    const { kind, says, choices, takesText } = shown.dialog;
    const id = nextId();
    shown.id = id;
    note(`ask ${id}: ${says}`);
    const labels = choices.map((choice) => choice.label);
    tell({ type: "ask", ask: { id, kind, says, choices: labels, takesText } });
  }
}

function endOf({ given }: Shown): string {
  return given === null ? "it is gone from the screen" : `answered: ${given}`;
}
