/**
 * Profiles from their files: a shipped one by its name, or a user's own by its path, each of which
 * may extend another one. What the own file says replaces what it extends, key by key; its rules,
 * dialogs, titles and sequences come before those that it extends.
 */

import { readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { AppError } from "../../lib/app-error.ts";
import { nearest } from "../../lib/nearest.ts";
import { schemaProblems } from "../../lib/schema-problem.ts";
import { readRegularFile } from "../../lib/text-file.ts";
import type { Assertion, Profile, ScreenState } from "./profile.ts";
import { answerFor } from "./read-dialog.ts";
import { readScreen } from "./read-screen.ts";
import { keysOfProfiles, type ProfileFile, profileFile, type ScreenSpec } from "./schema.ts";

/** Where the shipped ones are. */
const shippedDir = fileURLToPath(new URL("../../../profiles", import.meta.url));
const aProfile = { name: "a profile", keys: keysOfProfiles };
/** A chain that is longer goes round in circles. */
const longestChain = 5;

export interface ProfileRequest {
  /** `claude`, or the path of a file: with a `/` or the ending `.yaml`. */
  readonly profile: string;
  /** What a path is relative to. */
  readonly root: string;
}

/** Rejects with an AppError `config` that names every problem of the file. */
export async function loadProfile({ profile, root }: ProfileRequest): Promise<Profile> {
  let file = await readNamed(profile, root);
  for (let depth = 0; file.extends !== undefined; depth += 1) {
    if (depth >= longestChain) {
      throw new AppError("config", `The profile \`${profile}\` extends itself.`, {
        hint: "Take out one of its `extends`.",
      });
    }
    file = extend(file, await readNamed(file.extends, root));
  }
  return create(file);
}

export async function shippedProfiles(): Promise<readonly string[]> {
  const files = await readdir(shippedDir);
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .toSorted();
}

async function readNamed(name: string, root: string): Promise<ProfileFile> {
  const isPath = name.includes("/") || /\.ya?ml$/.test(name);
  const shipped = await shippedProfiles();
  if (!isPath && !shipped.includes(name)) {
    const near = nearest(name, shipped);
    throw new AppError("config", `There is no profile \`${name}\`.`, {
      hint:
        near === null
          ? `Shipped are ${shipped.join(", ")}; a file of your own has a path, as ./${name}.yaml.`
          : `Did you mean ${near}?`,
    });
  }
  const file = isPath ? path.resolve(root, name) : path.join(shippedDir, `${name}.yaml`);
  return parseProfile(await readText(file), isPath ? name : `${name}.yaml`);
}

async function readText(file: string): Promise<string> {
  try {
    return await readRegularFile(file);
  } catch (cause) {
    throw new AppError("config", `Cannot read the profile ${file}.`, {
      cause,
      hint: "`agents.NAME.profile` is a name or a path relative to the repository.",
    });
  }
}

/** The file as it is written. Throws an AppError `config` with all problems. */
function parseProfile(text: string, name: string): ProfileFile {
  let raw: unknown;
  try {
    raw = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    const says = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new AppError("config", `The profile ${name} is no YAML: ${says}`, { cause });
  }
  const parsed = profileFile.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => schemaProblems(issue, raw, aProfile));
  throw new AppError("config", `The profile ${name} is wrong:\n  ${problems.join("\n  ")}`, {
    hint: "docs/profiles.md describes every key.",
  });
}

function extend(own: ProfileFile, base: ProfileFile): ProfileFile {
  const { extends: _done, ...kept } = own;
  const screen: ScreenSpec = {
    ...base.screen,
    ...own.screen,
    dialogs: [...(own.screen?.dialogs ?? []), ...(base.screen?.dialogs ?? [])],
    rules: [...(own.screen?.rules ?? []), ...(base.screen?.rules ?? [])],
    ends: [...(own.screen?.ends ?? []), ...(base.screen?.ends ?? [])],
  };
  return {
    ...base,
    ...kept,
    // What was proved of the base is not proved of what was changed.
    proven: own.proven ?? null,
    keys: { ...base.keys, ...own.keys },
    env: { ...base.env, ...own.env },
    title: [...(own.title ?? []), ...(base.title ?? [])],
    osc: [...(own.osc ?? []), ...(base.osc ?? [])],
    screen,
  };
}

function create(file: ProfileFile): Profile {
  const { screen = {}, title = [], osc = [], keys = {} } = file;
  const readTitle = (text: string): Assertion | null => {
    const rule = title.find(({ match }) => match.test(text));
    return rule === undefined
      ? null
      : { states: rule.states, says: `its title is “${text.slice(0, 80)}”` };
  };
  const titlesRest = title.some(({ states }) => states.includes("idle"));
  return {
    name: file.name,
    version: file.version,
    proven: file.proven ?? null,
    args: file.args ?? { full: [], edits: [], ask: [] },
    env: file.env ?? {},
    envOf: file.envOf ?? { full: {}, edits: {}, ask: {} },
    readyMs: file.ready ?? 30_000,
    promptDelayMs: file.promptDelay ?? 200,
    longestPasteBytes: file.longestPaste ?? 8 * 1024,
    settleMs: file.settle ?? 150,
    quietMs: file.quiet ?? 30_000,
    quietAfterEndMs: file.quietAfterEnd ?? 5_000,
    showsWork: file.showsWork ?? false,
    keys: {
      submit: keys.submit ?? ["Enter"],
      interrupt: keys.interrupt ?? ["Escape"],
      clearLine: keys.clearLine ?? ["C-u"],
      exit: keys.exit ?? ["C-c"],
    },
    fresh: file.fresh ?? null,
    readTitle,
    readOsc(code, data) {
      const rule = osc.find((one) => one.code === code && one.match.test(data));
      return rule === undefined
        ? null
        : { states: rule.states, says: `it says ${code};${data.slice(0, 80)}` };
    },
    read(shown) {
      const reading = readScreen({ screen, titlesRest, readTitle }, shown);
      if (reading.state !== "unknown" || reading.possible.length > 0) return reading;
      return { ...reading, possible: everyState };
    },
    answerTo: (dialog, autonomy) => answerFor(dialog, autonomy, screen.dialogs ?? []),
  };
}

const everyState: readonly ScreenState[] = [
  "idle",
  "working",
  "retrying",
  "asking_permission",
  "asking_question",
  "limited",
  "failed",
  "dialog",
  "draft",
  "exited",
];
