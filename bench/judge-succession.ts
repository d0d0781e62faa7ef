/**
 * What a round of `succession` must show, judged by the log and by what the conductors have written
 * down of their own calls. Whatever a conductor says begins with its term (`term 2: …`), so that
 * words of an old term are known wherever they stand. Pure.
 */

import type { Event } from "../src/domain/event.ts";

/** A call of temoin, as its caller has written it down. */
export interface SpokenCall {
  /** Of the one who calls. */
  readonly term: number;
  /** `decide term 2: …` */
  readonly words: string;
  readonly begunAt: number;
  /** `null`: whoever called did not live to see it. */
  readonly ended: { readonly at: number; readonly exitCode: number; readonly says: string } | null;
}

export interface Witness {
  readonly events: readonly Event[];
  readonly calls: readonly SpokenCall[];
  /** What each term was told first, where it was told anything. */
  readonly prompts: ReadonlyMap<number, string>;
  /** The documents that are there at the end, by their term. */
  readonly documents: ReadonlyMap<number, string>;
  /** Terms whose conductor lived on when a later one had begun. */
  readonly overlaps: readonly { readonly old: number; readonly term: number }[];
  readonly isMet: boolean;
  /** What is still running after it, by its command line. */
  readonly left: readonly string[];
}

export const rules = [
  "not exactly one conductor for a term",
  "an event of a term that had ended",
  "a call of an old term that was heard",
  "a call that was answered and is not in the log",
  "a decision or words that were not handed on",
  "an old conductor at work beside the new one",
  "a call with nothing to judge",
  "a goal that is not met",
  "a process left running",
] as const;

export interface Finding {
  readonly rule: (typeof rules)[number];
  readonly says: string;
}

interface Term {
  readonly n: number;
  readonly agent: string;
  /** Places in the log; `end` is that of the event that ended it. */
  readonly begin: number;
  readonly end: number;
  readonly endedAt: number;
}

export function judge(witness: Witness): readonly Finding[] {
  const terms = termsOf(witness.events);
  return [
    ...numbering(terms),
    ...strayEvents(witness.events, terms),
    ...heardLate(witness.calls, terms),
    ...notInLog(witness, terms),
    ...notHandedOn(witness, terms),
    ...witness.overlaps.map(({ old, term }) =>
      finding("an old conductor at work beside the new one", `term ${old} in term ${term}`),
    ),
    ...witness.events.flatMap((event) =>
      event.type === "conductor_called" && event.about.length === 0
        ? finding("a call with nothing to judge", `call ${event.call} of term ${event.term}`)
        : [],
    ),
    ...(witness.isMet ? [] : [finding("a goal that is not met", "the last run")]),
    ...witness.left.map((line) => finding("a process left running", line)),
  ];
}

/** In the order of the log. A term ends where the next begins, or where it is left. */
export function termsOf(events: readonly Event[]): readonly Term[] {
  const terms: Term[] = [];
  let open: Omit<Term, "end" | "endedAt"> | null = null;
  const close = (end: number, endedAt: number): void => {
    if (open !== null) terms.push({ ...open, end, endedAt });
    open = null;
  };
  for (const [place, event] of events.entries()) {
    if (event.type === "conductor_left") close(place, event.at);
    if (event.type !== "conductor_appointed") continue;
    close(place, event.at);
    open = { n: event.term, agent: event.agent, begin: place };
  }
  close(events.length, Number.POSITIVE_INFINITY);
  return terms;
}

function numbering(terms: readonly Term[]): readonly Finding[] {
  return terms.flatMap(({ n, agent }, place) =>
    n === place + 1
      ? []
      : finding(
          "not exactly one conductor for a term",
          `${agent} in term ${n}, place ${place + 1}`,
        ),
  );
}

/** Each event of a conductor lies within its term, and is that of its holder. */
function strayEvents(events: readonly Event[], terms: readonly Term[]): readonly Finding[] {
  return events.flatMap((event, place) => {
    if (event.type === "conductor_appointed" || event.type === "conductor_left") return [];
    const open = terms.find(({ begin, end }) => begin < place && place < end) ?? null;
    const isStray = [termOf(event), spokenTerm(wordsOf(event))].some(
      (term) => term !== null && term !== open?.n,
    );
    const isOther = "term" in event && "agent" in event && event.agent !== open?.agent;
    if (!isStray && !isOther) return [];
    const now = open === null ? "nobody held the role" : `in term ${open.n} of ${open.agent}`;
    return finding("an event of a term that had ended", `${now}: ${JSON.stringify(event)}`);
  });
}

function termOf(event: Event): number | null {
  return "term" in event && typeof event.term === "number" ? event.term : null;
}

/** What a conductor has said in it. */
function wordsOf(event: Event): string {
  switch (event.type) {
    case "conductor_decided":
    case "conductor_words":
      return event.text;
    case "task_added":
      return event.spec.title;
    default:
      return "";
  }
}

function spokenTerm(words: string): number | null {
  const term = /^term (\d+): /.exec(words)?.[1];
  return term === undefined ? null : Number(term);
}

function heardLate(calls: readonly SpokenCall[], terms: readonly Term[]): readonly Finding[] {
  return calls.flatMap((call) => {
    if (call.ended?.exitCode !== 0 || !isLate(call, terms)) return [];
    const says = `term ${call.term}, at ${call.begunAt}: ${call.words}`;
    return finding("a call of an old term that was heard", says);
  });
}

/** It began when its term had ended, or there is none of that number. */
export function isLate(call: SpokenCall, terms: readonly Term[]): boolean {
  const endedAt = terms.find(({ n }) => n === call.term)?.endedAt;
  return endedAt === undefined || call.begunAt > endedAt;
}

/** Whoever was told that it is done finds it in the log, in its own term. */
function notInLog({ events, calls }: Witness, terms: readonly Term[]): readonly Finding[] {
  return calls.flatMap((call) => {
    if (call.ended?.exitCode !== 0) return [];
    const term = terms.find(({ n }) => n === call.term);
    const own = term === undefined ? [] : events.slice(term.begin, term.end);
    if (own.some((event) => isRecordOf(event, call.words))) return [];
    const says = `term ${call.term}: ${call.words}`;
    return finding("a call that was answered and is not in the log", says);
  });
}

function isRecordOf(event: Event, words: string): boolean {
  const [verb = "", ...rest] = words.split(" ");
  switch (verb) {
    case "acknowledge":
      return event.type === "conductor_acknowledged";
    case "decide":
    case "add":
      return wordsOf(event) === rest.join(" ");
    case "report":
      return wordsOf(event) === rest.slice(1).join(" ");
    case "retry":
      return event.type === "task_reopened" && event.task === rest[0];
    case "answer":
      return event.type === "answered" && event.ask === rest[0];
    default:
      return false;
  }
}

/** All decisions before a term, and the last words, in its first prompt and in its document. */
function notHandedOn(
  { events, prompts, documents, calls }: Witness,
  terms: readonly Term[],
): readonly Finding[] {
  return terms.flatMap(({ n, begin }) => {
    const before = events.slice(0, begin);
    const decided = before.filter(({ type }) => type === "conductor_decided").map(wordsOf);
    const words = before.filter(({ type }) => type === "conductor_words").map(wordsOf);
    const due = [...decided, ...words.slice(-1)];
    const told = [prompts.get(n), documents.get(n)].filter((text) => text !== undefined);
    const lost = told.flatMap((text) => due.filter((one) => !text.includes(one)));
    const hasSpoken = calls.some(({ term }) => term === n);
    const says = hasSpoken && !prompts.has(n) ? ["it has no first prompt", ...lost] : lost;
    return says.map((one) =>
      finding("a decision or words that were not handed on", `to term ${n}: ${one}`),
    );
  });
}

function finding(rule: Finding["rule"], says: string): Finding {
  return { rule, says };
}
