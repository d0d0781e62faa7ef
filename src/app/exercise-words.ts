/**
 * What an agent is asked for in an exercise, and in which words: plain instructions that any agent
 * can follow. Whoever has another kind of agent before them (a model that is a script) gives words
 * of their own for the same wishes.
 */

export type Wish =
  | { readonly do: "reply"; readonly text: string }
  /** `lines`: so long is the prompt; what is wished for stands in its last one. */
  | { readonly do: "write"; readonly file: string; readonly text: string; readonly lines: number }
  | { readonly do: "remember"; readonly word: string }
  /** The word that it was told the turn before. */
  | { readonly do: "recall"; readonly file: string; readonly word: string }
  /** A word that it was told in another conversation, which it cannot know: `otherwise` instead. */
  | { readonly do: "forget"; readonly file: string; readonly otherwise: string }
  | { readonly do: "touch"; readonly file: string }
  /** `word`: it is told to remember it; what goes on with the conversation can be asked for it. */
  | { readonly do: "wait"; readonly seconds: number; readonly word?: string }
  | { readonly do: "choose"; readonly choices: readonly [string, string]; readonly file: string };

export type Words = (wish: Wish) => string;

export const plainWords: Words = (wish) => {
  switch (wish.do) {
    case "reply":
      return `Reply with the single word ${wish.text}. Use no tool and change no file.`;
    case "write":
      return longText(writing(wish.file, wish.text), wish.lines);
    case "remember":
      return `Remember this word for later: ${wish.word}. Reply with OK. Use no tool and change no file.`;
    case "recall":
      return writing(wish.file, "the word that I asked you to remember");
    case "forget":
      return [
        "If I have asked you before, in this conversation, to remember a word, then",
        `${writing(wish.file, "that word")}`,
        `If I have not: ${writing(wish.file, `the word ${wish.otherwise}`)}`,
      ].join(" ");
    case "touch":
      return `Run this shell command, once and just as it stands: touch ${wish.file}`;
    case "wait":
      return `${wish.word === undefined ? "" : `Remember this word for later: ${wish.word}. `}Run this shell command in the foreground, just as it stands, and wait for its end: sleep ${wish.seconds}`;
    case "choose":
      return [
        "Ask me, with the tool that you have for questions to the user, which colour I want:",
        `${wish.choices.join(" or ")}. If you have no such tool, end your turn without asking.`,
        `When I have answered: ${writing(wish.file, "the colour that I have chosen")}`,
      ].join(" ");
  }
};

function writing(file: string, text: string): string {
  return `Create a file named ${file} in the current directory that contains exactly ${text} and nothing else.`;
}

/** The last line is what counts: a prompt that was cut has lost it. */
function longText(last: string, lines: number): string {
  const filling = Array.from({ length: lines - 1 }, (_, at) => {
    return `${at + 1}. This line only makes the text long. Do nothing about it.`;
  });
  return [...filling, last].slice(-lines).join("\n");
}
