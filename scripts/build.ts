/** Makes dist/ from src/: what is published, since Node strips no types under node_modules. */

import { spawnSync } from "node:child_process";
import { cpSync, rmSync, statSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
const { status } = spawnSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
if (status === 0) copyDataFiles();
else process.exitCode = 1;

/** What lies beside the code: templates, profiles. */
function copyDataFiles(): void {
  cpSync("src", "dist", {
    recursive: true,
    filter: (source) => statSync(source).isDirectory() || !source.endsWith(".ts"),
  });
}
