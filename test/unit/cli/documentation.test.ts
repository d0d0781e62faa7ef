import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { commands } from "../../../src/cli/commands.ts";
import { laterCommands } from "../../../src/cli/later.ts";
import { describeCommand } from "../../../src/cli/parse.ts";
import { runExit } from "../../../src/domain/goal.ts";
import { conductorJson } from "../../../src/domain/view-conductor.ts";
import { exitCodes } from "../../../src/lib/app-error.ts";
import { ConductorProject } from "../domain/conductor-project.ts";

function page(name: string): Promise<string> {
  return readFile(new URL(`../../../docs/${name}`, import.meta.url), "utf8");
}

describe("docs/commands.md", async () => {
  const text = await page("commands.md");
  const [present = "", later = ""] = text.split("## Not yet");

  for (const listed of commands) {
    it(`tells of ${listed.name} with each of its flags`, async () => {
      const row = new RegExp(`[|,] \`${listed.name}(?: [^|]*)?\`(?:,| \\|)`);
      assert.match(present.replaceAll("\\|", "¦"), row);
      const described = describeCommand(listed, await listed.load());
      for (const option of described.options) {
        if (option.hidden) continue;
        const names = [option.long, option.short].filter((name) => name !== undefined);
        assert.ok(
          names.some((name) => present.includes(name ?? "")),
          names.join(),
        );
      }
    });
  }

  it("lists what belongs to later", () => {
    for (const word of laterCommands) assert.ok(later.includes(`\`${word}\``), word);
  });
});

describe("what is written for people and agents", async () => {
  const docs = new URL("../../../docs/", import.meta.url);
  const names = (await readdir(docs)).filter((name) => name.endsWith(".md"));
  const files = [...names.map((name) => `docs/${name}`), "README.md", "skills/temoin/SKILL.md"];
  const known = new Set([...commands.map(({ name }) => name), "help"]);

  for (const file of files) {
    it(`names no command that is not there: ${file}`, async () => {
      const text = await readFile(new URL(`../../../${file}`, import.meta.url), "utf8");
      // In code alone: elsewhere the program is spoken of.
      const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
      const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
      const lines = [...spans, ...blocks.flatMap((block) => block.split("\n"))];
      for (const line of lines) {
        const [, word] = /^(?:\$ |nohup |\.\/bin\/)?temoin ([a-z]+)\b/.exec(line.trim()) ?? [];
        assert.ok(word === undefined || known.has(word), line);
      }
    });
  }
});

describe("docs/spec.md", async () => {
  const text = await page("spec.md");

  it("has the table of error codes as it is", () => {
    for (const [code, exit] of Object.entries(exitCodes)) {
      assert.ok(text.includes(`| \`${code}\` | ${exit} |`), code);
    }
  });

  it("has what the status tells of the conductor", () => {
    const project = new ConductorProject();
    project.start();
    const told = Object.keys(conductorJson(project.state, true) ?? {});
    const written = /^ +conductor:\{(.*)\}\|null,$/m.exec(text)?.[1] ?? "";
    assert.deepEqual(written.replaceAll(":[…]", "").split(", "), told);
  });

  it("has each way in which a run ends", () => {
    for (const exit of Object.values(runExit)) assert.ok(text.includes(`\n| ${exit} |`), `${exit}`);
  });
});
