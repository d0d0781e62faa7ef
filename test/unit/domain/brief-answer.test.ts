import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { AgentAsk } from "../../../src/domain/ask.ts";
import { emptyBrief } from "../../../src/domain/brief.ts";
import {
  answerProblems,
  answersOf,
  judgeQuestion,
  readAnswer,
} from "../../../src/domain/brief-answer.ts";

function question(says: string, choices: readonly string[] = [], more: Partial<AgentAsk> = {}) {
  return { id: "q", kind: "question", says, choices, takesText: true, ...more } as const;
}

/** The answer that is given, or why none is. */
function verdict(says: string, lines: readonly string[], choices: readonly string[] = []): unknown {
  const judged = judgeQuestion(question(says, choices), lines);
  return judged.do === "answer" ? judged.answer : judged.why;
}

describe("a line of a brief", () => {
  const cases: readonly (readonly [string, string | null])[] = [
    ["database: PostgreSQL", "database = PostgreSQL"],
    ["- **Base de données** : `postgres`", "base de donnees = postgres"],
    ["Which port? 8080", "which port? = 8080"],
    ["- Which port?: http://localhost:8080", "which port? = http://localhost:8080"],
    ["Is C++ or C# meant? C++", "is c++ or c# meant? = C++"],
    ["api url: http://localhost:8080", "api url = http://localhost:8080"],
    ["only words", null],
    ["database:", null],
    [": postgres", null],
    ["database: ?!", null],
    ["Which port?", null],
    [`words: ${"x".repeat(600)}`, null],
  ];
  for (const [line, read] of cases) {
    test(`“${line.slice(0, 60)}” is ${read === null ? "no answer" : "an answer"}`, () => {
      const found = readAnswer(line);
      const mark = found?.isQuestion === true ? "?" : "";
      assert.equal(
        found === null ? null : `${found.words.join(" ")}${mark} = ${found.answer}`,
        read,
      );
    });
  }

  test("that answers nothing is named, and is no answer of the task", () => {
    const brief = { ...emptyBrief, answers: ["database: postgres", "as you like"] };
    assert.deepEqual(answersOf(brief), { answers: ["database: postgres"] });
    assert.match(answerProblems(brief)[0] ?? "", /^“as you like” answers no question: write /);
    assert.deepEqual(answersOf(emptyBrief), {});
  });
});

describe("a question", () => {
  const database = ["database: PostgreSQL"];

  test("whose words are those of one line gets its answer, and says by which", () => {
    const judged = judgeQuestion(question("Which database should I use?"), database);
    assert.deepEqual(judged, {
      do: "answer",
      by: "brief",
      line: "database: PostgreSQL",
      answer: { text: "PostgreSQL" },
      why: "its brief says “database: PostgreSQL”",
    });
  });

  const answered: readonly (readonly [string, readonly string[], readonly string[], unknown])[] = [
    ["Which Database?", database, ["MySQL", "PostgreSQL"], { choice: "PostgreSQL" }],
    [
      "Which database?",
      database,
      ["postgresql (Recommended)", "MySQL"],
      { choice: "postgresql (Recommended)" },
    ],
    ["Quelle base de données ?", ["base données: postgres"], [], { text: "postgres" }],
    [
      "May I drop the old table?",
      ["May I drop the old table? yes"],
      ["Yes", "No"],
      { choice: "Yes" },
    ],
    ["I have read the schema. Which database?", database, [], { text: "PostgreSQL" }],
    ["Name the database", database, [], { text: "PostgreSQL" }],
    ["Should I avoid which database?", ["database avoid: mysql"], [], { text: "mysql" }],
  ];
  for (const [says, lines, choices, answer] of answered) {
    test(`“${says}” with ${choices.length} choices is answered by “${lines.join()}”`, () => {
      assert.deepEqual(verdict(says, lines, choices), answer);
    });
  }

  const open: readonly (readonly [string, readonly string[], readonly string[], RegExp])[] = [
    ["Which colour?", database, [], /no line of the brief answers it/],
    ["I set up the database. Which colour?", database, [], /no line of the brief/],
    ["Which databases?", database, [], /no line of the brief/],
    ["Which database? And which port?", database, [], /more than one thing/],
    [
      "Which database port?",
      ["database: postgres", "port: 5432"],
      [],
      /more than one line .*“database: postgres” and “port: 5432”/,
    ],
    ["Which database?", ["database: postgres", "Database: postgres"], [], /more than one line/],
    [
      "Which database?",
      database,
      ["MySQL", "SQLite"],
      /“PostgreSQL” is not just one of its choices/,
    ],
    ["Which database?", database, ["PostgreSQL 16", "MySQL"], /not just one of its choices/],
    ["Which database?", database, ["PostgreSQL", "postgresql"], /not just one of its choices/],
    ["Which database should I avoid?", database, ["PostgreSQL", "MySQL"], /it asks with “avoid”/],
    ["Quelle base ne faut-il pas garder ?", ["base: mysql"], [], /it asks with “ne”/],
    ["Which database should I delete?", database, [], /it asks with “delete”/],
    ["Which database can't we use?", database, [], /it asks with “not”/],
    ["Which database hasn’t a schema?", database, [], /it asks with “not”/],
    ["Quelle base n'utilise-t-on plus ?", ["base: postgres"], [], /it asks with “n”/],
    ["Which database do we migrate away from?", database, [], /it asks with “away”/],
    ["Can I ignore the database?", database, [], /it asks with “ignore”/],
    ["Which database is forbidden?", database, [], /it asks with “forbidden”/],
    [
      "May I delete all the data?",
      ["data: yes"],
      ["Yes", "No"],
      /a yes or no is given only to a question/,
    ],
    ["Are the tests to be kept?", ["tests: Yes, all"], [], /a yes or no/],
    [
      "This is production. May I drop the old table?",
      ["May I drop the old table? yes"],
      [],
      /no line/,
    ],
    ["May I drop the new table?", ["May I drop the old table? yes"], [], /no line/],
    [`Which database? ${"x".repeat(200)}`, database, [], /too long/],
  ];
  for (const [says, lines, choices, why] of open) {
    test(`“${says.slice(0, 60)}” is a person's: ${why.source.slice(0, 40)}`, () => {
      const judged = verdict(says, lines, choices);
      assert.match(typeof judged === "string" ? judged : JSON.stringify(judged), why);
    });
  }

  test("is never a permission, a dialog, or what has to be weighed or counts for always", () => {
    const rule = { kind: "command", pattern: "database" } as const;
    const others: readonly Partial<AgentAsk>[] = [
      { kind: "permission" },
      { kind: "dialog" },
      { careful: "it deletes" },
      { forAlways: { rule, allow: null, refuse: null } },
    ];
    for (const other of others) {
      const judged = judgeQuestion(question("Which database?", [], other), database);
      assert.deepEqual(judged, { do: "ask", why: null });
    }
  });

  test("takes only what it offers: no words where it takes none", () => {
    const closed = question("Which database?", [], { takesText: false });
    assert.equal(judgeQuestion(closed, database).do, "ask");
  });
});

describe("whatever an agent says", () => {
  const word = fc.constantFrom(
    "which",
    "database",
    "port",
    "yes",
    "no",
    "use",
    "not",
    "à",
    "?",
    ":",
    "8080",
  );
  const text = fc.oneof(
    fc.array(word, { maxLength: 12 }).map((words) => words.join(" ")),
    fc.string({ unit: "grapheme", maxLength: 250 }),
  );
  const lines = fc.array(text, { maxLength: 4 });

  test("an answer is that of one line of the brief, and where there are choices one of them", () => {
    fc.assert(
      fc.property(text, lines, fc.array(text, { maxLength: 3 }), (says, given, choices) => {
        const judged = judgeQuestion(question(says, choices), given);
        if (judged.do === "ask") return;
        const answers = given.flatMap((line) => readAnswer(line)?.answer ?? []);
        if ("text" in judged.answer) {
          assert(answers.includes(judged.answer.text));
          assert.equal(choices.length, 0);
        } else assert(choices.includes(judged.answer.choice));
      }),
      { numRuns: 2_000 },
    );
  });

  test("a yes or no is given only word for word", () => {
    fc.assert(
      fc.property(text, fc.array(word, { minLength: 1, maxLength: 4 }), (says, words) => {
        const line = `${words.filter((one) => !/[?:]/.test(one)).join(" ")}: yes`;
        assert.equal(judgeQuestion(question(says, ["Yes", "No"]), [line]).do, "ask");
      }),
    );
  });
});
