/** Words that later versions will know. They are refused by name, never taken for a slip. */

export const laterCommands: ReadonlySet<string> = new Set([
  "notify",
  "completion",
  "web",
  "runner",
]);
