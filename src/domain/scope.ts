/**
 * File scopes: globs of what a task touches. Two tasks whose globs can match one common path do
 * not run at once. `*` and `?` stay within a path segment, `**` spans any number of segments,
 * `{a,b}` lists; anything else stands for itself (a class `[…]` is taken as `*`: too wide is safe).
 */

/** Can the two scopes meet? An empty scope is unknown, and unknown holds nobody up. */
export function scopesMeet(a: readonly string[], b: readonly string[]): boolean {
  const right = readScope(b);
  return readScope(a).some((one) => right.some((other) => segmentsMeet(one, other)));
}

/** Is there a path that both globs match? */
export function globsMeet(a: string, b: string): boolean {
  return scopesMeet([a], [b]);
}

/**
 * Is the path within the scope? A glob that names a directory covers all that is in it. What stands
 * in the path stands for itself, also a `*`.
 */
export function isInScope(path: string, globs: readonly string[]): boolean {
  const segments = path.split("/");
  return readScope(globs).some(
    (glob) => pathMatches(glob, segments) || pathMatches([...glob, "**"], segments),
  );
}

function pathMatches(glob: Path, path: Path): boolean {
  return meets(glob.length, path.length, {
    spansLeft: (i) => glob[i] === "**",
    spansRight: () => false,
    equal: (i, j) => wordMatches(glob[i] ?? "", path[j] ?? ""),
  });
}

function wordMatches(glob: string, word: string): boolean {
  if (glob === word || glob === "*") return true;
  if (!hasWildcard(glob)) return false;
  return meets(glob.length, word.length, {
    spansLeft: (i) => glob[i] === "*",
    spansRight: () => false,
    equal: (i, j) => glob[i] === word[j] || glob[i] === "?",
  });
}

/** The changed paths that no glob of the scope covers; an empty scope is unknown, and covers all. */
export function outsideScope(
  changed: readonly string[],
  touches: readonly string[],
): readonly string[] {
  return touches.length === 0 ? [] : changed.filter((path) => !isInScope(path, touches));
}

/** A glob without braces, cut into its segments. */
type Path = readonly string[];

/** The schedule compares the scope of each queued task again and again: it is read once. */
const known = new WeakMap<readonly string[], readonly Path[]>();

function readScope(globs: readonly string[]): readonly Path[] {
  const read = known.get(globs) ?? globs.flatMap(expandBraces).map(segmentsOf);
  known.set(globs, read);
  return read;
}

function segmentsOf(glob: string): Path {
  return glob
    .replace(/^\.?\/+/, "")
    .replace(/\/+$/, "/**")
    .split(/\/+/)
    .map((segment) => segment.replace(/\[[^\]]*\]/g, "*"));
}

/** Bounded: a glob of more than 64 alternatives is taken as `**`. */
function expandBraces(glob: string): readonly string[] {
  let open: readonly string[] = [glob];
  while (open.some((one) => braces.test(one))) {
    open = open.flatMap(expandOne);
    if (open.length > 64) return ["**"];
  }
  return open;
}

/** An innermost list. */
const braces = /\{([^{}]*)\}/;

function expandOne(glob: string): readonly string[] {
  const match = braces.exec(glob);
  if (match === null) return [glob];
  const before = glob.slice(0, match.index);
  const after = glob.slice(match.index + match[0].length);
  return (match[1] ?? "").split(",").map((choice) => before + choice + after);
}

/** Segment by segment up to the first `**`, where nearly all is decided already. */
function segmentsMeet(a: Path, b: Path): boolean {
  let at = 0;
  for (; at < a.length && at < b.length; at += 1) {
    if (a[at] === "**" || b[at] === "**") break;
    if (!wordsMeet(a[at] ?? "", b[at] ?? "")) return false;
  }
  const isOpen = (path: Path): boolean => path[at] === "**" && at === path.length - 1;
  return isOpen(a) || isOpen(b) || spansMeet(a.slice(at), b.slice(at));
}

/** Dynamic programming over both lists: `**` on either side swallows any number of segments. */
function spansMeet(a: Path, b: Path): boolean {
  return meets(a.length, b.length, {
    spansLeft: (i) => a[i] === "**",
    spansRight: (j) => b[j] === "**",
    equal: (i, j) => wordsMeet(a[i] ?? "", b[j] ?? ""),
  });
}

function wordsMeet(a: string, b: string): boolean {
  if (a === b) return true;
  if (!hasWildcard(a) && !hasWildcard(b)) return false;
  return meets(a.length, b.length, {
    spansLeft: (i) => a[i] === "*",
    spansRight: (j) => b[j] === "*",
    equal: (i, j) => a[i] === b[j] || a[i] === "?" || b[j] === "?",
  });
}

function hasWildcard(word: string): boolean {
  return word.includes("*") || word.includes("?");
}

interface Comparison {
  readonly spansLeft: (i: number) => boolean;
  readonly spansRight: (j: number) => boolean;
  readonly equal: (i: number, j: number) => boolean;
}

function meets(lengthA: number, lengthB: number, compare: Comparison): boolean {
  const width = lengthB + 1;
  const reach = new Uint8Array((lengthA + 1) * width);
  for (let i = lengthA; i >= 0; i -= 1) {
    for (let j = lengthB; j >= 0; j -= 1) {
      const atEnd = i === lengthA && j === lengthB;
      const skipLeft = i < lengthA && compare.spansLeft(i);
      const skipRight = j < lengthB && compare.spansRight(j);
      const ok =
        atEnd ||
        (skipLeft &&
          (reach[(i + 1) * width + j] === 1 || (j < lengthB && reach[i * width + j + 1] === 1))) ||
        (skipRight &&
          (reach[i * width + j + 1] === 1 || (i < lengthA && reach[(i + 1) * width + j] === 1))) ||
        (i < lengthA &&
          j < lengthB &&
          !skipLeft &&
          !skipRight &&
          compare.equal(i, j) &&
          reach[(i + 1) * width + j + 1] === 1);
      reach[i * width + j] = ok ? 1 : 0;
    }
  }
  return reach[0] === 1;
}
