/**
 * Which variables of an environment are secrets, told by their names and by what they hold; pure.
 * A list of names cannot be complete: it is made so that it errs on what a program can do without.
 */

import { leastSecretLength, type Secret, shapesOnly } from "./mask.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** Within a name, wherever they stand. */
const parts = ["PASSWORD", "PASSWD", "PASSPHRASE", "APIKEY", "AUTHTOKEN"];
/** A word of the name: what `_` and its like part. */
const words = new Set(["AUTH", "BEARER", "CREDENTIAL", "CREDENTIALS", "JWT", "SECRET", "TOKEN"]);
/** Two words of it, one after the other. */
const pairs = ["ACCESS_KEY", "API_KEY", "ENCRYPTION_KEY", "PRIVATE_KEY", "SIGNING_KEY"];
/** The last word of it, where another one stands before. */
const lastWords = new Set(["HEADERS", "KEY", "PASS", "PAT", "PWD"]);
/** Of a name with such a last word the value is a place, a kind or a number. */
const harmless = new Set(
  "COUNT DIR DISABLED ENABLED ENDPOINT EXPIRY FILE HOST ID LIMIT MAX METHOD MODE NAME PATH PORT SOCK SOCKET TIMEOUT TTL TYPE URI URL USER USERNAME VERSION".split(
    " ",
  ),
);
/** As an exception of that: with it its fellow is half used. */
const secretIds = ["ACCESS_KEY_ID"];
/** Keys that are there to be known. */
const known = ["PUBLIC_KEY", "CACHE_KEY", "SORT_KEY", "PRIMARY_KEY", "HOST_KEY"];

/** Is it the name of something that only its owner should know? */
export function isSecretName(name: string): boolean {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  const own = plain.split("_").filter((word) => word !== "");
  const last = own.at(-1) ?? "";
  if (secretIds.some((id) => plain.endsWith(id))) return true;
  if (harmless.has(last) || known.some((key) => plain.endsWith(key))) return false;
  return (
    parts.some((part) => plain.includes(part)) ||
    own.some((word) => words.has(word)) ||
    pairs.some((pair) => `_${plain}_`.includes(`_${pair}_`)) ||
    (own.length > 1 && lastWords.has(last))
  );
}

/** Not to be handed to whoever does not need it. */
export function isSecret(name: string, value: string): boolean {
  if (value === "") return false;
  if (isSecretName(name) || shapesOnly.text(value) !== value) return true;
  return passwordIn(value) !== null && !isProxy(name);
}

/** The same environment without its secrets, but for those that are named. */
export function withoutSecrets(env: Variables, named: readonly string[] = []): Variables {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => value === undefined || named.includes(name) || !isSecret(name, value),
    ),
  );
}

/** The names of those that `withoutSecrets` leaves out. */
export function secretNames(env: Variables): readonly string[] {
  return Object.keys(env).filter((name) => isSecret(name, env[name] ?? ""));
}

/** What a text must not show of an environment. */
export function secretsOf(env: Variables): readonly Secret[] {
  return Object.entries(env).flatMap(([name, value]): readonly Secret[] => {
    if (value === undefined || value.length < leastSecretLength) return [];
    const password = passwordIn(value);
    const inside = password === null ? [] : [{ name, value: password }];
    return isSecret(name, value) ? [{ name, value }, ...inside] : inside;
  });
}

/** A proxy is needed by whatever uses the network. */
function isProxy(name: string): boolean {
  return name.toUpperCase().endsWith("_PROXY");
}

/** That of an address; `null`: none, or one of this machine, as databases for tests have. */
function passwordIn(value: string): string | null {
  const found = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@([^\s/]*)/i.exec(value);
  const [, password = "", host = ""] = found ?? [];
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i.test(host);
  return found === null || isLocal ? null : password;
}
