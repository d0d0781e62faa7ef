/**
 * How we know that an agent has read its prompt: version 1 of the protocol has no receipt, and the
 * answer to a prompt is the end of its turn. So a request follows it that no agent knows, as the
 * protocol allows for names that begin with `_`: who refuses it has read the prompt before it.
 * Measured: 1 to 16 ms. An agent that is seen at work before that has read it too.
 */

export const probeMethod = "_temoin/received";

const complaint = /^Error handling request \{[\s\S]*?\n\}(?![^\n])\n?/gm;

/** Agents of older SDKs complain about it on their standard errors: that is no news. */
export function withoutProbe(text: string): string {
  return text.replace(complaint, (words) => (words.includes(probeMethod) ? "" : words));
}
