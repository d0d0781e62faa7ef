/**
 * How well screens are read: every recorded case is classified by its agent's profile and compared
 * with the truth. A state in `also` is right; where the screen alone cannot tell, `unknown` is right.
 *
 *   npm run bench -- detection [--cases DIR]… [--json]
 */

import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadProfile, shippedProfiles } from "../src/agents/profile/load-profile.ts";
import { type Profile, type ScreenState, screenStates } from "../src/agents/profile/profile.ts";
import { type Case, readCases } from "./detection-cases.ts";
import type { Figure, Measurement } from "./measurement.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Recordings beside the checkout, where there are any, and the project's own. */
const usualFolders = [
  path.join(root, "..", "shared", "corpus", "screens"),
  path.join(root, "test", "fixtures", "screens"),
];

interface Classified {
  readonly case: string;
  readonly label: ScreenState;
  readonly said: ScreenState;
}

interface Judged extends Classified {
  readonly agent: string;
  readonly isRight: boolean;
  readonly isTellable: boolean;
  /** Which rule said it. */
  readonly says: string;
}

interface Share {
  readonly cases: number;
  readonly right: number;
  readonly share: number;
}

interface StateScore {
  readonly cases: number;
  readonly said: number;
  /** `null`: it was never said, or there is no such case. */
  readonly precision: number | null;
  readonly recall: number | null;
}

interface Detection {
  readonly cases: readonly Classified[];
  readonly byAgent: Readonly<
    Record<
      string,
      Share & { readonly tellable: Share; readonly states: Record<string, StateScore> }
    >
  >;
  /** By label, then by what was said. */
  readonly confusion: Readonly<Record<string, Record<string, number>>>;
  readonly busyCalledIdle: number;
}

export const detection: Measurement = {
  name: "detection",
  about: "recorded screens, read by the profiles",
  async run(say) {
    const { judged } = await classifyFolders(usualFoldersThere(say), say);
    return figuresOf(judged);
  },
};

/** `folders`: instead of the usual ones. */
export async function detect(folders: readonly string[], isJson: boolean): Promise<void> {
  const say = (text: string): void => console.error(text);
  const chosen = folders.length > 0 ? folders : usualFoldersThere(say);
  const { judged } = await classifyFolders(chosen, say);
  const result = score(judged);
  if (isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
  else for (const line of report(judged, result)) console.log(line);
}

function usualFoldersThere(say: (text: string) => void): readonly string[] {
  return usualFolders.filter((folder) => {
    const isThere = existsSync(folder);
    if (!isThere) say(`${path.relative(root, folder)} is not there: its cases are skipped`);
    return isThere;
  });
}

async function classifyFolders(
  folders: readonly string[],
  say: (text: string) => void,
): Promise<{ readonly judged: readonly Judged[] }> {
  const profiles = new Map<string, Profile>();
  const shipped = await shippedProfiles();
  const judged: Judged[] = [];
  for (const folder of folders) {
    // A folder that was named and is not there has measured nothing.
    if (!existsSync(folder)) process.exitCode = 2;
    const { cases, problems } = await readCases(folder);
    for (const problem of problems) say(problem);
    for (const one of cases) {
      const name = shipped.includes(one.agent) ? one.agent : "generic";
      const profile = profiles.get(name) ?? (await loadProfile({ profile: name, root }));
      profiles.set(name, profile);
      judged.push(judge(one, profile));
    }
  }
  return { judged };
}

function judge({ agent, name, screen, truth }: Case, profile: Profile): Judged {
  const { state: said, says } = profile.read(screen);
  const { label, also, isTellable } = truth;
  const isRight = said === label || also.includes(said) || (!isTellable && said === "unknown");
  return { case: name, label, said, agent, isRight, isTellable, says };
}

function score(judged: readonly Judged[]): Detection {
  const agents = Map.groupBy(judged, (one) => one.agent);
  const confusion: Record<string, Record<string, number>> = {};
  for (const { label, said } of judged) {
    const row = confusion[label] ?? {};
    confusion[label] = { ...row, [said]: (row[said] ?? 0) + 1 };
  }
  return {
    cases: judged.map(({ case: name, label, said }) => ({ case: name, label, said })),
    byAgent: Object.fromEntries(
      [...agents].map(([agent, own]) => [
        agent,
        {
          ...shareOf(own),
          tellable: shareOf(own.filter((one) => one.isTellable)),
          states: Object.fromEntries(
            screenStates.flatMap((state) => {
              const found = scoreState(own, state);
              return found.cases + found.said === 0 ? [] : [[state, found]];
            }),
          ),
        },
      ]),
    ),
    confusion,
    busyCalledIdle: judged.filter(isBusyCalledIdle).length,
  };
}

function isBusyCalledIdle({ label, said }: Judged): boolean {
  return (label === "working" || label === "retrying") && said === "idle";
}

function shareOf(judged: readonly Judged[]): Share {
  const right = judged.filter((one) => one.isRight).length;
  return { cases: judged.length, right, share: judged.length === 0 ? 1 : right / judged.length };
}

function scoreState(judged: readonly Judged[], state: ScreenState): StateScore {
  const said = judged.filter((one) => one.said === state);
  const cases = judged.filter((one) => one.label === state);
  const share = (of: readonly Judged[]): number | null =>
    of.length === 0 ? null : of.filter((one) => one.isRight).length / of.length;
  return { cases: cases.length, said: said.length, precision: share(said), recall: share(cases) };
}

function figuresOf(judged: readonly Judged[]): readonly Figure[] {
  const tellable = judged.filter((one) => one.isTellable);
  const wrong = tellable.filter((one) => !one.isRight && one.said !== "unknown");
  return [
    {
      what: "not right, where the screen alone can tell",
      unit: "%",
      value: 100 * (1 - shareOf(tellable).share),
      atMost: 2,
      count: tellable.length,
    },
    {
      what: "… of them wrong, not unknown",
      unit: "%",
      value: tellable.length === 0 ? 0 : (100 * wrong.length) / tellable.length,
      atMost: null,
      count: tellable.length,
    },
    {
      what: "busy agents called idle",
      unit: "cases",
      value: judged.filter(isBusyCalledIdle).length,
      atMost: 0,
      count: judged.length,
    },
  ];
}

function report(judged: readonly Judged[], result: Detection): readonly string[] {
  const percent = (value: number | null): string =>
    value === null ? "–" : `${(100 * value).toFixed(1)} %`;
  const lines: string[] = [];
  for (const [agent, { cases, right, tellable, states }] of Object.entries(result.byAgent)) {
    lines.push(
      `${agent}: ${right} of ${cases} right; where the screen alone can tell ${tellable.right} of ${tellable.cases} (${percent(tellable.share)})`,
    );
    for (const [state, { cases: own, precision, recall }] of Object.entries(states)) {
      const figures = `precision ${percent(precision).padStart(8)}  recall ${percent(recall).padStart(8)}`;
      lines.push(`  ${state.padEnd(18)} ${String(own).padStart(4)} cases  ${figures}`);
    }
  }
  lines.push("", "label → said:");
  for (const [label, row] of Object.entries(result.confusion)) {
    const said = Object.entries(row).map(([state, count]) => `${state} ${count}`);
    lines.push(`  ${label.padEnd(18)} ${said.join(", ")}`);
  }
  const missed = judged.filter((one) => !one.isRight);
  if (missed.length > 0) lines.push("", "not right:");
  for (const { case: name, label, said, isTellable, says } of missed) {
    const alone = isTellable ? "" : " (the screen alone cannot tell)";
    lines.push(`  ${name}: ${label}${alone}, said ${said}: ${says}`);
  }
  return [...lines, "", `busy agents called idle: ${result.busyCalledIdle}`];
}
