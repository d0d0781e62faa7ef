import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import { unified } from "unified";
import { logHeader, logLine, logRow, logRows } from "../../../src/domain/view-log.ts";
import { oneLine, tableCell } from "../../../src/domain/view-text.ts";
import { id, spec } from "../../task-spec.ts";
import { draft, Project, sha } from "./project.ts";

describe("rows of the log", () => {
  it("tell tasks that were added at once in one row, under the number of the last", () => {
    const project = new Project();
    project.add(draft("A-1"), draft("A-2"), draft("A-3"));
    project.now = 2_000;
    project.add(draft("B-1"));
    const rows = logRows(1, project.events);
    assert.deepEqual(
      rows.map(({ seq, row }) => [seq, row.action, row.target]),
      [
        [3, "added 3 tasks", "A-1, A-2, A-3"],
        [4, "added: the work of B-1", "B-1"],
      ],
    );
  });

  it("are the same wherever between two commits the events are cut", () => {
    const { events, commits } = busyProject();
    const whole = logRows(1, events);
    for (const cut of commits) {
      const parts = [...logRows(1, events.slice(0, cut)), ...logRows(cut + 1, events.slice(cut))];
      assert.deepEqual(parts, whole);
    }
  });

  it("begin again at the row after any row, with the same rows", () => {
    const { events } = busyProject();
    const whole = logRows(1, events);
    for (const [at, { seq }] of whole.entries()) {
      assert.deepEqual(logRows(seq + 1, events.slice(seq)), whole.slice(at + 1));
    }
  });

  it("tell the way of a task from its coming to its landing", () => {
    const project = new Project();
    project.add(draft("T-1"));
    project.run({ codex: [] }, { gates: ["build"] });
    project.say("T-1", { type: "attempt_moved", phase: "starting", evidence: [] });
    project.say("T-1", { type: "attempt_moved", phase: "working", evidence: [] });
    project.say("T-1", { type: "gates_ran", results: [gate("failed", 1)] });
    project.say("T-1", { type: "feedback_given", round: 1, says: "build is red" });
    project.say("T-1", { type: "gates_ran", results: [gate("passed", 0)] });
    project.end("T-1", "verified");
    project.land("T-1");
    assert.deepEqual(
      logRows(1, project.events).map(({ row }) => `${row.actor}: ${row.action} | ${row.status}`),
      [
        "person: added: the work of T-1 | ⏳ queued",
        "temoin: run started with codex-1 | 🔄 running",
        "temoin: assigned to codex-1: no role asked: any agent | 🔄 assigned",
        "codex: started | 🔄 running",
        "temoin: gates: build ✗ (exit 1) | ❌ red",
        "temoin: feedback, round 1: build is red | 🔄 feedback",
        "temoin: gates: build ✓ | ✅ green",
        "codex: ended verified: it was verified | ✅ verified",
        `temoin: landed as ${sha(9).slice(0, 10)}, gates passed on the result | ✅ done`,
      ],
    );
  });

  it("never call green what no gate has looked at", () => {
    const at = { at: 0, by: "temoin" } as const;
    const none = { ...at, type: "gates_ran", task: id("T-1"), attempt: 1, results: [] } as const;
    assert.equal(logRow(none), null);
    const landed = { ...at, type: "landed", task: id("T-1"), attempt: 1, sha: sha(1) } as const;
    assert.match(logRow({ ...landed, proven: false })?.status ?? "", /unproven/);
  });
});

describe("a table cell", () => {
  const words = fc.string({ unit: "grapheme", maxLength: 120 });
  const nasty = fc
    .array(
      fc.constantFrom(
        "|",
        "\\",
        "`",
        "<!--",
        "-->",
        "<b>",
        "&lt;",
        "*",
        "_",
        "~~",
        "[x](y)",
        "\n",
        "\r",
        "\u001b[2J",
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join("a"));

  it("shows the same words, whatever they are, and never leaves its cell", () => {
    fc.assert(
      fc.property(fc.oneof(words, nasty), nasty, (title, why) => {
        const event = { at: 0, by: "temoin", type: "task_failed", task: id("T-1"), why } as const;
        const failed = logRow(event);
        const added = logRow({
          at: 0,
          by: "person",
          type: "task_added",
          spec: spec("T-1", { title }),
          status: { state: "queued" },
        });
        assert(failed !== null && added !== null);
        const lines = [failed, added].map((row) => `${logLine(row)} <!-- 7 -->`);
        const table = parseTable([...logHeader, ...lines].join("\n"));
        assert.equal(table.children.length, 3);
        assert.equal(cellText(table, 1, 2), oneLine(`failed: ${why}`));
        assert.equal(cellText(table, 2, 2), oneLine(`added: ${title}`));
      }),
      { numRuns: 150 },
    );
  });

  it("cuts long words and keeps what it cuts whole", () => {
    const cell = tableCell("😀".repeat(500), 10);
    assert.equal(cell, `${"😀".repeat(9)}…`);
  });
});

function gate(verdict: "passed" | "failed", exitCode: number) {
  return {
    name: "build",
    verdict,
    exitCode,
    durationMs: 1,
    proof: null,
    why: "",
    where: "workspace",
    round: 0,
  } as const;
}

/** Events, and after how many of them each commit was whole. */
function busyProject() {
  const project = new Project();
  const commits: number[] = [];
  const mark = (): number => commits.push(project.events.length);
  project.add(draft("A-1"), draft("A-2"), { spec: spec("A-3"), start: "needs_human" });
  mark();
  project.add(draft("B-1"), draft("B-2", { deps: [id("A-1")] }));
  mark();
  project.run({ codex: [], claude: [] });
  mark();
  project.end("A-1", "verified");
  mark();
  project.land("A-1");
  mark();
  project.end("A-2", "blocked");
  mark();
  return { events: project.events, commits };
}

const reader = unified().use(remarkParse).use(remarkGfm);
type Table = Extract<ReturnType<typeof reader.parse>["children"][number], { type: "table" }>;

function parseTable(markdown: string): Table {
  const [table] = reader.parse(markdown).children;
  assert(table?.type === "table");
  return table;
}

function cellText(table: Table, row: number, column: number): string {
  const cell = table.children[row]?.children[column];
  assert(cell !== undefined);
  return cell.children
    .map((node) => {
      assert(node.type === "text" || node.type === "link", `${node.type} in a cell`);
      return node.type === "text" ? node.value : node.children.map(textOf).join("");
    })
    .join("");
}

function textOf(node: { type: string; value?: string }): string {
  return node.value ?? "";
}
