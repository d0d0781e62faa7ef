/**
 * Skills: which documents a plan names, and where they lie in a repository. Nothing is read here;
 * the caller says which files there are.
 */

/** Folders that hold skills, as their path within a repository (from the documents that were met). */
const skillFolders = [
  "agents_library",
  ".claude/agents",
  ".claude/skills",
  ".agents/skills",
  ".codex/skills",
  ".opencode/agent",
  "skills",
  "agents",
] as const;

const mention =
  /@([\p{L}\p{N}_~.][\p{L}\p{N}_./~-]*\.md|\/[\p{L}\p{N}_./~-]+\.md)(?![\p{L}\p{N}])/gu;

export interface SkillTexts {
  /** Values of `**Agent requis**:`, items of `(skills: …)`: each word of them is a skill. */
  readonly named: readonly string[];
  /** Parts of a prompt that are about skills: each `@x.md` is one. */
  readonly skillsText: string;
  /** A prompt: `@…/agents_library/x.md` and the like is one. */
  readonly prompt: string;
}

/**
 * In the order in which they are named, each once. A bare name that the prompt also gives with its
 * folder takes that path; an absolute path loses what stands before the folder.
 */
export function skillsIn({ named, skillsText, prompt }: SkillTexts): readonly string[] {
  const inPrompt = mentionsIn(prompt).filter((path) => folderOf(path) !== null);
  const names = [...named.flatMap(namesIn), ...mentionsIn(skillsText), ...inPrompt];
  const paths = inPrompt.map(withinRepository);
  const resolved = names.map((name) =>
    name.includes("/")
      ? withinRepository(name)
      : (paths.find((path) => path.endsWith(`/${name}`)) ?? name),
  );
  return [...new Set(resolved)];
}

function namesIn(value: string): readonly string[] {
  return value
    .split(/[+,;&]|\s(?:and|et)\s/u)
    .map((part) => part.replace(/[`*]/g, "").trim().replace(/^@/, ""))
    .filter((part) => /^[\p{L}\p{N}_.~/-]+$/u.test(part) && /[\p{L}\p{N}]/u.test(part));
}

function mentionsIn(text: string): readonly string[] {
  return [...text.matchAll(mention)].map(([, path = ""]) => path);
}

function folderOf(path: string): string | null {
  return skillFolders.find((folder) => `/${path}`.includes(`/${folder}/`)) ?? null;
}

function withinRepository(path: string): string {
  const folder = folderOf(path);
  if (folder === null) return path;
  return path.slice(`/${path}`.lastIndexOf(`/${folder}/`));
}

export type SkillPlace =
  | { readonly found: true; readonly path: string }
  /** `candidates`: files of that name elsewhere, the nearest to the root first; often none. */
  | { readonly found: false; readonly candidates: readonly string[] };

/**
 * Where a skill lies. `files` are the repository's, relative to its root and with `/`. Looked for
 * as written, then in the folders for skills, then as a folder with `SKILL.md`; a path of another
 * machine counts when a file of the repository ends it. One file of that name anywhere is it; of
 * several the person has to choose.
 */
export function findSkill(skill: string, files: Iterable<string>): SkillPlace {
  const known = new Set(files);
  const wanted = skill.trim().replace(/^@/, "").replace(/^\.\//, "");
  const found = placesOf(wanted).find((path) => known.has(path));
  if (found !== undefined) return { found: true, path: found };
  const name = wanted.slice(wanted.lastIndexOf("/") + 1);
  const stem = name.replace(/\.md$/i, "");
  if (stem === "") return { found: false, candidates: [] };
  const candidates = [...known]
    .filter(
      (path) => `/${path}`.endsWith(`/${stem}.md`) || `/${path}`.endsWith(`/${stem}/SKILL.md`),
    )
    .sort((a, b) => a.split("/").length - b.split("/").length || (a < b ? -1 : 1));
  const [only, ...others] = candidates;
  const isSame = only !== undefined && others.length === 0;
  return isSame ? { found: true, path: only } : { found: false, candidates };
}

/** Paths that the skill may have, the likeliest first. */
function placesOf(wanted: string): readonly string[] {
  const places: string[] = [];
  // A path of another machine: its endings, the longest first.
  const parts = wanted.split("/").filter((part) => part !== "");
  for (let from = 0; from < parts.length - 1; from += 1) places.push(parts.slice(from).join("/"));
  const name = parts.at(-1) ?? "";
  const file = /\.md$/i.test(name) ? name : `${name}.md`;
  const stem = file.replace(/\.md$/i, "");
  for (const folder of skillFolders) places.push(`${folder}/${file}`, `${folder}/${stem}/SKILL.md`);
  places.push(file);
  return places;
}
