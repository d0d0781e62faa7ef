/** Tasks in chains, as the crash tests offer them: each may begin when the one before is done. */

import type { Offer } from "../../src/domain/commit.ts";

export type ChainTask = {
  /** The name of the chain, and of its stream. */
  readonly chain: string;
  /** From 1 to `length`. */
  readonly number: number;
  readonly length: number;
};

export function taskOffer(task: ChainTask, attempt: number): Offer {
  const id = `${task.chain}/${task.number}/${attempt}`;
  return { queue: "work", id, priority: 0, data: task };
}
