/**
 * What a brief has answered beforehand, and whether a question of an agent is one of these. Pure.
 *
 * A line is `question? answer` or `words: answer`. The answer comes from the line and from nowhere
 * else; what is not certain is a person's. For questions alone: who asks for a permission, shows a
 * dialog or wants a login is never answered here.
 */

import type { AgentAsk, Answer } from "./ask.ts";
import type { Brief } from "./brief.ts";

export interface BriefAnswer {
  /** As it stands in the brief. */
  readonly line: string;
  /** Normalised. */
  readonly words: readonly string[];
  /** A whole question, which must be asked word for word; else each word has to be in it. */
  readonly isQuestion: boolean;
  readonly answer: string;
}

export type QuestionVerdict =
  | {
      readonly do: "answer";
      readonly by: "brief";
      readonly line: string;
      readonly answer: Answer;
      readonly why: string;
    }
  /** `why`: what of the brief came near; `null`: it says nothing of such things. */
  | { readonly do: "ask"; readonly why: string | null };

/** An answer that long is no answer, but a brief of its own (chosen). */
const longestLine = 500;
/** A question is told in so many characters at most: what is longer may be cut off (`plainLine`). */
const longestQuestion = 200;

/** `null`: the line has no answer, or nothing that it answers. */
export function readAnswer(text: string): BriefAnswer | null {
  const line = plain(text);
  if (line.length > longestLine) return null;
  const [, question, said] = /^([^?]*\?)\s*:?\s+(\S.*)$/u.exec(line) ?? [];
  const [, keywords, told] =
    question === undefined ? (/^(.*?)\s*:\s+(\S.*)$/u.exec(line) ?? []) : [];
  const answer = said ?? told;
  const words = wordsOf(question ?? keywords ?? "");
  if (answer === undefined || words.length === 0 || wordsOf(answer).length === 0) return null;
  return { line, words, isQuestion: question !== undefined, answer };
}

/** The lines of a brief that are answers; absent: it has none. */
export function answersOf(brief: Brief): { readonly answers?: readonly string[] } {
  const answers = (brief.answers ?? []).flatMap((text) => readAnswer(text)?.line ?? []);
  return answers.length > 0 ? { answers } : {};
}

/** One sentence for each line under the heading that can answer nothing. */
export function answerProblems(brief: Brief): readonly string[] {
  return (brief.answers ?? [])
    .filter((text) => readAnswer(text) === null)
    .map((text) => {
      const line = plain(text).slice(0, 80);
      return `“${line}” answers no question: write “words of the question: answer”, or “the question? answer”`;
    });
}

export function judgeQuestion(ask: AgentAsk, lines: readonly string[]): QuestionVerdict {
  if (lines.length === 0 || !isPlainQuestion(ask)) return { do: "ask", why: null };
  const question = theQuestion(ask.says);
  if (typeof question === "string") return { do: "ask", why: question };
  const answers = lines.flatMap((line) => readAnswer(line) ?? []);
  const whole = wordsOf(ask.says);
  const matching = answers.filter(({ words, isQuestion }) =>
    // What stands before a question may turn it into another one.
    isQuestion ? words.join(" ") === whole.join(" ") : words.every((one) => question.includes(one)),
  );
  const [only] = matching;
  if (only === undefined) return { do: "ask", why: "no line of the brief answers it" };
  if (matching.length > 1) {
    const quoted = matching.map(({ line }) => `“${line}”`).join(" and ");
    return { do: "ask", why: `more than one line of the brief may answer it: ${quoted}` };
  }
  const doubt = doubtOf(only, question);
  if (doubt !== null) return { do: "ask", why: `“${only.line}” does not answer it: ${doubt}` };
  const answer = answerOf(only, ask);
  if (answer === null) {
    const why = `“${only.line}” does not answer it: “${only.answer}” is not just one of its choices`;
    return { do: "ask", why };
  }
  const { line } = only;
  return { do: "answer", by: "brief", line, answer, why: `its brief says “${line}”` };
}

/** The same for words in which an agent reports what is in its way: only where they ask something. */
export function judgeReport(text: string, lines: readonly string[]): QuestionVerdict {
  if (!text.includes("?")) return { do: "ask", why: null };
  const says = text.replace(/\s+/gu, " ").trim();
  return judgeQuestion({ id: "", kind: "question", says, choices: [], takesText: true }, lines);
}

/** What is to be weighed, or would be decided for always, is a permission by another name. */
function isPlainQuestion({ kind, careful, forAlways }: AgentAsk): boolean {
  return kind === "question" && careful === undefined && forAlways === undefined;
}

/** The words of the one question in it; a text says why there is no such. */
function theQuestion(says: string): readonly string[] | string {
  if (says.length >= longestQuestion) return "it is too long to be answered by the brief";
  const sentences = says.match(/[^.!?;:\n]*\?|[^.!?;:\n]+(?:[.!;:\n]|$)/gu) ?? [];
  const asked = sentences.filter((one) => one.endsWith("?"));
  if (asked.length > 1) return "it asks more than one thing";
  const words = wordsOf(asked[0] ?? says);
  return words.length === 0 ? "it has no words" : words;
}

/** What a few words in common do not tell: yes or no to what, and whether the question is turned. */
function doubtOf(
  { words, isQuestion, answer }: BriefAnswer,
  question: readonly string[],
): string | null {
  if (isQuestion) return null;
  const [first = ""] = wordsOf(answer);
  if (yesNo.has(first)) return "a yes or no is given only to a question that is written out";
  const turned = question.find((word) => turning.has(word) && !words.includes(word));
  return turned === undefined ? null : `it asks with “${turned}”`;
}

/** Where there are choices it must be one of them, whatever else is taken. */
function answerOf({ answer }: BriefAnswer, { choices, takesText }: AgentAsk): Answer | null {
  if (choices.length === 0) return takesText ? { text: answer } : null;
  const wanted = wordsOf(answer).join(" ");
  const meant = choices.filter((choice) => choiceWords(choice) === wanted);
  return meant.length === 1 && meant[0] !== undefined ? { choice: meant[0] } : null;
}

/** Agents mark what they would choose (Claude Code): that is no part of the choice. */
function choiceWords(choice: string): string {
  return wordsOf(choice.replace(/\s*\((?:recommended|recommandé)\)$/iu, "")).join(" ");
}

const yesNo: ReadonlySet<string> = new Set(
  "yes no yep nope true false ok oui non vrai faux".split(" "),
);

/** With one of these a question may ask for the opposite of what the line says. */
const turning: ReadonlySet<string> = new Set(
  (
    "not no never neither nor without except excluding exclude excluded avoid avoiding avoided instead rather " +
    "other another else than unlike unless against away cannot stop drop dropping remove removing removed " +
    "delete deleting deleted disable disabled replace replacing replaced skip skipped ignore ignoring ignored " +
    "forbid forbidden ban banned reject rejected refuse wipe erase destroy reset leave wrong unsupported " +
    "deprecated obsolete legacy old before current currently previous previously former formerly " +
    "pas ne n ni non jamais sans sauf hormis contre eviter exclure plutot autre autres sinon supprimer " +
    "supprime retirer ignorer interdit interdite quitter desactiver remplacer ancien ancienne actuel " +
    "actuelle avant precedent precedente obsolete"
  ).split(" "),
);

/** Without accents and case; signs count where words have some of their own: `c++`, `c#`. */
function wordsOf(text: string): readonly string[] {
  const bare = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    // Of “can't” only a “can” would be left.
    .replace(/n['’ʼ`]t(?![\p{L}\p{N}])/gu, "n not");
  return bare.match(/[\p{L}\p{N}]+(?:\+\+|#)?/gu) ?? [];
}

/** On one line, without the marks of a list and of emphasis. */
function plain(text: string): string {
  return text
    .replace(/\s+/gu, " ")
    .trim()
    .replace(/^[-*+]\s+/u, "")
    .replace(/\*\*|__|`/gu, "");
}
