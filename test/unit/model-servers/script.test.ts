import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { moveAt, placeOf, usageAt } from "../../model-servers/conversation.ts";
import { readScript, ScriptError } from "../../model-servers/script.ts";

const noFile = () => null;

describe("a script in a prompt", () => {
  it("is read wherever it stands in the text, in the order of its words", () => {
    const script = readScript(
      "# T-1\n\nDo `write=no`.\n<fake>\nwrite=a.txt text={{two words}}; run={{echo '{\"a\":{}}' > b}}\n say={{Done: it's so}}</fake>\n\n## Gates",
    );
    assert.deepEqual(script?.length, 1);
    assert.deepEqual(script[0]?.steps, [
      { does: "write", file: "a.txt", text: "two words" },
      { does: "run", command: "echo '{\"a\":{}}' > b", escalate: false },
    ]);
    assert.equal(script[0]?.say, "Done: it's so");
  });

  it("is the last of several, and none where there is no tag", () => {
    assert.equal(readScript("write=a.txt"), null);
    const script = readScript("<fake>say=one</fake> and <fake>say=two</fake>");
    assert.equal(script?.[0]?.say, "two");
  });

  it("keeps text whose last character is a brace", () => {
    const [round] = readScript('<fake>run={{echo {"a":{"b":1}}}}</fake>') ?? [];
    assert.deepEqual(round?.steps[0], {
      does: "run",
      command: 'echo {"a":{"b":1}}',
      escalate: false,
    });
  });

  it("repeats a step, and describes faults one by one", () => {
    const [round] =
      readScript(
        "<fake>append=s.txt repeat=3 fail=429 times=2 retry_after=1 fail=cut at=1</fake>",
      ) ?? [];
    assert.equal(round?.steps.length, 3);
    assert.deepEqual(
      round?.faults.map(({ kind, times, at, retryAfterSeconds }) => [
        kind,
        times,
        at,
        retryAfterSeconds,
      ]),
      [
        [429, 2, 0, 1],
        ["cut", Number.POSITIVE_INFINITY, 1, null],
      ],
    );
  });

  for (const [words, says] of [
    ["wirte=a.txt", /"wirte" is no word/],
    ["fail=418", /fail=418 is no fault/],
    ["text=a", /text stands before/],
    ["times=1", /times stands before/],
    ["stream=many", /stream needs a number/],
    ["say", /say needs a value/],
    ["mcp=report", /mcp needs SERVER\.TOOL/],
    ["run={{open", /no word of a script begins|a blank is missing/],
    ["todo text=a", /text says nothing about todo/],
  ] as const) {
    it(`is refused when it is wrong: ${words}`, () => {
      assert.throws(
        () => readScript(`<fake>${words}</fake>`),
        (error) => error instanceof ScriptError && says.test(error.message),
      );
    });
  }
});

describe("the rounds of a conversation", () => {
  const humans = ["<fake>run={{a}} next run={{b}} say=mended</fake>", "the gate is red", "still?"];

  it("are taken one after the other by the prompts that follow the script", () => {
    const says = [1, 2, 3].map((n) => {
      const { round, step } = placeOf({ humans: humans.slice(0, n), results: 0 }, noFile);
      return moveAt(round, step).call ?? moveAt(round, step).text;
    });
    assert.deepEqual(says, [
      { does: "run", command: "a", escalate: false },
      { does: "run", command: "b", escalate: false },
      "I have read it.",
    ]);
  });

  it("begin again with a prompt that has a script of its own", () => {
    const later = [...humans, "<fake>say=other</fake>"];
    const { round, n } = placeOf({ humans: later, results: 0 }, noFile);
    assert.deepEqual([n, moveAt(round, 0).text], [1, "other"]);
  });

  it("report what was read from the step on that the script names", () => {
    const { round } = placeOf({ humans: ["<fake>usage=9 from=2</fake>"], results: 0 }, noFile);
    assert.deepEqual([usageAt(round, 1), usageAt(round, 2), usageAt(null, 2)], [null, 9, null]);
  });

  it("begin with a prompt whose words lie beside it", () => {
    const beside = (prompt: string) => (prompt === "of temoin" ? "run={{a}} next say=again" : null);
    const at = (...humans: readonly string[]) => {
      const { round } = placeOf({ humans, results: 0 }, noFile, beside);
      return moveAt(round, 0).call?.does ?? moveAt(round, 0).text;
    };
    assert.equal(at("of temoin"), "run");
    assert.equal(at("of temoin", "still?"), "again");
    assert.equal(at("of temoin", "<fake>say=own</fake>"), "own");
    assert.equal(at("of another"), "I have read it.");
  });

  it("end with the last words when the results of all steps are there", () => {
    const { round, step } = placeOf({ humans: humans.slice(0, 2), results: 1 }, noFile);
    assert.deepEqual(moveAt(round, step).text, "mended");
  });

  it("count a prompt that names its file as that file", () => {
    const read = (file: string) => (file === "/p/1.md" ? "<fake>say=file</fake>" : null);
    const text = "Read the file /p/1.md and do what it says.";
    const { round, prompt } = placeOf({ humans: [text], results: 0 }, read);
    assert.deepEqual([moveAt(round, 0).text, prompt], ["file", "<fake>say=file</fake>"]);
  });
});
