/**
 * Prepares a checkout and runs a command in it: `node scripts/bootstrap.mjs [COMMAND ARG…]`.
 *
 * Runs on Node 20 with nothing installed. It brings the dependencies of package-lock.json and,
 * where the running Node is too old, a Node for this checkout alone; the command finds both first
 * on its PATH. When all is in place it asks no network and changes no file.
 *
 * Safe to be run several times at once, and to be killed at any moment: what is installed is built
 * aside, in `.node/`, and put into place by a rename. Talks on stderr only.
 */

import { spawn } from "node:child_process";
import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { constants as osConstants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The Node that is brought. Its packages exist for these platforms only (seen on the registry). */
const broughtVersion = "24.21.0";
const broughtFor = ["linux-x64", "linux-arm64"];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const own = join(root, ".node");

/** What a person can repair; printed without a stack. */
class Complaint extends Error {}

try {
  await bringDependencies();
  const node = isNewEnough(process.versions.node) ? process.execPath : await bringNode();
  const [command, ...args] = process.argv.slice(2);
  if (command !== undefined) {
    const env = { ...process.env, PATH: pathWith(node) };
    passOn(await run(command === "node" ? node : command, args, { stdio: "inherit", env }));
  }
} catch (error) {
  if (!(error instanceof Complaint)) throw error;
  say(error.message);
  process.exitCode = 1;
}

/** `true` for the version that `engines` of package.json asks for, written as `>=24.15`. */
function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  const [wantedMajor, wantedMinor = 0] = neededVersion().split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

function neededVersion() {
  return readJson(join(root, "package.json")).engines.node.replace(">=", "");
}

async function bringDependencies() {
  if (hasDependencies()) return markAsFresh();
  say("installing the dependencies of package-lock.json (npm ci)");
  await stage(async (staging) => {
    for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
      copyFileSync(join(root, name), join(staging, name));
    }
    // NODE_ENV or a user's configuration may leave these out; the tests need them.
    await npm(staging, ["ci", "--include=dev", "--include=optional"]);
    putInPlace(join(staging, "node_modules"), modules, hasDependencies);
  });
}

/** npm writes down what it has installed; that is compared, so that a person's `npm ci` counts. */
function hasDependencies() {
  const wanted = readJson(join(root, "package-lock.json"))?.packages ?? {};
  const installed = readJson(join(modules, ".package-lock.json"))?.packages;
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === "") return true;
    const found = installed[place];
    return found ? found.version === entry.version : Boolean(entry.optional || entry.devOptional);
  });
}

/** bin/temoin looks at the times only: a lock file that is newer would send it here every time. */
function markAsFresh() {
  const installed = join(modules, ".package-lock.json");
  try {
    const { mtimeMs } = statSync(join(root, "package-lock.json"));
    if (statSync(installed).mtimeMs >= mtimeMs) return;
    // A Date holds whole milliseconds only: rounded down it would stay older for ever.
    const newer = new Date(Math.ceil(mtimeMs) + 1);
    utimesSync(installed, newer, newer);
  } catch {
    // A checkout that may not be written to works all the same, a little slower.
  }
}

/** Returns the path of the Node that this checkout uses. */
async function bringNode() {
  const program = join(own, "node_modules", ".bin", "node");
  const target = `${process.platform}-${process.arch}`;
  const name = `node-${target}`;
  const isThere = () =>
    readJson(join(own, "node_modules", name, "package.json"))?.version === broughtVersion &&
    isExecutable(program);
  if (isThere()) return program;

  const needs = `The source needs Node.js ${neededVersion()} or newer; this is v${process.versions.node}.`;
  if (!broughtFor.includes(target) || isMusl()) {
    throw new Complaint(
      `${needs} None can be brought for ${target}${isMusl() ? " with musl" : ""}: install it from https://nodejs.org and put it first on PATH.`,
    );
  }
  say(`${needs} Bringing v${broughtVersion} for this checkout alone, into .node/`);
  await stage(async (staging) => {
    writeFileSync(join(staging, "package.json"), '{ "private": true }\n');
    await npm(staging, ["install", "--no-save", "--no-package-lock", `${name}@${broughtVersion}`]);
    putInPlace(join(staging, "node_modules"), join(own, "node_modules"), isThere);
  });
  return program;
}

/** The package holds a program for glibc; Alpine and its like cannot run it. */
function isMusl() {
  if (process.platform !== "linux") return false;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** Calls `fill` with an empty directory on the same file system as the checkout. */
async function stage(fill) {
  let staging;
  try {
    mkdirSync(own, { recursive: true });
    removeLeftovers();
    staging = mkdtempSync(join(own, `staging-${process.pid}-`));
    await fill(staging);
  } catch (error) {
    if (error instanceof Complaint || error.code === undefined) throw error;
    throw new Complaint(`Cannot install into ${root}: ${error.message}.`);
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
}

/** Staging directories of processes that were killed. */
function removeLeftovers() {
  for (const name of readdirSync(own)) {
    const pid = Number(/^staging-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) {
      rmSync(join(own, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * Renames a directory of `from`'s staging to `to`. What is there already is kept when `isGood`
 * (another process was faster), else moved into the staging directory, to be removed with it.
 */
function putInPlace(from, to, isGood) {
  for (let tries = 1; ; tries += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const isTaken = ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(error.code);
      if (!isTaken || tries > 100) throw error;
    }
    if (isGood()) return;
    try {
      renameSync(to, `${from}-${tries}`);
    } catch (error) {
      // ENOENT: another process has moved it away in this moment.
      if (error.code !== "ENOENT") throw error;
    }
  }
}

/** Quiet when it goes well; else what npm said, and a complaint. */
async function npm(directory, args) {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const output = [];
  const end = await run("npm", [...args, ...quiet, "--prefix", directory], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
    onOutput: (chunk) => output.push(chunk),
  });
  if (end.code === 0) return;
  process.stderr.write(Buffer.concat(output));
  const how = end.signal ?? `exit code ${end.code}`;
  throw new Complaint(
    `npm ${args[0]} failed (${how}). Look at what it said above, and call the same command again.`,
  );
}

/** Runs in the checkout's root, hands signals on, and resolves with how the program has ended. */
function run(command, args, { onOutput, ...options }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, ...options });
    const handOn = (signal) => {
      // The keyboard's interrupt has reached the child too; a second one might mean "at once".
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, handOn);
    child.stdout?.on("data", onOutput);
    child.stderr?.on("data", onOutput);
    child.once("error", (error) =>
      reject(new Complaint(`Cannot start \`${command}\`: ${error.message}.`)),
    );
    child.once("close", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(name, handOn);
      resolve({ code, signal });
    });
  });
}

/** Ends as the command did. */
function passOn({ code, signal }) {
  process.exitCode = code ?? 128 + (osConstants.signals[signal] ?? 0);
  if (signal !== null) process.kill(process.pid, signal);
}

/** The checkout's programs first, and `node` the chosen one. */
function pathWith(node) {
  const path = [join(modules, ".bin"), process.env.PATH ?? ""].join(delimiter);
  const first = path
    .split(delimiter)
    .map((directory) => join(directory, "node"))
    .find(isExecutable);
  const isChosen = first !== undefined && realpathSync(first) === realpathSync(node);
  return isChosen ? path : [dirname(node), path].join(delimiter);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not executable: the answer is no either way.
    return false;
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Not there, or half written: as good as not there.
    return undefined;
  }
}

function say(sentence) {
  process.stderr.write(`temoin: ${sentence}\n`);
}
