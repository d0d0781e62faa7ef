/** A real repository in a scratch directory, and the workspaces and the target over it. */

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import {
  attemptBranch,
  type CommitSha,
  parseAgentName,
  parseSha,
  parseTaskId,
  type SlotId,
  slotId,
} from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { createWorkspaces } from "../../src/workspaces/create-workspaces.ts";
import { createGit, type Git } from "../../src/workspaces/git.ts";
import {
  findTargetBranch,
  openRepository,
  type Repository,
} from "../../src/workspaces/repository.ts";
import { openTarget } from "../../src/workspaces/target.ts";
import type { PrepareRequest, Target, WorkOf, Workspaces } from "../../src/workspaces/workspace.ts";

const run = promisify(execFile);

export interface Stage extends AsyncDisposable {
  /** Everything lies under it. */
  readonly root: string;
  /** The person's checkout. */
  readonly top: string;
  readonly repository: Repository;
  readonly workspaces: Workspaces;
  readonly target: Target;
  readonly problems: string[];
  /** Every call of git that temoin made, by its arguments. */
  readonly calls: string[][];
  /** The person's or the agent's git: with an identity, without temoin's settings. */
  git(dir: string, ...args: string[]): Promise<string>;
  head(dir: string): Promise<CommitSha>;
  write(dir: string, files: Readonly<Record<string, string>>): Promise<void>;
  read(dir: string, file: string): Promise<string>;
  /** Writes the files and commits all. */
  commit(dir: string, files: Readonly<Record<string, string>>): Promise<CommitSha>;
}

export interface StageOptions {
  readonly folder?: string;
  readonly init?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Done in the person's checkout after its first commit. */
  readonly before?: (stage: Ground) => Promise<void>;
  /** Where temoin is started, when not in `top`. */
  readonly start?: (ground: Ground) => string;
  readonly unionFiles?: readonly string[];
  readonly targetBranch?: string;
  /** Without a name and an address of the person. */
  readonly nameless?: boolean;
}

export type Ground = Pick<Stage, "root" | "top" | "git" | "head" | "write" | "read" | "commit">;

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const ground = await openGround(options);
  await options.before?.(ground);
  const calls: string[][] = [];
  const plain = createGit({ clock: systemClock, env: await gitEnv(ground.root, options) });
  const git: Git = (dir, args, given) => {
    calls.push([...args]);
    return plain(dir, args, given);
  };
  const repository = await openRepository(options.start?.(ground) ?? ground.top, git);
  const branch = await findTargetBranch(repository, options.targetBranch ?? null);
  const dir = path.join(ground.root, "state");
  const problems: string[] = [];
  const { unionFiles = [] } = options;
  const onProblem = (says: string): void => void problems.push(says);
  return {
    ...ground,
    repository,
    workspaces: createWorkspaces({ repository, dir, onProblem }),
    target: openTarget({ repository, branch, dir, unionFiles }),
    problems,
    calls,
    async [Symbol.asyncDispose]() {
      await rm(ground.root, { recursive: true, force: true });
    },
  };
}

export async function openGround(options: StageOptions = {}): Promise<Ground> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), "temoin-git-")));
  const top = path.join(root, options.folder ?? "project");
  const env = await gitEnv(root, {});
  const git = async (dir: string, ...args: string[]): Promise<string> => {
    const { stdout } = await run("git", args, { cwd: dir, env });
    return stdout.replace(/\n$/, "");
  };
  const write: Stage["write"] = async (dir, files) => {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
      await writeFile(path.join(dir, name), text);
    }
  };
  const head: Stage["head"] = async (dir) => sha(await git(dir, "rev-parse", "HEAD"));
  const ground: Ground = {
    root,
    top,
    git,
    head,
    write,
    read: (dir, file) => readFile(path.join(dir, file), "utf8"),
    async commit(dir, files) {
      await write(dir, files);
      await git(dir, "add", "-A");
      await git(dir, "commit", "-q", "--allow-empty", "-m", `Write ${Object.keys(files).join()}`);
      return head(dir);
    },
  };
  await mkdir(top, { recursive: true });
  await git(top, "init", "-q", "-b", "main", ...(options.init ?? []));
  await ground.commit(
    top,
    options.files ?? { "a.txt": "a\n", "b.txt": "b\n", ".gitignore": "out/\n" },
  );
  return ground;
}

/** A home of its own, so that no setting of the machine counts. */
async function gitEnv(
  root: string,
  { nameless = false }: StageOptions,
): Promise<NodeJS.ProcessEnv> {
  const home = path.join(root, nameless ? "home-nameless" : "home");
  await mkdir(home, { recursive: true });
  const identity = nameless ? "" : "[user]\nname = Pat\nemail = pat@example.org\n";
  await writeFile(path.join(home, ".gitconfig"), `${identity}[core]\nfsync = none\n`);
  const { PATH = "" } = process.env;
  return { PATH, HOME: home, GIT_CONFIG_NOSYSTEM: "1", GIT_TEMPLATE_DIR: "", TMPDIR: tmpdir() };
}

export function sha(text: string): CommitSha {
  const found = parseSha(text.trim());
  if (found === null) throw new Error(`no object name: ${text}`);
  return found;
}

export function workOf(n: number, attempt = 1): WorkOf {
  const task = parseTaskId(`T-${n}`);
  if (task === null) throw new Error("a task id is made of this");
  return { task, attempt };
}

export function slot(n: number): SlotId {
  const agent = parseAgentName("worker");
  if (agent === null) throw new Error("an agent's name is made of this");
  return slotId(agent, n);
}

/** What a runner would ask for. */
export function requestFor(of: WorkOf, base: CommitSha, place = slot(1)): PrepareRequest {
  return { slot: place, of, branch: attemptBranch(of.task, of.attempt), base };
}

export type OpenStage = (options?: StageOptions) => Promise<Stage>;

/** A stage whose first slot is prepared for the first attempt at T-1. */
export function prepareFirst(open: OpenStage) {
  return async (options?: StageOptions) => {
    const stage = await open(options);
    const base = await stage.head(stage.top);
    const workspace = await stage.workspaces.prepare(requestFor(workOf(1), base));
    return { stage, base, workspace, at: workspace.path };
  };
}
