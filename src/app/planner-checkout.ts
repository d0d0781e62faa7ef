/**
 * Where an agent that plans sits: the target as it is now, in a worktree of its own that never lands.
 * It is put right before each turn, whatever was put in its place, and once more at the end.
 */

import path from "node:path";
import { plannerSeat } from "../domain/seat.ts";
import { makeOwnFolder } from "../lib/private-folder.ts";
import { createGit } from "../workspaces/git.ts";
import { findTargetBranch, openRepository } from "../workspaces/repository.ts";
import { findTargetTip, openCheckout } from "../workspaces/target.ts";
import { watchSettings } from "./git-settings.ts";
import { worktreesDir } from "./places.ts";
import type { PlanningParts } from "./planning.ts";

export interface PlannerSeat extends AsyncDisposable {
  /** Its agent's working directory, as the target has it. */
  sit(): Promise<string>;
}

export async function openPlannerSeat(parts: PlanningParts): Promise<PlannerSeat> {
  const { clock, env, place, loaded, onTold } = parts;
  const repository = await openRepository(place.root, createGit({ clock, env }));
  const dir = worktreesDir(env);
  await makeOwnFolder(dir, { mayBeLink: true });
  const { target } = loaded.config;
  const isNamed = target !== null || repository.branch !== null;
  const sha = isNamed
    ? await findTargetTip(repository, await findTargetBranch(repository, target))
    : repository.head;
  const checkout = openCheckout(repository, path.join(dir, repository.projectId, plannerSeat));
  const settings = await watchSettings(repository.commonDir);
  return {
    sit: () => checkout.checkout(sha),
    async [Symbol.asyncDispose]() {
      // What cannot be put right now is put right before the next one sits there.
      await checkout.checkout(sha).catch(() => undefined);
      for (const file of await settings.changed()) {
        onTold(`${file} has changed meanwhile: git runs what it names, so look at it first`);
      }
    },
  };
}
