/** What is known of Claude's models and plans where the CLI tells only a name. Pure. */

/**
 * What a model takes at most, in tokens, by its name as the CLI shows it: `[1m]` is the long one.
 * `null`: another maker's model behind the same interface.
 */
export function windowOfModel(model: string): number | null {
  if (model.endsWith("[1m]")) return 1_000_000;
  return /^(?:claude-|opus|sonnet|haiku)/.test(model) ? 200_000 : null;
}

/** Of `rateLimitType` and of the status line's `rate_limits`. */
export function quotaName(kind: string): string {
  const [name] = Object.entries(windows).find(([, start]) => kind.startsWith(start)) ?? ["limit"];
  return `claude's ${name}`;
}

const windows = { "5 h limit": "five_hour", "7 d limit": "seven_day" } as const;

/** 0.92 are 92 %. */
export function percentOfShare(share: number): number {
  return share * 100;
}
