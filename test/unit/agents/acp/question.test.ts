/** Forms of an agent, asked field by field, and what goes back. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fill, questionOf, readForm } from "../../../../src/agents/acp/question.ts";

function form(properties: Readonly<Record<string, unknown>>, message = "Please answer.") {
  return readForm({ mode: "form", message, requestedSchema: { type: "object", properties } });
}

describe("a form of an agent", () => {
  test("is one question where it has one field, with a place for words beside its choices", () => {
    const [field, ...others] =
      form(
        {
          question_0: {
            type: "string",
            title: "Colour",
            oneOf: [
              { const: "Red", title: "Red — a warm one" },
              { const: "blue", title: "Blue" },
            ],
          },
          question_0_custom: { type: "string", title: "Other" },
        },
        "Which colour?",
      ) ?? assert.fail("it is a form");
    assert.deepEqual(others, []);
    assert.deepEqual(questionOf("A-1", field), {
      id: "A-1",
      kind: "question",
      says: "Which colour?",
      choices: ["Red", "Blue"],
      takesText: true,
    });
    assert.deepEqual(fill(field, { choice: "Blue" }), { question_0: "blue" });
    assert.deepEqual(fill(field, { text: "green" }), { question_0_custom: "green" });
    assert.equal(fill(field, { choice: "Green" }), "it offers no such choice");
  });

  test("is asked field by field, each with its own words and its own kind of value", () => {
    const fields = form({
      name: { type: "string", description: "Its name?" },
      count: { type: "integer", title: "How many?" },
      sure: { type: "boolean", title: "Sure?" },
      parts: { type: "array", title: "Which parts?", items: { enum: ["a", "b"] } },
    });
    assert.deepEqual(
      fields?.map((field) => {
        const { says, choices, takesText } = questionOf("A-1", field);
        return [says, choices, takesText];
      }),
      [
        ["Its name?", [], true],
        ["How many?", [], true],
        ["Sure?", ["Yes", "No"], false],
        ["Which parts?", ["a", "b"], false],
      ],
    );
    const [name, count, sure, parts] = fields ?? [];
    assert(name && count && sure && parts);
    assert.deepEqual(fill(name, { text: "temoin" }), { name: "temoin" });
    assert.deepEqual(fill(count, { text: "12" }), { count: 12 });
    assert.equal(fill(count, { text: "a dozen" }), "it takes a number");
    assert.deepEqual(fill(sure, { choice: "No" }), { sure: false });
    assert.equal(fill(sure, { text: "no" }), "it takes no words, only a choice");
    assert.deepEqual(fill(parts, { choice: "b" }), { parts: ["b"] });
  });

  test("is none where it is a page to visit, has no fields, or is no form at all", () => {
    for (const params of [
      { mode: "url", url: "https://example.invalid" },
      { mode: "form", requestedSchema: { type: "object", properties: {} } },
      { mode: "form" },
      null,
      "form",
    ]) {
      assert.equal(readForm(params), null);
    }
  });
});
