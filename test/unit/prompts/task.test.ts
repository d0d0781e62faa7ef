import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Brief, briefLines, emptyBrief } from "../../../src/domain/brief.ts";
import type { AttemptOrder } from "../../../src/domain/order.ts";
import { createPrompts, type PromptOptions } from "../../../src/prompts/create-prompts.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";
import { tagNames } from "../../../src/prompts/section.ts";

const options: PromptOptions = {
  style: "headings",
  target: "main",
  gates: [
    { name: "build", run: "cargo build --release" },
    { name: "test", run: "cargo test" },
  ],
  stateDir: "/home/me/bot/.temoin",
  template: null,
};
const styles = ["headings", "xml"] as const;
const order = sampleOrder();

/** The first attempt at a task that has nothing but this brief. */
function firstAttempt(brief: Brief): AttemptOrder {
  return {
    ...order,
    attempt: 1,
    branch: "temoin/TODO-POB-001/1",
    base: { from: "target" },
    earlier: [],
    tells: [],
    task: { ...order.task, skills: [], verify: [] },
    brief,
  };
}

function promptOf(given: AttemptOrder, extra: Partial<PromptOptions> = {}): Promise<string> {
  return createPrompts({ ...options, ...extra }).task(given);
}

function fixture(name: string): Promise<string> {
  return readFile(new URL(`../../fixtures/prompts/${name}`, import.meta.url), "utf8");
}

describe("the prompt of a task", () => {
  for (const style of styles) {
    it(`in the style ${style} says everything that is known, in its order`, async () => {
      assert.equal(await promptOf(order, { style }), await fixture(`task.${style}.txt`));
    });

    it(`in the style ${style} has the author's text as its objective where that is all`, async () => {
      const raw = "Make `ls` faster.\n\nIt reads every file twice.\n";
      const given = firstAttempt({ ...emptyBrief, raw });
      assert.equal(await promptOf(given, { style }), await fixture(`raw.${style}.txt`));
    });
  }

  it("has the title as its objective where the brief is empty", async () => {
    assert.match(
      await promptOf(firstAttempt(emptyBrief)),
      /## Objective\n\nKeep positions and trades across a crash\n/,
    );
  });

  it("gives an agent its own style", async () => {
    const prompt = await promptOf(order, { styles: { [order.agent]: "xml" } });
    assert.match(prompt, /^<task id="TODO-POB-001" attempt="3">/);
  });

  it("asks for a merge of the target only where the work with the conflict is in the branch", async () => {
    const merge = "git merge refs/temoin/target/main";
    assert.ok((await promptOf(order)).includes(merge));
    assert.ok(!(await promptOf({ ...order, base: { from: "target" } })).includes(merge));
    assert.ok(!(await promptOf({ ...order, earlier: order.earlier.slice(0, 1) })).includes(merge));
  });

  it("says that nothing is proven by gates where there are none", async () => {
    const prompt = await promptOf(firstAttempt(emptyBrief), { gates: [] });
    assert.match(prompt, /No gates are configured\. Prove your work/);
  });

  it("has every line of every part of the brief, and no undefined one", async () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.constantFrom("{{ brief.raw }}", "{% raw %}", "{%", "}}", "a\nb", "## Workspace", "$& $1"),
    );
    const parts = fc.array(text, { maxLength: 3 });
    const brief: fc.Arbitrary<Brief> = fc.record({
      context: text,
      objective: text,
      files: parts,
      instructions: parts,
      constraints: parts,
      deliverables: parts,
      acceptance: parts,
      tests: parts,
      raw: fc.constant(""),
    });
    await fc.assert(
      fc.asyncProperty(brief, async (given) => {
        const prompt = await promptOf(firstAttempt(given));
        for (const line of Object.values(given).flat().flatMap(linesOf)) {
          assert.ok(prompt.includes(line), `${JSON.stringify(line)} is missing`);
        }
        assert.ok(linesOf(prompt).length >= briefLines(given));
        if (JSON.stringify(given).includes("undefined")) return;
        assert.doesNotMatch(prompt, /\[object Object|undefined/);
      }),
      { numRuns: 200 },
    );
  });

  it("cannot be broken out of in the style xml: each section opens and closes once", async () => {
    const tag = fc
      .tuple(
        fc.constantFrom(...tagNames),
        fc.constantFrom("<", "</", "< / ", "<\n/"),
        fc.constantFrom(">", " >", ' title="x">', "/>"),
        fc.boolean(),
      )
      .map(([name, open, close, upper]) => open + (upper ? name.toUpperCase() : name) + close);
    const text = fc.array(fc.oneof(tag, fc.constantFrom("Vec<T>", "x", "\n")), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, async (context, instruction) => {
        const given = {
          ...emptyBrief,
          context: `x${context.join("")}`,
          instructions: [`x${instruction.join("")}`],
        };
        const prompt = await promptOf(firstAttempt(given), { style: "xml" });
        for (const name of tagNames) {
          const all = [...prompt.matchAll(new RegExp(`<\\s*(/?)\\s*${name}(?![\\w-])`, "gi"))];
          const expected = [
            "task",
            "context",
            "objective",
            "instructions",
            "workspace",
            "gates",
            "report",
          ];
          assert.deepEqual(
            all.map(([, slash]) => slash),
            expected.includes(name) ? ["", "/"] : [],
            name,
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it("leaves code readable in the style xml", async () => {
    const brief = { ...emptyBrief, objective: "Return `Vec<Task>` & <b>never</b> `a < b`." };
    const prompt = await promptOf(firstAttempt(brief), { style: "xml" });
    // `<Task>` could open a section; everything else stands as it is.
    assert.ok(prompt.includes("Return `Vec&lt;Task>` & <b>never</b> `a < b`."), prompt);
  });
});

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
