/**
 * How full an agent's conversation is, and how much of its plan is used up, each with who says so.
 * Unknown stays unknown: there is no percentage of a window that nobody knows.
 */

import type { ContextUse, QuotaUse, Usage } from "./agent.ts";

/** `profile`: the window is what temoin or a person knows of the model, not what the CLI tells. */
export type FullnessSource = "cli" | "profile" | "unknown";

export interface Fullness {
  /** Not rounded, and more than 100 where the agent says so; `null`: unknown. */
  readonly percent: number | null;
  readonly source: FullnessSource;
  /** For a person, as `context 71 % (claude's status line)`. */
  readonly says: string;
}

export function contextFullness(usage: Usage | null): Fullness {
  const context = usage?.context;
  if (context === undefined) return { percent: null, source: "unknown", says: "context unknown" };
  const { used, size } = context;
  if (size === null || size <= 0) {
    const says = `context ${tokensText(used)}, of an unknown window${nameOf(context)}`;
    return { percent: null, source: "unknown", says };
  }
  const percent = (used / size) * 100;
  const source = context.isAssumed === true ? "profile" : "cli";
  return { percent, source, says: `context ${percentText(percent)}${nameOf(context)}` };
}

/** `null`: the agent tells nothing of it. */
export function quotaFullness(usage: Usage | null): Fullness | null {
  const quota = usage?.quota;
  if (quota === undefined) return null;
  const says = `quota ${percentText(quota.percent)} (${quota.by})`;
  return { percent: quota.percent, source: "cli", says };
}

/** Of its context and its plan the one that is fuller, in percent; `null`: neither is known. */
export function fullest(usage: Usage | null): number | null {
  const known = [contextFullness(usage).percent, quotaFullness(usage)?.percent ?? null];
  const percents = known.filter((one) => one !== null);
  return percents.length === 0 ? null : Math.max(...percents);
}

type Said = Pick<Fullness, "says">;

/** Both in a line, as far as they are known; `–` where nobody is at work. */
export function fullnessText(shown: {
  readonly context: Said | null;
  readonly quota: Said | null;
}): string {
  const parts = [shown.context, shown.quota].flatMap((one) => (one === null ? [] : [one.says]));
  return parts.length === 0 ? "–" : parts.join(", ");
}

/** Of several windows of a plan the one that is used up first; `null`: none is told. */
export function fullestQuota(quotas: readonly QuotaUse[]): QuotaUse | null {
  return quotas.reduce<QuotaUse | null>(
    (fullest, one) => (fullest === null || one.percent > fullest.percent ? one : fullest),
    null,
  );
}

/** With the window that a person has written for the agent; theirs counts. */
export function withWindow(usage: Usage, window: number | undefined): Usage {
  if (window === undefined || usage.context === undefined) return usage;
  const context: ContextUse = { ...usage.context, size: window, isAssumed: true };
  return { ...usage, context };
}

/** Rounded down: 97.9 is not yet 98. */
function percentText(percent: number): string {
  return `${Math.floor(percent)} %`;
}

function nameOf({ by, isAssumed }: ContextUse): string {
  const parts = [by, isAssumed === true ? "window assumed" : undefined];
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? "" : ` (${known.join("; ")})`;
}

function tokensText(tokens: number): string {
  return tokens < 10_000 ? `${tokens} tokens` : `${Math.round(tokens / 1000)}k tokens`;
}
