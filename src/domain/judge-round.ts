/**
 * What a round of gates leads to: green, one more round for the same session, or the end. Every
 * answer but `feedback` ends the attempt, and no round beyond `attempts.feedbackRounds` is given.
 */

export interface Round {
  /** Rounds of feedback that were given before. */
  readonly round: number;
  readonly feedbackRounds: number;
  /** Gates that did not pass. */
  readonly red: readonly RedInRound[];
  /** Deliverables that are missing, one sentence each; were they given back before? */
  readonly missing: readonly string[];
  readonly missingTold: boolean;
  /** Why what is green cannot be believed. */
  readonly doubts: readonly string[];
}

export interface RedInRound {
  readonly name: string;
  readonly why: string;
  /** Red on the target before, with the same failures, and not what the task is about. */
  readonly isExcused: boolean;
}

export type RoundEnd =
  | { readonly kind: "green"; readonly why: string }
  | { readonly kind: "feedback"; readonly says: string }
  | { readonly kind: "red"; readonly why: string }
  /** A person decides. */
  | { readonly kind: "doubt"; readonly why: string };

export function judgeRound(round: Round): RoundEnd {
  const { red, missing, doubts } = round;
  const guilty = red.filter(({ isExcused }) => !isExcused);
  const mayAsk = round.round < round.feedbackRounds;
  if (guilty.length > 0) {
    const says = guilty.map(({ why }) => why).join("; ");
    if (mayAsk) return { kind: "feedback", says: [says, ...missing].join("; ") };
    const names = guilty.map(({ name }) => name).join(", ");
    return { kind: "red", why: `${names} still red: ${says}` };
  }
  if (missing.length > 0) {
    const says = missing.join("; ");
    return mayAsk && !round.missingTold ? { kind: "feedback", says } : { kind: "doubt", why: says };
  }
  if (doubts.length > 0) return { kind: "doubt", why: doubts.join("; ") };
  if (red.length === 0) return { kind: "green", why: "its gates passed" };
  const names = red.map(({ name }) => name).join(", ");
  return {
    kind: "green",
    why: `its gates passed but for ${names}, which failed in the same way before its change: it lands when the target is mended`,
  };
}
