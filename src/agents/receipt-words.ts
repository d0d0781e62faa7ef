/** Why an agent has not taken a prompt or an answer, as sentences. */

import type { Instant } from "../domain/id.ts";
import type { Receipt } from "./driver.ts";

interface Refused {
  /** The name of the agent. */
  readonly agent: string;
  readonly why: string;
  readonly at: Instant;
}

export function notGiven({ agent, why, at }: Refused): Receipt {
  return { accepted: false, at, why: `Cannot give agent \`${agent}\` the prompt: ${ended(why)}` };
}

export function notAnswered(askId: string, { agent, why, at }: Refused): Receipt {
  const says = `Cannot answer ask ${askId} of agent \`${agent}\`: ${ended(why)}`;
  return { accepted: false, at, why: says };
}

/** With one stop, whoever has said it. */
function ended(sentence: string): string {
  return `${sentence.replace(/\.$/, "")}.`;
}
