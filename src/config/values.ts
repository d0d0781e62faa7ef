/** Values of temoin.yaml: durations, counts, amounts, sizes and paths, each with what it must be. */

import { z } from "zod";
import { parseDuration } from "../lib/duration.ts";

const longestDurationMs = 30 * 86_400_000;

export function text(must: string, accepts: (value: string) => boolean = () => true) {
  return z
    .string({ error: must })
    .refine((value) => value.trim() !== "" && !value.includes("\0") && accepts(value), {
      error: must,
    });
}

export function duration(example: string) {
  const must = `must be a duration above zero such as ${example} or 1h30m`;
  return z.string({ error: must }).transform((value, context) => {
    const ms = parseDuration(value);
    if (ms !== null && ms > 0 && ms <= longestDurationMs) return ms;
    context.issues.push({ code: "custom", message: must, input: value });
    return z.NEVER;
  });
}

/** `null`: never. */
export function durationOrNever(example: string) {
  const must = `must be a duration above zero such as ${example}, or never`;
  return z.string({ error: must }).transform((value, context) => {
    if (value.trim() === "never") return null;
    const ms = parseDuration(value);
    if (ms !== null && ms > 0 && ms <= longestDurationMs) return ms;
    context.issues.push({ code: "custom", message: must, input: value });
    return z.NEVER;
  });
}

export function count(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
}

/** A number above zero, or a text of that form: `5M` are five million. */
export function amount(example: string, rule: { readonly most: number; readonly form: RegExp }) {
  const must = `must be a number above zero such as ${example}`;
  return z.union([z.number(), z.string()], { error: must }).transform((value, context) => {
    const read = typeof value === "number" ? value : readAmount(value.trim(), rule.form);
    if (read !== null && read > 0 && read <= rule.most) return read;
    context.issues.push({ code: "custom", message: must, input: value });
    return z.NEVER;
  });
}

/** `256M` are 256 MiB; a number alone is in bytes, and 0 switches off. */
export function size(example: string) {
  const must = `must be a size such as ${example}, or 0`;
  return z.union([z.number(), z.string()], { error: must }).transform((value, context) => {
    const form = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(String(value).trim());
    const power = ["", "K", "M", "G", "T"].indexOf(form?.[2] ?? "");
    const bytes = Math.round(Number(form?.[1]) * 1024 ** power);
    if (Number.isSafeInteger(bytes)) return bytes;
    context.issues.push({ code: "custom", message: must, input: value });
    return z.NEVER;
  });
}

const thousands: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9 };

function readAmount(text: string, form: RegExp): number | null {
  if (!form.test(text)) return null;
  const unit = thousands[text.slice(-1)];
  return Number.parseFloat(text) * (unit ?? 1);
}

/** A path within the repository, as git writes it. */
export function inside(must: string) {
  return text(must, (value) => {
    const parts = value.split("/");
    return !value.startsWith("/") && !parts.includes("..") && parts[0] !== ".git";
  });
}

/** `a`, `b` or `c`. */
export function oneOf(words: readonly string[]): string {
  const [last = "", ...others] = words.map((word) => `\`${word}\``).reverse();
  return others.length === 0 ? last : `${others.reverse().join(", ")} or ${last}`;
}
