/**
 * Proves what would be published: it is packed, installed into an empty folder and called, with
 * this Node, and with each older one on PATH, which must be told in one sentence what is needed.
 */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const scratch = mkdtempSync(path.join(tmpdir(), "temoin-tarball-"));
try {
  checkTarball();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function checkTarball(): void {
  const { version }: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));

  // The repository's .npmrc turns scripts off, and `prepack`, which builds dist/, is one.
  npm(["pack", "--ignore-scripts=false", "--pack-destination", scratch]);
  const folder = path.join(scratch, "an empty folder");
  const tarball = path.join(scratch, `temoin-${version}.tgz`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
  npm(["install", "--prefix", folder, "--prefer-offline", tarball]);

  const installed = path.join(folder, "node_modules", "temoin");
  for (const kept of ["src", "test", "scripts"]) {
    assert.ok(!existsSync(path.join(installed, kept)), `the tarball holds ${kept}/`);
  }

  const command = path.join(folder, "node_modules", ".bin", "temoin");
  const said = execFileSync(command, ["--version"], { encoding: "utf8" });
  assert.equal(said, `${version}\n`);
  assert.ok(existsSync(path.join(installed, "profiles", "claude.yaml")), "it has no profiles");
  assert.ok(existsSync(path.join(installed, "skills", "temoin", "SKILL.md")), "it has no skill");
  const loader = path.join(installed, "dist", "agents", "profile", "load-profile.js");
  const loads = `(await import(${JSON.stringify(loader)})).loadProfile({ profile: "claude", root: "/" })`;
  execFileSync(process.execPath, ["--input-type=module", "--eval", `await ${loads}`]);
  assert.ok(existsSync(path.join(installed, "matchers", "eslint.yaml")), "it has no matchers");
  const asks = path.join(installed, "dist", "agents", "dangerous.js");
  const lists = `(await import(${JSON.stringify(asks)})).commandPolicy().dangerous.length`;
  const counted = execFileSync(process.execPath, [
    "--input-type=module",
    "--eval",
    `console.log(${lists})`,
  ]);
  assert.ok(Number(counted) > 0, "it knows no dangerous commands");
  process.stdout.write(`temoin ${version} runs from its tarball\n`);

  for (const node of olderNodes()) {
    const end = spawnSync(node, [command, "--version"], { encoding: "utf8" });
    assert.equal(end.status, 1);
    assert.match(end.stderr, /^temoin needs Node\.js \S+ or newer; this is v\S+\. Install .*\n$/);
    process.stdout.write(`on ${node}: ${end.stderr}`);
  }
}

function npm(args: readonly string[]): void {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", [...args, ...quiet], { stdio: ["ignore", 2, 2] });
  assert.equal(status, 0, `npm ${args[0]} failed`);
}

/** Programs named `node` on PATH that are older than what package.json asks for. */
function olderNodes(): readonly string[] {
  const { engines }: { engines: { node: string } } = JSON.parse(
    readFileSync("package.json", "utf8"),
  );
  const [major = 0, minor = 0] = engines.node.replace(">=", "").split(".").map(Number);
  const found = (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((directory) => path.join(directory, "node"))
    .filter((node) => existsSync(node))
    .map((node) => realpathSync(node));
  return [...new Set(found)].filter((node) => {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).slice(1);
    const [hasMajor = 0, hasMinor = 0] = version.split(".").map(Number);
    return hasMajor < major || (hasMajor === major && hasMinor < minor);
  });
}
