/** The repository that temoin works in: where it lies, what it is called, what landings go to. */

import { createHash } from "node:crypto";
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import path from "node:path";
import { type CommitSha, parseSha } from "../domain/id.ts";
import { allEnded } from "../lib/all-ended.ts";
import { AppError } from "../lib/app-error.ts";
import { type Git, type GitAnswer, type GitOptions, lastLine } from "./git.ts";

export interface Repository {
  readonly git: Git;
  /** The top of the person's working tree; `null`: a bare repository. */
  readonly top: string | null;
  /** What all working trees share: `.git` of the first one, or the bare repository itself. */
  readonly commonDir: string;
  /** The branch that the person has checked out; `null`: a detached HEAD. */
  readonly branch: string | null;
  readonly head: CommitSha;
  /** Names this clone in a file name, the same from each of its working trees. */
  readonly projectId: string;
  /** Where temoin keeps the state of the project. */
  readonly stateDir: string;
  /**
   * Environment for a git that makes a commit: what the person has configured counts, and what is
   * missing is `temoin <temoin@localhost>`.
   */
  readonly identity: Readonly<Record<string, string>>;
}

/** `git merge-tree --write-tree` came with it. */
const oldestGit = [2, 38] as const;

/**
 * Throws an AppError `repository`: git is missing or too old, `dir` is in no repository, or there
 * is no commit yet.
 */
export async function openRepository(dir: string, git: Git): Promise<Repository> {
  // What does not build on the other is asked at once: a process costs more than its answer.
  const [, located, identity] = await allEnded([
    checkVersion(dir, git),
    locate(dir, git),
    findIdentity(dir, git),
  ]);
  const { gitDir, commonDir, top, head, branch } = located;
  if (head === null) {
    throw new AppError("repository", `Cannot work in \`${dir}\`: there is no commit yet.`, {
      hint: "Make one: `git add -A && git commit -m first`.",
    });
  }
  return {
    git,
    top,
    commonDir,
    branch,
    head,
    projectId: nameProject(commonDir),
    stateDir: stateDirOf({ top, gitDir, commonDir }),
    identity,
  };
}

/** What all working trees share, of a repository that was opened before: one question to git. */
export async function findCommonDir(dir: string, git: Git): Promise<Pick<Repository, "commonDir">> {
  return { commonDir: (await locate(dir, git)).commonDir };
}

/**
 * The branch that landings go to: the configured one, else the one that is checked out. Throws an
 * AppError `repository` when there is no such branch.
 */
export async function findTargetBranch(
  repository: Repository,
  configured: string | null,
): Promise<string> {
  const { branch, head } = repository;
  const wanted = configured ?? branch;
  if (wanted === null) {
    throw new AppError(
      "repository",
      `Cannot tell which branch to land on: HEAD is detached at ${head.slice(0, 10)}.`,
      { hint: "Set `target:` in temoin.yaml, or check out a branch." },
    );
  }
  const format = "--format=%(refname:lstrip=2)";
  const listed = await gitIn(repository, ["for-each-ref", format, "refs/heads/"]);
  const branches = listed.text.split("\n").filter((name) => name !== "");
  if (branches.includes(wanted)) return wanted;
  const known = branches.filter((name) => !name.startsWith("temoin/")).slice(0, 12);
  const names =
    known.length === 0 ? "there is none" : known.map((name) => `\`${name}\``).join(", ");
  const landed = `refs/temoin/target/${wanted}`;
  const hasLanded = (await gitIn(repository, ["for-each-ref", landed])).text !== "";
  const hint = hasLanded
    ? `\`git branch ${wanted} ${landed}\` makes it again, with all that has landed.`
    : `Set \`target:\` in temoin.yaml to one of them, or run \`git branch ${wanted}\`.`;
  throw new AppError(
    "repository",
    `Cannot land on \`${wanted}\`: there is no such branch here. The branches: ${names}.`,
    { hint },
  );
}

/** `.temoin/` is ignored without a change to any file of the person. Safe to repeat. */
export async function excludeState({ commonDir }: Pick<Repository, "commonDir">): Promise<void> {
  const file = path.join(commonDir, "info", "exclude");
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  if (/^\/?\.temoin\/?\s*$/m.test(text)) return;
  await mkdir(path.dirname(file), { recursive: true });
  const gap = text === "" || text.endsWith("\n") ? "" : "\n";
  await writeFile(file, `${text}${gap}/.temoin/\n`);
}

/** Runs git on what all working trees share: objects, refs, the list of worktrees. */
export function gitIn(
  { git, commonDir }: Pick<Repository, "git" | "commonDir">,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitAnswer> {
  return git(commonDir, args, { ...options, env: { GIT_DIR: commonDir, ...options.env } });
}

async function checkVersion(dir: string, git: Git): Promise<void> {
  const { text } = await git(dir, ["version"]);
  const found = /(\d+)\.(\d+)/.exec(text);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  const [needMajor, needMinor] = oldestGit;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new AppError("repository", `Cannot work with ${text}: it is too old.`, {
    hint: `Install git ${oldestGit.join(".")} or newer.`,
  });
}

interface Located {
  readonly gitDir: string;
  readonly commonDir: string;
  /** `null`: a bare repository. */
  readonly top: string | null;
  /** `null`: there is no commit yet. */
  readonly head: CommitSha | null;
  /** `null`: a detached HEAD. */
  readonly branch: string | null;
}

/**
 * All in one question. What has no answer ends the git, after the answers before it: the commit
 * where there is none yet, and the top of a bare repository.
 */
const located = [
  ...["--is-bare-repository", "--is-inside-work-tree", "--git-dir", "--git-common-dir"],
  ...["HEAD^{commit}", "--symbolic-full-name", "HEAD", "--show-toplevel"],
] as const;

async function locate(dir: string, git: Git): Promise<Located> {
  const asked = ["rev-parse", "--path-format=absolute", ...located];
  const { text, stderr } = await git(dir, asked, { answers: [128] });
  const [bare, inside, gitDir = "", commonDir = "", commit = "", name = "", top] = text.split("\n");
  if (commonDir === "") throw explainNoRepository(dir, stderr);
  if (bare !== "true" && inside !== "true") {
    throw new AppError("repository", `Cannot work in \`${dir}\`: it is inside a .git folder.`, {
      hint: "Name the folder of your files instead.",
    });
  }
  return {
    gitDir: await realpath(gitDir),
    commonDir: await realpath(commonDir),
    top: bare === "true" ? null : (top ?? null),
    head: parseSha(commit),
    branch: name.startsWith("refs/heads/") ? name.slice("refs/heads/".length) : null,
  };
}

function explainNoRepository(dir: string, stderr: string): AppError {
  if (!/not a git repository/.test(stderr)) {
    const says = lastLine(stderr).replace(/\.?$/, ".");
    return new AppError("repository", `Cannot work in \`${dir}\`: ${says}`, {
      hint: `\`git -C "${dir}" status\` shows what is there.`,
    });
  }
  return new AppError("repository", `Cannot work in \`${dir}\`: it is in no git repository.`, {
    hint: "Run `git init` there and make a first commit.",
  });
}

/** The folder's name, for people, and a hash of its real path, so that two clones differ. */
function nameProject(commonDir: string): string {
  const folder = path.basename(commonDir) === ".git" ? path.dirname(commonDir) : commonDir;
  const plain = path
    .basename(folder)
    .replace(/\.git$/, "")
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  const hash = createHash("sha256").update(commonDir).digest("hex").slice(0, 8);
  return plain === "" ? hash : `${plain}-${hash}`;
}

/** One place for all working trees of a repository: at the top of the first one. */
function stateDirOf(at: { top: string | null; gitDir: string; commonDir: string }): string {
  if (at.top !== null && at.gitDir === at.commonDir) return path.join(at.top, ".temoin");
  const isInTree = path.basename(at.commonDir) === ".git";
  return isInTree
    ? path.join(path.dirname(at.commonDir), ".temoin")
    : path.join(at.commonDir, "temoin");
}

async function findIdentity(dir: string, git: Git): Promise<Record<string, string>> {
  // With a name and an address in the configuration or the environment there is nothing to add.
  const known = ["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"];
  if ((await git(dir, known, { answers: [1, 128] })).exitCode === 0) return {};
  const asked = ["config", "--get-regexp", "^user\\.(name|email)$"];
  const { text } = await git(dir, asked, { answers: [1] });
  const identity: Record<string, string> = {};
  if (!/^user\.name \S/m.test(text)) {
    identity["GIT_AUTHOR_NAME"] = "temoin";
    identity["GIT_COMMITTER_NAME"] = "temoin";
  }
  if (!/^user\.email \S/m.test(text)) {
    identity["GIT_AUTHOR_EMAIL"] = "temoin@localhost";
    identity["GIT_COMMITTER_EMAIL"] = "temoin@localhost";
  }
  return identity;
}
