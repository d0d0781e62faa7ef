/** Makes dist/ from src/: what is published, since Node strips no types under node_modules. */

import { execFileSync } from "node:child_process";
import { cpSync, rmSync, statSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
execFileSync("tsc", ["-p", "tsconfig.build.json"], { stdio: "inherit" });
// What lies beside the code: templates, profiles.
cpSync("src", "dist", {
  recursive: true,
  filter: (source) => statSync(source).isDirectory() || !source.endsWith(".ts"),
});
