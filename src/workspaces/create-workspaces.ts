/**
 * The workspaces of one project: a worktree per slot, used again for one attempt after the other.
 *
 * Nothing is reset before it is on a ref. What cannot be saved (unreadable files, a damaged object
 * store) is moved aside as a whole, and a person is told where it is.
 */

import { rm } from "node:fs/promises";
import path from "node:path";
import { type CommitSha, parseSha, type SlotId } from "../domain/id.ts";
import { isDiskFull } from "../lib/disk-full.ts";
import { commitTree } from "./commit-tree.ts";
import { GitError } from "./git.ts";
import { mergeBaseOf, readRef } from "./history.ts";
import { gitAt, isLink, isThere, type Place } from "./place.ts";
import type { Repository } from "./repository.ts";
import { keepOnSavedRef } from "./saved-ref.ts";
import { readRecord, type SlotRecord, writeRecord } from "./slot-record.ts";
import { SlotWorkspace } from "./slot-workspace.ts";
import { removeIndex, takeFreshSnapshot } from "./snapshot.ts";
import { updateSubmodules } from "./submodules.ts";
import type { PrepareRequest, WorkOf, Workspace, Workspaces } from "./workspace.ts";
import { addWorktree, bringTo, mendWorktree, moveAside, removeStaleLocks } from "./worktree.ts";

export interface WorkspacesParts {
  readonly repository: Repository;
  /** Worktrees lie in `<dir>/<projectId>/<slot>`; outside the repository. */
  readonly dir: string;
  /** One sentence for a person. */
  readonly onProblem?: (says: string) => void;
}

export function createWorkspaces(parts: WorkspacesParts): Workspaces {
  const { repository, dir, onProblem = () => {} } = parts;
  const room: Room = {
    repository,
    dir: path.join(dir, repository.projectId),
    onProblem,
  };
  return {
    prepare: (request) => prepare(room, request),
    open: (slot) => open(room, slot),
  };
}

interface Room {
  readonly repository: Repository;
  readonly dir: string;
  readonly onProblem: (says: string) => void;
}

async function prepare(room: Room, request: PrepareRequest): Promise<Workspace> {
  const { slot, branch, base, of } = request;
  const at = path.join(room.dir, slot);
  const old = await readRecord(recordFile(room, slot));
  let place = await clearOld(room, { at, slot, old });
  place ??= await add(room, slot, at, base);
  try {
    await switchTo(room, place, request);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // All that was there is saved by now, and it is of no use to git: a new one, once.
    await rm(at, { recursive: true, force: true });
    place = await add(room, slot, at, base);
    await switchTo(room, place, request);
  }
  await updateSubmodules(room.repository, place);
  const record = { gitDir: place.gitDir, of, branch, base, made: [] };
  await writeRecord(recordFile(room, slot), record);
  return workspaceAt(room, { slot, place, record });
}

async function open(room: Room, slot: SlotId): Promise<Workspace | null> {
  const record = await readRecord(recordFile(room, slot));
  if (record === null) return null;
  const place = placeOf(room, slot, record);
  if (await isLink(place.path)) return null;
  const isWhole = (await isThere(place.path)) && (await isThere(path.join(place.gitDir, "HEAD")));
  return isWhole ? workspaceAt(room, { slot, place, record }) : null;
}

interface OldDirectory {
  readonly at: string;
  readonly slot: SlotId;
  readonly old: SlotRecord | null;
}

/** Everything saved. The place, if it can be used again; `null`: there is nothing at `at` now. */
async function clearOld(room: Room, { at, slot, old }: OldDirectory) {
  if (!(await isThere(at))) return null;
  if (await isLink(at)) {
    await rm(at);
    room.onProblem(
      `\`${at}\` was a link, made in the place of ${slot}'s directory; it is removed.`,
    );
    return null;
  }
  if (old === null) {
    const kept = await moveAside(at);
    room.onProblem(`\`${at}\` was not temoin's own and is kept as \`${kept}\`.`);
    return null;
  }
  const { of } = old;
  const place = placeOf(room, slot, old);
  try {
    if (!(await isThere(path.join(place.gitDir, "HEAD")))) {
      await saveUnknown(room, place, old);
      await rm(at, { recursive: true, force: true });
      return null;
    }
    await removeStaleLocks(place);
    await strictWorkspaceAt(room, { slot, place, record: old }).saveLeftovers(of);
    await mendWorktree(place);
    return place;
  } catch (error) {
    if (!(error instanceof GitError || error instanceof Unsaved)) throw error;
    // Nothing is wrong with these files: they are saved when there is room.
    if (isDiskFull(error)) throw error;
    await keepHead(room, place, of);
    const kept = await moveAside(at);
    room.onProblem(`The leftovers of ${of.task} are kept in \`${kept}\`: ${error.message}`);
    return null;
  }
}

/** The commit that is checked out, which may be on no branch, as well as git can still tell. */
async function keepHead({ repository }: Room, place: Place, of: WorkOf): Promise<void> {
  const args = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"];
  const { text } = await gitAt(place, args, { answers: [1, 128] });
  const head = parseSha(text);
  if (head !== null) await keepOnSavedRef(repository, of, head);
}

/** Files of a worktree that git has forgotten: on top of the attempt's branch, as well as it is known. */
async function saveUnknown(room: Room, place: Place, record: SlotRecord): Promise<void> {
  const { repository } = room;
  const { of, branch, base } = record;
  const parent = (await readRef(repository, `refs/heads/${branch}`)) ?? base;
  const bare = { ...place, gitDir: repository.commonDir };
  const { tree, indexFile, missing } = await takeFreshSnapshot(bare, parent);
  await removeIndex(indexFile);
  if (missing.length > 0) throw new Unsaved(missing.join("; "));
  const message = `Saved work of ${of.task}, attempt ${of.attempt}\n\nits worktree was broken\n`;
  const sha = await commitTree(repository, { tree, parents: [parent], message });
  await keepOnSavedRef(repository, of, sha);
}

/** A snapshot that lacks files: the directory itself has to be kept. */
class Unsaved extends Error {}

/** On the attempt's branch at its base. Commits of an earlier branch of that name are saved first. */
async function switchTo(room: Room, place: Place, request: PrepareRequest): Promise<void> {
  const { branch, base, of } = request;
  try {
    await bringTo(place, base, { detached: false, branch, force: false });
    return;
  } catch (error) {
    if (!(error instanceof GitError) || !/already exists/.test(error.stderr)) throw error;
  }
  const tip = await readRef(room.repository, `refs/heads/${branch}`);
  if (tip !== null && (await mergeBaseOf(room.repository, tip, base)) !== tip) {
    await keepOnSavedRef(room.repository, of, tip);
  }
  await bringTo(place, base, { detached: false, branch, force: true });
}

function add(room: Room, slot: SlotId, at: string, base: CommitSha): Promise<Place> {
  const request = { repository: room.repository, path: at, reason: `temoin ${slot}` };
  return addWorktree(request, base);
}

interface Parts {
  readonly slot: SlotId;
  readonly place: Place;
  readonly record: SlotRecord;
}

function workspaceAt(room: Room, { slot, place, record }: Parts): SlotWorkspace {
  const { repository, onProblem } = room;
  const file = recordFile(room, slot);
  return new SlotWorkspace({ repository, place, record, recordFile: file, onProblem });
}

/** One for which a file that cannot be saved is a failure. */
function strictWorkspaceAt(room: Room, parts: Parts): SlotWorkspace {
  const onProblem = (says: string): never => {
    throw new Unsaved(says);
  };
  return workspaceAt({ ...room, onProblem }, parts);
}

function placeOf(room: Room, slot: SlotId, { gitDir }: SlotRecord): Place {
  return { git: room.repository.git, gitDir, path: path.join(room.dir, slot) };
}

/** Beside the directory, where the agent that works in it has no business. */
function recordFile(room: Room, slot: SlotId): string {
  return path.join(room.dir, `${slot}.json`);
}
