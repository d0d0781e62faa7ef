import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../../src/lib/app-error.ts";
import { checkTemplate, createPrompts } from "../../../src/prompts/create-prompts.ts";
import { sampleOrder } from "../../../src/prompts/sample-order.ts";

const order = sampleOrder();

function withTemplate(text: string) {
  return {
    style: "headings",
    target: "main",
    gates: [{ name: "build", run: "make" }],
    stateDir: "/s",
    template: { file: "./prompt.liquid", text },
  } as const;
}

function promptOf(text: string, given = order): Promise<string> {
  return createPrompts(withTemplate(text)).task(given);
}

describe("a person's own template", () => {
  it("can put words around the prompt as it is", async () => {
    const plain = await createPrompts({ ...withTemplate(""), template: null }).task(order);
    assert.equal(await promptOf("Be brief.\n\n{{ prompt }}"), `Be brief.\n\n${plain}`);
  });

  it("has every variable that the documentation lists", async () => {
    const text = `{{ id }}|{{ title }}|{{ priority }}|{{ role }}|{{ phase }}|{{ estimate }}|{{ agent }}
{{ attempt }}|{{ branch }}|{{ base }}|{{ target }}|{{ target_ref }}|{{ style }}|{{ conflict }}
{{ brief.context }}{{ brief.objective }}{% for f in brief.files %}{{ f }}{% endfor %}{{ brief.raw }}
{{ skills | join: "," }}|{{ verify | join: "," }}|{{ tells | join: "," }}
{% for gate in gates %}{{ gate.name }}={{ gate.run }}{% endfor %}
{% for one in earlier %}{{ one.n }} {{ one.agent }} {{ one.outcome }} {{ one.why }}{% for gate in one.gates %} {{ gate.name }} {{ gate.why }} {{ gate.proof }}{% endfor %};{% endfor %}
{{ workspace }}{{ report }}{% for section in sections %}{{ section.name }}:{{ section.title }} {% endfor %}`;
    const prompt = await promptOf(text);
    assert.match(
      prompt,
      /^TODO-POB-001\|Keep positions.*\|high\|feature\|Phase 1\|3 prompts\|claude\n/,
    );
    assert.match(
      prompt,
      /\n3\|temoin\/TODO-POB-001\/3\|attempt\|main\|refs\/temoin\/target\/main\|headings\|true\n/,
    );
    assert.match(
      prompt,
      /\nbuild=make\n1 codex gate_failed .* test Exit code 101 .* \/s\/proof\/TODO-POB-001\/1\/test\.log;/,
    );
    assert.match(prompt, /workspace:Workspace gates:Gates report:Report/);
  });

  it("reads nothing of a brief as a template", async () => {
    const given = { ...order, brief: { ...order.brief, objective: "{{ id }}{% if %}" } };
    assert.equal(await promptOf("{{ brief.objective }}", given), "{{ id }}{% if %}\n");
  });

  for (const [what, text, says] of [
    [
      "an unknown variable",
      "a\n{{ titel }}",
      /^Cannot use the prompt template \.\/prompt\.liquid:2:4: undefined variable: titel\.$/,
    ],
    [
      "an unknown filter",
      "{{ title | shout }}",
      /\.\/prompt\.liquid:1:\d+: undefined filter: shout/,
    ],
    [
      "a tag without its end",
      "\n{% if title %}",
      /\.\/prompt\.liquid:2:1: tag \{% if title %\} not closed/,
    ],
    ["an unknown tag", "{% nope %}", /\.\/prompt\.liquid:1:1: tag "nope" not found/],
    ["another file", "{% include '/etc/passwd' %}", /\.\/prompt\.liquid/],
    ["an inherited property", "{{ title.constructor }}", /\.\/prompt\.liquid:1:/],
    ["a loop without end", "{% for i in (1..1000000000) %}x{% endfor %}", /\.\/prompt\.liquid/],
    [
      "nothing but blanks",
      " {{ '' }}\n",
      /^The prompt template \.\/prompt\.liquid gives an empty prompt\.$/,
    ],
  ] as const) {
    it(`is refused for ${what}, with its file and the next step`, async () => {
      await assert.rejects(checkTemplate(withTemplate(text)), (error) => {
        assert.ok(error instanceof AppError, String(error));
        assert.equal(error.code, "config");
        assert.match(error.message, says);
        assert.ok((error.hint ?? "").length > 0);
        return true;
      });
    });
  }

  it("is accepted beforehand when it can be used", async () => {
    await checkTemplate(withTemplate("{{ prompt }}"));
    await checkTemplate({ ...withTemplate(""), template: null });
  });
});
