/**
 * Which folder of src/ may import which. Read the table top to bottom: it is the architecture.
 *
 * A function over {path → text}, so that it can be shown violations that are not there.
 */

import path from "node:path";

const ground = ["domain/", "lib/"];

/** The entries of the hands: what the loops know of how we touch the world. */
const contracts = [
  "store/store.ts",
  "store/archive.ts",
  "agents/driver.ts",
  "workspaces/workspace.ts",
  "gates/gate.ts",
  "gates/setup.ts",
  "plans/plan.ts",
  "plans/export.ts",
  "plans/skills.ts",
  "prompts/prompt.ts",
  "journal/journal.ts",
];

const hands = ["store/", "agents/", "workspaces/", "gates/", "plans/", "prompts/", "journal/"];

/** A folder may always import itself. A path that ends with a slash stands for all under it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  lib: [],

  store: ground,
  agents: ground,
  workspaces: ground,
  gates: ground,
  plans: ground,
  prompts: ground,
  journal: ground,

  control: [...ground, ...contracts],
  runner: [...ground, ...contracts],

  config: [...ground, ...contracts],
  operations: [...ground, ...contracts, "control/", "runner/", "config/"],

  cli: [...ground, "operations/"],
  mcp: [...ground, "operations/"],

  app: [...ground, ...hands, "control/", "runner/", "config/", "operations/", "mcp/"],
  "app.ts": [""],
  "main.ts": ["cli/", "app.ts"],
};

/** What is not to be found in the code, and where it may be all the same. */
const forbidden: readonly ForbiddenCode[] = [
  {
    code: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bprocess\.hrtime\b/,
    why: "reads the clock: take a Clock",
    except: isClock,
  },
  {
    code: /\bset(?:Timeout|Interval)\(|["']node:timers|\bAbortSignal\.timeout\b/,
    why: "sets a timer: take a Clock",
    except: isClock,
  },
  { code: /^\s*export default\b/m, why: "has a default export", except: nowhere },
  { code: /^\s*export \* /m, why: "is a barrel: export from where it is written", except: nowhere },
  { code: /\brequire\(/, why: "uses require", except: nowhere },
  {
    code: /\bimport\((?!\s*["'])/,
    why: "imports what cannot be read here: name the file",
    except: nowhere,
  },
  {
    code: /\bprocess\.[a-z]|\basync\b|\bawait\b|\bMath\.random\b|\bcrypto\.|\bPromise\b|\bfetch\(/,
    why: "is not pure: domain/ has no process, no promise and no chance",
    except: (file) => !file.startsWith("domain/"),
  },
  {
    code: /\b(?:task|slot|lease|landing|handoff|inbox|conductor|workspace)(?:s?\b|[A-Z])/i,
    why: "is generic: lib/ knows no word of the vocabulary",
    except: (file) => !file.startsWith("lib/"),
  },
];

interface ForbiddenCode {
  readonly code: RegExp;
  readonly why: string;
  readonly except: (file: string) => boolean;
}

const vagueWords = /^(?:utils?|helpers?|common|misc|managers?|services?|types?|index)$/;
const fileName = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*\.ts$/;
const longestFile = 400;
const longestMain = 25;

/** One sentence per violation. `files`: text by path inside src/, with forward slashes. */
export function findViolations(files: ReadonlyMap<string, string>): readonly string[] {
  if (files.size === 0) return ["there are no files to look at"];
  return [...files].flatMap(([file, text]) => {
    const code = withoutComments(text);
    return [
      ...violationsOfImports(file, code),
      ...forbidden
        .filter((rule) => !rule.except(file) && rule.code.test(code))
        .map((rule) => `${file} ${rule.why}`),
      ...violationsOfShape(file, text),
    ];
  });
}

function violationsOfImports(file: string, code: string): readonly string[] {
  const folder = file.split("/")[0] ?? "";
  const allowed = mayImport[folder];
  if (allowed === undefined) return [`${file}: ${folder} is not on the map of the floors`];
  return importsOf(code).flatMap((specifier) => {
    if (!specifier.startsWith(".")) {
      return folder === "domain" ? [`${file} is pure but imports ${specifier}`] : [];
    }
    const target = path.posix.join(path.posix.dirname(file), specifier);
    const isAllowed =
      target.startsWith(`${folder}/`) || allowed.some((prefix) => reaches(prefix, target));
    return isAllowed ? [] : [`${file} imports ${target}`];
  });
}

function reaches(prefix: string, target: string): boolean {
  return prefix === "" || prefix.endsWith("/") ? target.startsWith(prefix) : target === prefix;
}

function importsOf(code: string): readonly string[] {
  const specifiers = [
    /^\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']/gm,
    /^\s*import\s*["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']/g,
  ];
  return specifiers.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] ?? ""),
  );
}

function violationsOfShape(file: string, text: string): readonly string[] {
  const name = path.posix.basename(file);
  const words = file.replace(/\.ts$/, "").split(/[/.-]/);
  const vague = words.find((word) => vagueWords.test(word));
  const lines = text.trimEnd().split("\n").length;
  const longest = file === "main.ts" ? longestMain : longestFile;
  return [
    ...(vague === undefined ? [] : [`${file} is named \`${vague}\`, which says nothing`]),
    ...(fileName.test(name) ? [] : [`${file} is not named in kebab-case`]),
    ...(lines > longest ? [`${file} has ${lines} lines, more than ${longest}`] : []),
  ];
}

/** By lines, which is enough for formatted code: comments may speak of what the code must not do. */
function withoutComments(text: string): string {
  return text
    .split("\n")
    .map((line) => (/^\s*(?:\/\/|\/?\*)/.test(line) ? "" : line.replace(/\s\/\/ .*$/, "")))
    .join("\n");
}

function isClock(file: string): boolean {
  return file === "lib/clock.ts";
}

function nowhere(): boolean {
  return false;
}
