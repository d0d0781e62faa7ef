/** Places in a configuration: `agents.claude.slots`, `gates[1].name`, and patterns over them. */

export type Path = readonly (string | number)[];

/** As people write it. A key that is no plain word is quoted. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else {
      const shown = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
      text += text === "" ? shown : `.${shown}`;
    }
  }
  return text;
}

/** `agents.*.slots`: a star stands for exactly one part, a name or a place in a list. */
export function matchesPattern(pattern: string, path: Path): boolean {
  const parts = pattern === "" ? [] : pattern.split(".");
  if (parts.length !== path.length) return false;
  return parts.every((part, place) => part === "*" || part === path[place]);
}

/** The value there, or `undefined`. Only own keys count. */
export function valueAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) {
      return undefined;
    }
    // Just checked: an object that has this key of its own.
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

/** A map as YAML and JSON have it; lists are none. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
