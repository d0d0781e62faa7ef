/**
 * One token per slot: what an agent was started with tells who it is. They are kept with the
 * project, as an agent may outlive the temoin that has started it and still has something to say.
 */

import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { z } from "zod";
import type { SlotId } from "../domain/id.ts";
import { AppError } from "../lib/app-error.ts";
import { readTextIfThere, writeText } from "../lib/text-file.ts";

const kept = z.record(z.string(), z.string().regex(/^[\w-]{32}$/));

/** Whom a token speaks for. */
export type TokenHolder =
  | { readonly role: "worker"; readonly slot: SlotId }
  | { readonly role: "conductor"; readonly term: number }
  | { readonly role: "observer" };

/**
 * Each term of the conductor has a token of its own, for this temoin alone: its session does not
 * outlive it. They are made beforehand, as what masks secrets has to know them; more terms than that
 * come to no end of a run (chosen).
 */
const mostTerms = 100;

export class Tokens {
  readonly #tokens: ReadonlyMap<string, string>;
  readonly #terms = Array.from({ length: mostTerms }, makeToken);
  /** Of the first of them. */
  readonly #firstTerm: number;

  private constructor(tokens: ReadonlyMap<string, string>, firstTerm: number) {
    this.#tokens = tokens;
    this.#firstTerm = firstTerm;
  }

  /** Those of the slots that had one, and new ones for the others; only the user can read them. */
  static async open(file: string, slots: readonly SlotId[], firstTerm = 1): Promise<Tokens> {
    const before = await readTokens(file);
    const tokens = slots.map((slot) => [slot, before[slot] ?? makeToken()] as const);
    try {
      // A link that somebody has put there would lead the tokens out of the project.
      await rm(file, { force: true });
      await writeText(file, JSON.stringify(Object.fromEntries(tokens)), { mode: 0o600 });
    } catch (cause) {
      throw new AppError("disk", `Cannot write ${file}.`, {
        cause,
        hint: "Move away what is in its place, or give yourself the right to write there.",
      });
    }
    return new Tokens(new Map(tokens), firstTerm);
  }

  of(slot: SlotId): string {
    const token = this.#tokens.get(slot);
    if (token === undefined) throw new Error(`slot ${slot} has no token`);
    return token;
  }

  ofTerm(term: number): string {
    const token = this.#terms[term - this.#firstTerm];
    if (token === undefined) {
      throw new AppError("failed", `The conductor has had ${mostTerms} terms in this run.`, {
        hint: "Look in LOG.md why its role moves so often; temoin down and up begins anew.",
      });
    }
    return token;
  }

  get all(): readonly string[] {
    return [...this.#tokens.values(), ...this.#terms];
  }

  slotOf(token: string): SlotId | null {
    for (const [slot, own] of this.#tokens) {
      // Put in as a slot's id by `open`.
      if (own === token) return slot as SlotId;
    }
    return null;
  }

  /** `null`: it is nobody's, or no longer. */
  holderOf(token: string): TokenHolder | null {
    const slot = this.slotOf(token);
    if (slot !== null) return { role: "worker", slot };
    const place = this.#terms.indexOf(token);
    return place < 0 ? null : { role: "conductor", term: this.#firstTerm + place };
  }
}

function makeToken(): string {
  return randomBytes(24).toString("base64url");
}

async function readTokens(file: string): Promise<Readonly<Record<string, string>>> {
  try {
    return kept.parse(JSON.parse((await readTextIfThere(file)) ?? "{}"));
  } catch {
    // Not as we write it: with new ones, an agent of before can tell nothing, and that is all.
    return {};
  }
}
