/**
 * What git would run in this repository: settings, attributes and hooks, which all worktrees share
 * and which no commit changes. temoin's own git runs little of it; the person's git runs it all. So
 * a person is told when it has changed while agents were at work.
 */

import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Lease } from "../domain/commit.ts";
import type { Assignment } from "../domain/input.ts";
import { readTextIfThere } from "../lib/text-file.ts";
import type { ControlPort } from "../runner/control-port.ts";

interface Watch {
  readonly commonDir: string;
  readonly onProblem: (says: string) => void;
}

/** The same port; at the end of each attempt and judgement the settings are looked at, and each change is told once. */
export async function watchedPort(
  port: ControlPort,
  { commonDir, onProblem }: Watch,
): Promise<ControlPort> {
  const settings = await watchSettings(commonDir);
  const look = async (task: string): Promise<void> => {
    for (const file of await settings.changed()) {
      onProblem(
        `\`${file}\` has changed while agents were at work, as ${task} ended: git runs what it names. Look at it before you use git there.`,
      );
    }
  };
  return {
    claim: (queue, runner, signal) => port.claim(queue, runner, signal),
    claimNow: (queue, runner) => port.claimNow(queue, runner),
    beat: (request, signal) => port.beat(request, signal),
    async submit(input, lease) {
      if (input.type === "attempt_ended" || input.type === "judgement_ended") {
        await look(taskOf(lease));
      }
      return await port.submit(input, lease);
    },
  };
}

export interface SettingsWatch {
  /** Paths of what has changed since it was asked last. */
  changed(): Promise<readonly string[]>;
}

export async function watchSettings(commonDir: string): Promise<SettingsWatch> {
  let known = await readSettings(commonDir);
  return {
    async changed() {
      const before = known;
      known = await readSettings(commonDir);
      return [...known].flatMap(([file, text]) =>
        before.get(file) === text ? [] : [path.join(commonDir, file)],
      );
    },
  };
}

function taskOf(lease: Lease): string {
  // Control itself has put the assignment into the offer.
  const assignment = lease.data as unknown as Assignment;
  return "task" in assignment ? assignment.task : `the ${assignment.kind}`;
}

async function readSettings(commonDir: string): Promise<ReadonlyMap<string, string>> {
  const read = (file: string): Promise<string> =>
    // What is no file, or cannot be read, is as good as another text.
    readTextIfThere(path.join(commonDir, file)).then(
      (text) => text ?? "",
      (error: unknown) => String(error),
    );
  return new Map([
    ["config", withoutSubmodules(await read("config"))],
    ["info/attributes", await read("info/attributes")],
    ["hooks", await listHooks(path.join(commonDir, "hooks"))],
  ]);
}

/** git itself, called by temoin, writes down which ones are in use. */
function withoutSubmodules(text: string): string {
  return text.replace(/^\[submodule .*\n(?:(?!\[).*\n?)*/gm, "");
}

/** Names, sizes and times of those that would be run. */
async function listHooks(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const lines: string[] = [];
  for (const name of names.filter((one) => !one.endsWith(".sample")).toSorted()) {
    const found = await stat(path.join(folder, name)).catch(() => null);
    lines.push(`${name} ${found?.size} ${found?.mtimeMs} ${found?.mode}`);
  }
  return lines.join("\n");
}
