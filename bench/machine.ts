/** On what a measurement was made: enough to judge a number by, nothing that names the machine. */

import { execFileSync } from "node:child_process";
import { statfsSync } from "node:fs";
import os from "node:os";

export interface Machine {
  readonly platform: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly git: string;
  readonly sqlite: string;
  /** Of the temporary directory, where the measured repositories and stores lie. */
  readonly fileSystem: string;
  /** The load average of the last minute, before the first measurement. */
  readonly load: number;
}

export function describeMachine(): Machine {
  return {
    platform: `${os.platform()} ${os.arch()}`,
    cores: os.availableParallelism(),
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
    git: execFileSync("git", ["--version"], { encoding: "utf8" })
      .trim()
      .replace("git version ", ""),
    sqlite: process.versions["sqlite"] ?? "unknown",
    fileSystem: fileSystemOf(os.tmpdir()),
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** Magic numbers of statfs(2), in hexadecimal. */
const fileSystems: Readonly<Record<string, string>> = {
  ef53: "ext4",
  "58465342": "xfs",
  "9123683e": "btrfs",
  "1021994": "tmpfs",
  "794c7630": "overlay",
};

function fileSystemOf(directory: string): string {
  const magic = statfsSync(directory).type.toString(16);
  return fileSystems[magic] ?? magic;
}
