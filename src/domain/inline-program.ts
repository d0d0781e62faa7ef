/**
 * Programs that are given a whole program within a command, as `python3 -c '…'`. A rule for
 * `python3 *` says nothing of what such a one does. Pure; it reads words as a shell does, and where a
 * command cannot be read so it takes rather one too many for a program.
 */

/** A kind of them, and how they are given it; see `policies/inline-programs.yaml`. */
export interface Interpreter {
  /** Without their versions. */
  readonly programs: readonly string[];
  /** What a program follows: flags, or a word such as `eval`. */
  readonly inline: readonly string[];
  /** Flags whose value is no program. */
  readonly takes?: readonly string[] | undefined;
  /** Behind them all belongs to something else. */
  readonly ends?: readonly string[] | undefined;
  /** What it is given is a command again. */
  readonly isShell?: boolean | undefined;
}

interface Word {
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
  /** `;`, `|`, `<<` and the like, which are no words of a program. */
  readonly isSign: boolean;
}

/** A shell within a shell within a shell is as deep as is looked (chosen). */
const deepest = 3;

/** The texts of all of them, wherever they stand, and of those within what a shell is given. */
export function inlinePrograms(
  command: string,
  known: readonly Interpreter[],
  depth: number = deepest,
): readonly string[] {
  const words = wordsOf(command);
  return words.flatMap((_, place) => {
    const found = programAt(command, { words, place, known });
    if (found === null) return [];
    const { text, isShell } = found;
    return isShell && depth > 1 ? [text, ...inlinePrograms(text, known, depth - 1)] : [text];
  });
}

/** Is the command itself one of them? Behind a launcher such as `env` each of its words may begin one. */
export function isInlineProgram(
  command: string,
  known: readonly Interpreter[],
  launchers: readonly string[],
): boolean {
  const words = wordsOf(command);
  const begins = words.findIndex(({ text }) => !/^\w+=/.test(text));
  const isLaunched = launchers.includes(programOf(words[begins]?.text ?? ""));
  return words.some(
    (_, place) =>
      place >= begins &&
      (isLaunched || place === begins) &&
      programAt(command, { words, place, known }) !== null,
  );
}

interface Place {
  readonly words: readonly Word[];
  readonly place: number;
  readonly known: readonly Interpreter[];
}

function programAt(command: string, { words, place, known }: Place) {
  const first = words[place];
  if (first === undefined || first.isSign) return null;
  const name = programOf(first.text);
  const kind = known.find(({ programs }) => programs.includes(name));
  if (kind === undefined) return null;
  const text = readProgram(command, words.slice(place + 1), kind);
  return text === null ? null : { text, isShell: kind.isShell === true };
}

/** `null`: it is given none. */
function readProgram(command: string, words: readonly Word[], kind: Interpreter): string | null {
  const { inline, takes = [], ends = [] } = kind;
  for (let place = 0; place < words.length; place += 1) {
    const { text, at, isSign } = words[place] as Word; // Within its length.
    const next = words[place + 1]?.text ?? "";
    if (isSign) return text.startsWith("<<") ? command.slice(at) : null;
    if (ends.some((flag) => isFlag(text, flag))) return null;
    if (takes.includes(text)) {
      place += 1;
      continue;
    }
    if (takes.some((flag) => isFlag(text, flag))) continue;
    for (const flag of inline) {
      if (!flag.startsWith("-")) {
        if (text === flag) return command.slice(at + text.length);
      } else if (text === flag || isCluster(text, flag)) {
        return next;
      } else if (isFlag(text, flag)) {
        return text.slice(flag.length).replace(/^=/, "");
      }
    }
    if (!text.startsWith("-") && !text.startsWith("+")) return null;
  }
  return null;
}

/** Itself, or with its value: `-cprint(1)`, `--eval=1`. */
function isFlag(text: string, flag: string): boolean {
  if (text === flag) return true;
  return flag.startsWith("--") ? text.startsWith(`${flag}=`) : text.startsWith(flag);
}

/** `-lc` for `-c`. */
function isCluster(text: string, flag: string): boolean {
  const [, letter] = /^-(\w)$/.exec(flag) ?? [];
  return letter !== undefined && /^-\w+$/.test(text) && text.endsWith(letter);
}

function programOf(text: string): string {
  const name = text.slice(text.lastIndexOf("/") + 1).toLowerCase();
  return name.replace(/\.exe$/, "").replace(/[\d.]+$/, "");
}

const piece =
  /[^\S\n]+|(?<sign>[;&|(){}\n`]+|<<[<-]?|[<>])|(?<word>(?:[^\s;&|(){}`<>'"\\]|\\.|'[^']*'?|"(?:[^"\\]|\\.)*"?)+)/gsu;

function wordsOf(command: string): readonly Word[] {
  return [...command.matchAll(piece)].flatMap(({ index: at, groups = {} }): readonly Word[] => {
    const { sign, word } = groups;
    if (sign !== undefined) return [{ text: sign, at, isSign: true }];
    return word === undefined ? [] : [{ text: bare(word), at, isSign: false }];
  });
}

/** Without its quotes. */
function bare(word: string): string {
  return word.replace(
    /'([^']*)'?|"((?:[^"\\]|\\.)*)"?|\\(.)/gsu,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? "",
  );
}
