/** Words that later versions will know. They are refused by name, never taken for a slip. */

export const laterCommands: ReadonlySet<string> = new Set([
  "summary",
  "handoff",
  "land",
  "revert",
  "agents",
  "notify",
  "plan",
  "clean",
  "completion",
  "mcp",
  "web",
  "runner",
]);

/** Flags of commands that are there. */
export const laterFlags: readonly { readonly command: string; readonly flag: string }[] = [
  { command: "run", flag: "--max-cost" },
  { command: "up", flag: "--max-cost" },
];

/** What of this command line is not yet there, as a person would write it; `null`: nothing. */
export function findLater(command: string, args: readonly string[]): string | null {
  if (laterCommands.has(command)) return `temoin ${command}`;
  const end = args.indexOf("--");
  const before = end < 0 ? args : args.slice(0, end);
  const later = laterFlags.find(
    (one) =>
      one.command === command &&
      before.some((arg) => arg === one.flag || arg.startsWith(`${one.flag}=`)),
  );
  return later === undefined ? null : `temoin ${command} ${later.flag}`;
}
