/**
 * Reports that agents write by themselves, in the form of the users' own documents:
 *
 *     ### TODO-POB-001: COMPLETED ✅
 *     **Fichiers créés**: src/persistence.rs
 *     **Tests**: 12 tests PASSING
 *
 * A report is evidence, never a proof: `compareReport` holds its claims against facts. Only
 * sections of the given task are read, and a template that nobody filled in is no report.
 */

import type { Report } from "./agent.ts";
import type { GateResult } from "./attempt.ts";

export type FoundReport = Omit<Report, "at">;

/** In bytes; in a file of more there is no report (chosen): the agent may make it as long as it likes. */
export const longestReportFile = 4 * 1024 * 1024;

/** `lines`: added by the agent, without their line ends. `names`: the task's id and aliases. */
export function readReports(
  lines: readonly string[],
  names: readonly string[],
): readonly FoundReport[] {
  const found: FoundReport[] = [];
  for (const [at, line] of lines.entries()) {
    const kind = kindOfHeading(line, names);
    if (kind === null) continue;
    const section = readSection(lines.slice(at + 1, endOfSection(lines, at + 1)));
    if (section.fields.some(isPlaceholder)) continue;
    found.push({
      kind,
      text: (wordsOf(section) || plain(headingOf(line) ?? "")).slice(0, longestText),
      files: section.fields.filter(isAbout("fichier", "file")).flatMap(filesOf).slice(0, mostFiles),
      tests: testsOf(section)?.slice(0, longestText) ?? null,
    });
  }
  return found;
}

/** What a report may carry into the log (chosen). */
const longestText = 2000;
const mostFiles = 200;

export interface Facts {
  /** Paths that changed; report files do not count. */
  readonly changed: readonly string[];
  readonly gates?: readonly Pick<GateResult, "name" | "verdict" | "why">[];
  /** Files that hold reports: to name them is no claim. */
  readonly reportFiles?: readonly string[];
}

/** Each claim that the facts do not bear out, as one sentence. */
export function compareReport(report: FoundReport, facts: Facts): readonly string[] {
  const doubts: string[] = [];
  if (report.kind === "done" && facts.changed.length === 0) {
    doubts.push("it says that it is done, but no file changed");
  }
  const reportFiles = facts.reportFiles ?? ["CLAUDE.md", "AGENTS.md"];
  const known = [...facts.changed, ...reportFiles];
  const missing = report.files.filter((file) => isPath(file) && !known.some(isSameFile(file)));
  if (missing.length > 0 && facts.changed.length > 0) {
    const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
    doubts.push(`it names files that did not change: ${missing.slice(0, 5).join(", ")}${more}`);
  }
  if (report.tests !== null && claimsToPass(report.tests)) {
    for (const { name, verdict, why } of facts.gates ?? []) {
      if (verdict !== "failed" && verdict !== "errored") continue;
      doubts.push(`it says of its tests "${report.tests}", but gate ${name} is red: ${why}`);
    }
  }
  return doubts;
}

/** Where the next heading or block of code begins, or the text ends. */
function endOfSection(lines: readonly string[], from: number): number {
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (headingOf(line) !== null || /^\s*(?:```|~~~)/.test(line)) return at;
  }
  return lines.length;
}

function headingOf(line: string): string | null {
  return /^ {0,3}#{1,6}[ \t]+(.*)$/.exec(line.trimEnd())?.[1] ?? null;
}

/** Without the marks of emphasis and code. */
function plain(text: string): string {
  return text.replace(/[*`]|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, "").trim();
}

/** Upper case without accents, so that `Terminée` is TERMINEE. */
function bare(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toUpperCase();
}

const done = /^(?:COMPLETED?|COMPLETEES?|COMPLETES|TERMINEE?S?|DONE|FINIE?S?|FINISHED|ACHEVEE?S?)$/;
const blocked = /^(?:BLOCKED|BLOQUEE?S?)$/;
const denial = /\b(?:NOT|PAS|NON|NEVER|JAMAIS|ALMOST|PRESQUE|PARTLY|PARTIAL\w*|PARTIEL\w*)\b/;

/** `<name>` first, then its state: right after the name, or at the end after a mark. */
function kindOfHeading(line: string, names: readonly string[]): "done" | "blocked" | null {
  const heading = headingOf(line);
  if (heading === null) return null;
  const text = bare(plain(heading)).replace(/^(?:\[.\]|[^\p{L}\p{N}])+/u, "");
  for (const name of names.map(bare)) {
    if (name === "" || !text.startsWith(name)) continue;
    const rest = text.slice(name.length);
    // `TODO-1` is not the start of `TODO-10`, `TODO-1-A` or `TODO-1.2`.
    if (/^(?:[\p{L}\p{N}_]|[-.][\p{L}\p{N}])/u.test(rest) || denial.test(rest)) continue;
    const first = /^[^\p{L}\p{N}]*(\p{L}+)/u.exec(rest)?.[1] ?? "";
    const last = /[:|(→–—-]\s*(\p{L}+)[^\p{L}\p{N}]*$/u.exec(rest)?.[1] ?? "";
    for (const word of [first, last]) {
      if (done.test(word)) return "done";
      if (blocked.test(word)) return "blocked";
    }
  }
  return null;
}

interface Field {
  /** Lower case, without accents. */
  readonly key: string;
  /** What stands beside the key, then the items of the list below it. */
  readonly values: readonly string[];
}

interface Section {
  readonly fields: readonly Field[];
  /** Lines that belong to no field. */
  readonly prose: readonly string[];
}

function readSection(lines: readonly string[]): Section {
  const fields: { key: string; values: string[] }[] = [];
  const prose: string[] = [];
  let isOpen = false;
  for (const line of lines.map((one) => one.trimEnd())) {
    const field =
      /^\s*(?:[-*+]\s+)?(?:\*\*|__)([^*_]+?)(?:(?:\*\*|__)\s*:|:\s*(?:\*\*|__))(.*)$/.exec(line);
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line);
    if (field !== null) {
      const value = (field[2] ?? "").trim();
      fields.push({ key: bare(field[1] ?? "").toLowerCase(), values: value === "" ? [] : [value] });
      isOpen = true;
    } else if (item !== null && isOpen) {
      fields.at(-1)?.values.push((item[1] ?? "").trim());
    } else if (line.trim() !== "" && !/^\s*-{3,}\s*$/.test(line)) {
      prose.push(line.trim());
      isOpen = false;
    }
  }
  return { fields, prose };
}

/** `[liste]`, `XXm`, `HH:MM`: words that wait to be replaced. A link or a check mark is none. */
function isPlaceholder(field: Field): boolean {
  return field.values.some(
    (value) =>
      /^\[[^\]]{2,}\]$/.test(plain(value)) ||
      /(?<![\p{L}\p{N}])X{2,}(?![A-Z])/u.test(value) ||
      /\bHH:MM\b/i.test(value),
  );
}

function isAbout(...starts: readonly string[]): (field: Field) => boolean {
  return ({ key }) => starts.some((start) => key.startsWith(start));
}

function wordsOf(section: Section): string {
  const reasons = section.fields.filter(isAbout("raison", "reason", "cause", "bloqu", "block"));
  const notes = section.fields.filter(isAbout("note", "summary", "resume"));
  const told = [...reasons, ...notes].flatMap((field) => field.values);
  return [...told, ...section.prose].map(plain).join("\n");
}

function testsOf(section: Section): string | null {
  const values = section.fields.filter(isAbout("test")).flatMap((field) => field.values);
  return values.length === 0 ? null : plain(values.join("; "));
}

/** Paths, without the words beside them: `src/a.ts (new)` and `- src/a.ts: the loop` are src/a.ts. */
function filesOf(field: Field): readonly string[] {
  return field.values
    .flatMap((value) => value.replace(/\([^()]*\)/g, "").split(/[,;]/))
    .map(
      (one) =>
        /`([^`]+)`/.exec(one)?.[1] ??
        one.replace(/[*`]/g, "").split(/\s+[-–—]\s+|:\s|\s→\s/)[0] ??
        "",
    )
    .map((path) => path.trim().replace(/^\.\//, ""))
    .filter((path) => path !== "" && !/^(?:-|none|aucune?|n\/a|rien)\.?$/i.test(path));
}

function isPath(text: string): boolean {
  return /^\S+$/.test(text) && /[./]/.test(text) && !/[*?{}]/.test(text);
}

/** An agent may name a file without its folder. */
function isSameFile(named: string): (path: string) => boolean {
  return (path) => path === named || path.endsWith(`/${named}`) || path.startsWith(`${named}/`);
}

function claimsToPass(tests: string): boolean {
  const text = bare(tests).replace(
    /\b(?:0|NO|ZERO|AUCUNE?)\s+(?:TESTS?\s+)?(?:FAIL\w*|ECHECS?|ECHOUE\w*|ERRORS?|ERREURS?)/g,
    "",
  );
  const isGood = /\b(?:PASS(?:ED|ES|ING)?|OK|GREEN|VERTS?|REUSSI\w*|SUCCE\w*|PASSENT)\b|✅/.test(
    text,
  );
  return (
    isGood && !/\b(?:NOT|PAS|FAIL\w*|ECHEC\w*|ECHOUE\w*|ERRORS?|ERREURS?|RED|ROUGES?)\b/.test(text)
  );
}
