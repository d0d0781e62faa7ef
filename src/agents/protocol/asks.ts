/**
 * What an agent asks over its own interface: answered where its autonomy covers it, else told until
 * it is answered, by whomever, or gone with its turn.
 */

import { type AgentAsk, type Answer, answerText } from "../../domain/ask.ts";
import type { AskRules } from "../../domain/ask-rule.ts";
import { type AskVerdict, judgeAsk, ruleFor } from "../../domain/ask-rules.ts";
import { type Action, autonomyOf } from "../../domain/autonomy.ts";
import { plainLine } from "../../lib/process-text.ts";
import { commandPolicy } from "../dangerous.ts";
import type { AgentEventBody, SessionRequest } from "../driver.ts";
import type { Fact, Line, Taken, Wants } from "./line.ts";

export interface LineAskParts {
  readonly request: SessionRequest;
  readonly tell: (event: AgentEventBody) => void;
  readonly note: (says: string) => Promise<void>;
  readonly track: (work: Promise<unknown>) => void;
  readonly onAnswered: (askId: string, says: string) => void;
}

/** Who takes the answers. */
type Answerer = Pick<Line, "answer" | "attach">;

type Asking = Extract<Fact, { readonly type: "asks" }>;

interface Open {
  /** As it is told. */
  readonly ask: AgentAsk;
  /** The agent's own words for each choice that is told. */
  readonly own: ReadonlyMap<string, string>;
  /** An answer is on its way: a person's, or our own. */
  isGiven: boolean;
  /** A person is to answer it, and it was told. */
  isTold: boolean;
  readonly closed: PromiseWithResolvers<Taken>;
}

interface Decided {
  readonly answer: Answer;
  readonly why: string;
  /** What a rule has decided; `null`: what the autonomy covers is the usual. */
  readonly isAllowed: boolean | null;
}

const noRules: AskRules = { allow: [], deny: [] };
const goOn = "Go on without it, or report that you are blocked.";
const noLonger: Taken = { taken: false, why: "it is no longer asked" };

export class LineAsks {
  readonly #parts: LineAskParts;
  readonly #open = new Map<string, Open>();

  constructor(parts: LineAskParts) {
    this.#parts = parts;
  }

  /** A person has to answer. */
  get isOpen(): boolean {
    return [...this.#open.values()].some(({ isTold }) => isTold);
  }

  /** Of all that are not answered yet, by whomever. */
  get ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Of those to which no answer is on its way. */
  get waiting(): readonly string[] {
    return this.ids.filter((askId) => this.#open.get(askId)?.isGiven === false);
  }

  /** `onTold`: it is a person's to answer. One that is open already is the same ask again. */
  open(asking: Asking, line: Answerer | null, onTold: (asking: Asking) => void): void {
    if (this.#open.has(asking.ask.id)) return;
    const closed = Promise.withResolvers<Taken>();
    const own = plainChoices(asking.ask.choices);
    const { wants } = asking;
    const verdict = wants === null ? null : this.#judge(wants.action);
    const careful = verdict?.do === "ask" ? verdict.why : null;
    const says = plainLine(asking.ask.says);
    const ask: AgentAsk = {
      ...asking.ask,
      says: careful === null ? says : `${says} (${careful})`,
      choices: [...own.keys()],
      ...(careful === null ? {} : { careful }),
      ...(line?.attach ? {} : { isUnseen: true }),
      ...this.#forAlways(asking, own, careful === null),
    };
    const open: Open = { ask, own, isGiven: false, isTold: false, closed };
    this.#open.set(asking.ask.id, open);
    const tell = (): void => {
      open.isTold = true;
      this.#parts.tell({ type: "ask", ask });
      onTold({ ...asking, ask });
    };
    const decided =
      wants === null || verdict === null ? null : answerOf(verdict, wants, ask.takesText);
    if (decided === null || line === null) {
      this.#parts.track(this.#parts.note(`ask ${ask.id}: ${ask.says}`));
      tell();
    } else {
      this.#parts.track(this.#answerByItself(line, open, decided, tell));
    }
  }

  /** A person's answer. */
  async answer(askId: string, answer: Answer, line: Answerer | null): Promise<Taken> {
    const open = this.#open.get(askId);
    if (open === undefined || line === null) return noLonger;
    if (open.isGiven) return refuse("it is being answered already");
    const { choices, takesText } = open.ask;
    if ("choice" in answer && !choices.includes(answer.choice)) {
      const labels = choices.map((label) => `"${label}"`).join(", ");
      return refuse(`it does not offer "${answer.choice}", but ${labels || "no choices"}`);
    }
    if ("text" in answer && !takesText) return refuse("it takes no words, only a choice");
    const own = "choice" in answer ? { choice: open.own.get(answer.choice) ?? "" } : answer;
    const taken = await this.#give(line, open, own);
    if (taken.taken) this.close(askId, `answered: ${answerText(answer)}`);
    return taken;
  }

  close(askId: string, says: string): void {
    const open = this.#open.get(askId);
    if (open === undefined) return;
    this.#open.delete(askId);
    open.closed.resolve(noLonger);
    if (!open.isTold) return;
    this.#parts.track(this.#parts.note(`ask ${askId} closed: ${says}`));
    this.#parts.tell({ type: "ask_closed", askId, says });
    this.#parts.onAnswered(askId, says);
  }

  closeAll(says: string): void {
    for (const askId of this.ids) this.close(askId, says);
  }

  /** The rule for just that, where there can be one. */
  #forAlways(
    { wants }: Asking,
    own: ReadonlyMap<string, string>,
    mayAllow: boolean,
  ): Pick<AgentAsk, "forAlways"> {
    const rule = wants === null ? null : ruleFor(wants.action, this.#parts.request.cwd);
    if (wants === null || rule === null) return {};
    const shown = (choice: string | null): string | null =>
      [...own].find(([, its]) => its === choice)?.[0] ?? null;
    const allow = mayAllow ? shown(wants.allow) : null;
    return { forAlways: { rule, allow, refuse: shown(wants.refuse) } };
  }

  /** By the person's rules and the agent's autonomy. */
  #judge(action: Action): AskVerdict {
    const { agent, cwd: workspace } = this.#parts.request;
    const { rules = noRules } = agent;
    const autonomy = autonomyOf(agent);
    return judgeAsk(action, { autonomy, workspace, rules, commands: commandPolicy() });
  }

  async #answerByItself(
    line: Answerer,
    open: Open,
    { answer, why, isAllowed }: Decided,
    tell: () => void,
  ): Promise<void> {
    const { id, says } = open.ask;
    const taken = await this.#give(line, open, answer);
    const words = answerText(answer);
    const how = taken.taken ? `answered "${words}", ${why}` : `not answered, ${taken.why}`;
    // Gone meanwhile, with its turn or its agent, it is nobody's to answer.
    if (this.#open.get(id) === open) {
      if (taken.taken) this.#open.delete(id);
      else tell();
    }
    await this.#parts.note(`ask ${says}: ${how}`);
    if (taken.taken && isAllowed !== null) {
      this.#parts.tell({ type: "ask_ruled", says, isAllowed, why });
    }
  }

  /** A line that does not answer is waited for no longer than the ask is open. */
  async #give(line: Answerer, open: Open, answer: Answer): Promise<Taken> {
    open.isGiven = true;
    const taken = await Promise.race([line.answer(open.ask.id, answer), open.closed.promise]);
    open.isGiven = false;
    return taken;
  }
}

/** `null`: a person decides, or answers where it takes no such answer. */
function answerOf(
  verdict: AskVerdict,
  { allow, refuse: no }: Wants,
  takesText: boolean,
): Decided | null {
  if (verdict.do === "ask") return null;
  const { why } = verdict;
  if (verdict.do === "allow") {
    const isAllowed = verdict.by === "rule" ? true : null;
    return allow === null ? null : { answer: { choice: allow }, why, isAllowed };
  }
  // With words it knows that nobody has to be asked again.
  const isAllowed = false;
  if (takesText) return { answer: { text: `This is ${why}. ${goOn}` }, why, isAllowed };
  return no === null ? null : { answer: { choice: no }, why, isAllowed };
}

/** One line each, and no two the same: they are shown to people, and chosen by what is shown. */
function plainChoices(choices: readonly string[]): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const [place, choice] of choices.entries()) {
    const plain = plainLine(choice);
    own.set(plain === "" || own.has(plain) ? `${plain} (${place + 1})`.trim() : plain, choice);
  }
  return own;
}

function refuse(why: string): Taken {
  return { taken: false, why };
}
