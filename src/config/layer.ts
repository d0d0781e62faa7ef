/**
 * One place that settings come from: flags, the environment, the project's file, the user's file.
 * Each is checked by itself, so that a problem is told with the place where a person wrote it.
 */

import { readFile, stat } from "node:fs/promises";
import { AppError } from "../lib/app-error.ts";
import { checkRules } from "./check.ts";
import { type Parsed, parseYaml, tooDeep } from "./document.ts";
import { readVariables } from "./environment.ts";
import { separateLater } from "./not-yet.ts";
import { formatPath, isRecord, type Path } from "./path.ts";
import { type Complaint, complaintsOf, type Problem, wrongValue } from "./problem.ts";
import { mustBeVersion1, type Settings, settings, textPatterns } from "./schema.ts";

export interface Layer {
  /** As written, but for what belongs to later versions. */
  readonly raw: unknown;
  /** Empty when there are problems. */
  readonly settings: Settings;
  readonly problems: readonly Problem[];
  /** For messages: `temoin.yaml:4:7`. */
  where(complaint: Pick<Complaint, "path" | "ofKey">): string;
  /** For `--show-origin`: `project file temoin.yaml:4`. */
  origin(path: Path): string;
  /** Relative paths of this layer are seen from here. */
  readonly directory: string;
}

/** A configuration is a page of text; what is larger is another file (chosen). */
const largestBytes = 1024 * 1024;

export interface FileRequest {
  readonly file: string;
  /** How messages name it. */
  readonly name: string;
  readonly kind: "project file" | "user file";
  readonly directory: string;
}

/** `null` when there is no such file. */
export async function readFileLayer(request: FileRequest): Promise<Layer | null> {
  const { name, kind, directory } = request;
  const text = await readText(request.file);
  if (text === null) return null;
  if (typeof text !== "string") return brokenLayer(directory, [{ where: name, says: text.wrong }]);
  const parsed = parseYaml(text, textPatterns);
  const place = (path: Path, part: "key" | "value") => parsed.placeOf(path, part);
  const where: Layer["where"] = ({ path, ofKey }) => {
    const { line, column } = place(path, ofKey ? "key" : "value");
    return `${name}:${line}:${column}`;
  };
  if (parsed.value === undefined || parsed.value === null) {
    return brokenLayer(directory, emptyOrBroken(parsed, name));
  }
  const { version: written, ...rest } = isRecord(parsed.value) ? parsed.value : { version: 1 };
  const value = isRecord(parsed.value) ? rest : parsed.value;
  const ofVersion: Complaint[] =
    written === 1 ? [] : [{ path: ["version"], ofKey: false, says: wrongVersion(written) }];
  return checkedLayer({
    value,
    name,
    where,
    complaints: ofVersion,
    directory,
    origin: (path) => `${kind} ${name}:${place(path, "key").line}`,
  });
}

/** Settings of the command line, by key: `{"budget.until": "19:00"}`. Undefined ones are not set. */
export function flagLayer(flags: Readonly<Record<string, unknown>>, directory: string): Layer {
  const value: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(flags)) {
    if (held !== undefined) put(value, key.split("."), held);
  }
  return checkedLayer({
    value,
    name: "the command line",
    where: () => "flag",
    origin: () => "flag",
    directory,
  });
}

export function environmentLayer(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Layer {
  const value: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const byKey = new Map<string, string>();
  for (const found of readVariables(env)) {
    const variable = found.kind === "set" ? found.setting.variable : found.variable;
    const where = `environment ${variable}`;
    if (found.kind === "wrong") {
      problems.push({ where, says: found.says });
      continue;
    }
    const { path, isYaml } = found.setting;
    byKey.set(formatPath(path), where);
    const parsed = isYaml ? parseYaml(found.text, textPatterns, path) : null;
    if (parsed?.value === undefined && parsed !== null) {
      problems.push(...parsed.problems.map(({ says }) => ({ where, says: `its value ${says}` })));
    } else put(value, path, parsed === null ? found.text : parsed.value);
  }
  const of = (path: Path): string =>
    byKey.get(formatPath(path.slice(0, 2))) ??
    byKey.get(formatPath(path.slice(0, 1))) ??
    "environment";
  const layer = checkedLayer({
    value,
    name: "the environment",
    where: ({ path }) => of(path),
    origin: of,
    directory,
  });
  return { ...layer, problems: [...problems, ...layer.problems] };
}

interface Unchecked {
  readonly value: unknown;
  readonly name: string;
  readonly where: Layer["where"];
  readonly origin: Layer["origin"];
  readonly directory: string;
  /** What is known to be wrong already. */
  readonly complaints?: readonly Complaint[];
}

function checkedLayer(unchecked: Unchecked): Layer {
  const { name, where, origin, directory } = unchecked;
  const { value: raw, refusals } = separateLater(unchecked.value, name);
  if (raw === undefined) return brokenLayer(directory, [{ where: name, says: tooDeep }]);
  const result = settings.safeParse(raw);
  const complaints: readonly Complaint[] = [
    ...(unchecked.complaints ?? []),
    ...refusals.map((refusal) => ({ ...refusal, ofKey: true })),
    ...(result.error?.issues ?? []).flatMap((issue) => complaintsOf(issue, raw)),
    ...checkRules(raw),
  ];
  const problems = complaints.map((one) => ({ where: where(one), says: one.says }));
  return {
    raw,
    settings: result.success ? result.data : {},
    problems: problems.sort((a, b) => byPlace(a.where, b.where)),
    where,
    origin,
    directory,
  };
}

function brokenLayer(directory: string, problems: readonly Problem[]): Layer {
  const where = problems[0]?.where ?? "";
  return { raw: {}, settings: {}, problems, where: () => where, origin: () => where, directory };
}

function emptyOrBroken(parsed: Parsed, name: string): readonly Problem[] {
  if (parsed.value === null) {
    return [{ where: name, says: "the file is empty; begin it with `version: 1`" }];
  }
  return parsed.problems.map(({ place, says }) => ({
    where: `${name}:${place.line}:${place.column}`,
    says: `the file ${says}`,
  }));
}

function wrongVersion(written: unknown): string {
  return written === undefined
    ? "`version` is missing; begin the file with `version: 1`"
    : wrongValue(["version"], mustBeVersion1, written);
}

/** The text, `null` when nothing is there, or what is wrong with it. */
async function readText(path: string): Promise<string | null | { readonly wrong: string }> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { wrong: "is a directory, not a file; rename it" };
    if (!found.isFile()) return { wrong: "is no regular file; put a file in its place" };
    if (found.size > largestBytes) {
      return { wrong: `has ${found.size} bytes, more than the ${largestBytes} of a configuration` };
    }
    const bytes = await readFile(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { wrong: "is not written in UTF-8; save it as UTF-8" };
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "EACCES" || code === "EPERM") {
      return { wrong: "may not be read by this user; change its permissions" };
    }
    throw new AppError("config", `Cannot read ${path}: ${String(code ?? error)}.`, {
      cause: error,
      hint: "See that the file can be read.",
    });
  }
}

function put(value: Record<string, unknown>, path: Path, held: unknown): void {
  const [key, ...rest] = path.map(String);
  if (key === undefined) return;
  if (rest.length === 0) {
    value[key] = held;
    return;
  }
  const inner = isRecord(value[key]) ? { ...value[key] } : {};
  put(inner, rest, held);
  value[key] = inner;
}

/** `name:line:column` in the order of a file, not of digits. */
function byPlace(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
