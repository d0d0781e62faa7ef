/**
 * What a task will touch, as far as the files of its brief tell. A scope that was only learnt is
 * soft: it keeps tasks apart while there is other work, and never leaves a slot idle.
 */

/** More names than this are a tour of the repository, and no scope (chosen). */
const mostPaths = 50;

/** `src/a.ts`, `src/**`, `./docs/`, `Makefile`: no blank, and a slash or a short ending. */
const pathForm = /^(?:\.{0,2}\/)?[\w@.{},*?()[\]+-]+(?:\/[\w@.{},*?()[\]+-]+)*\/?$/;
const hasEnding = /[^./]\.[A-Za-z0-9]{1,8}$/;
const bareFiles = new Set(["Makefile", "Dockerfile", "Justfile", "Rakefile", "Gemfile", "LICENSE"]);

/** `files`: paths, with a word about each where the author gave one. Empty: nothing is known. */
export function learnScope(files: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const entry of files) {
    const path = pathIn(entry);
    if (path !== null) found.add(path);
  }
  return found.size > mostPaths ? [] : [...found];
}

/** The first word of an entry that is plainly a path within the repository. */
function pathIn(entry: string): string | null {
  const spans = [...entry.slice(0, 500).matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
  const words = spans.length > 0 ? spans : entry.slice(0, 500).split(/\s+/).slice(0, 3);
  for (const word of words) {
    const path = word
      .replace(/^["'(<[-]+|["')>\],;:]+$/g, "")
      .replace(/:\d+(?:[-:]\d+)?$/, "")
      .replace(/^\.\//, "");
    if (isPath(path)) return path;
  }
  return null;
}

function isPath(text: string): boolean {
  if (text.startsWith("/") || text.startsWith("../") || text.includes("/../")) return false;
  if (!pathForm.test(text)) return false;
  return text.includes("/") ? /[\w]/.test(text) : hasEnding.test(text) || bareFiles.has(text);
}
