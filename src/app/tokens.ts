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
  | { readonly role: "conductor" | "observer" };

export class Tokens {
  readonly #tokens: ReadonlyMap<string, string>;

  private constructor(tokens: ReadonlyMap<string, string>) {
    this.#tokens = tokens;
  }

  /** Those of the slots that had one, and new ones for the others; only the user can read them. */
  static async open(file: string, slots: readonly SlotId[]): Promise<Tokens> {
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
    return new Tokens(new Map(tokens));
  }

  of(slot: SlotId): string {
    const token = this.#tokens.get(slot);
    if (token === undefined) throw new Error(`slot ${slot} has no token`);
    return token;
  }

  get all(): readonly string[] {
    return [...this.#tokens.values()];
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
    return slot === null ? null : { role: "worker", slot };
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
