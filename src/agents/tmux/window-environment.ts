/** What a program in a window of ours finds in its environment. */

/** Said by the terminal itself: another one's would be a lie. */
const ofTerminal = [
  "TERM",
  "TERMCAP",
  "TERMINFO",
  "TMUX",
  "TMUX_PANE",
  "COLUMNS",
  "LINES",
  "WINDOWID",
];

/**
 * They say that nobody sits at the terminal: some CLIs then show no screen and end (gemini 0.61.0:
 * "No input provided via stdin", exit 42). Of a window of ours that is not true.
 */
const ofBuildServer = ["CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS"];

type Variables = Readonly<Record<string, string | undefined>>;

/** What a window may take over of an environment that was made for no terminal. */
export function atTerminal(env: Variables): Variables {
  const isOfBuildServer = (name: string) => ofBuildServer.includes(name) || name.startsWith("CI_");
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOfBuildServer(name)));
}

export function windowEnvironment(env: Variables): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !ofTerminal.includes(entry[0]) && !entry[0].startsWith("TERM_"),
  );
  return { COLORTERM: "truecolor", ...Object.fromEntries(kept) };
}
