/** An expected "no": what was asked cannot be done, and what can. */

export interface Refusal {
  readonly code: "not_found" | "usage" | "refused";
  /** One sentence: what could not be done, to which thing, the value seen. */
  readonly refused: string;
  /** The next step. */
  readonly hint: string;
}

export function refuse(code: Refusal["code"], refused: string, hint: string): Refusal {
  return { code, refused, hint };
}
