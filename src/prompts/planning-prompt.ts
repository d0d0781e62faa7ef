/** What an agent is told that is to draft a plan, and what it is told of a draft that is not complete. */

import { findingText } from "../domain/drafted-plan.ts";
import type { PlanningOrder } from "../domain/planning.ts";
import type { PlanAgain } from "./prompt.ts";
import { bullets, numbered, type Section, section } from "./section.ts";

export function planningSections(order: PlanningOrder): readonly Section[] {
  const { goal, board, gates, before } = order;
  return [
    ...section("context", "Your role", role),
    ...section("objective", "The goal", goal),
    ...section("earlier", "Tasks that are there already", boardText(board, before)),
    ...section("gates", "Gates", gatesText(gates)),
    ...section("instructions", "What a draft is", rulesOf(order)),
    ...section("deliverables", "An example", `\`\`\`markdown\n${exampleDraft}\n\`\`\``),
    ...section("next", "How you hand it in", handIn),
  ];
}

export function planAgainSections(request: PlanAgain): readonly Section[] {
  const { missing, orderFile, draftFile } = request;
  const goal = `The goal, the board and the form of a draft are in ${orderFile}.`;
  if (missing === null) {
    const says =
      "Your turn has ended, and no draft was handed in. What you have only said is lost.";
    return [
      ...section("reminder", "There is no draft", says),
      ...section("next", "Next", `${goal}\n\n${handIn}`),
    ];
  }
  const files = `${goal} Your last draft is in ${draftFile}.`;
  const next = `Complete it, and hand in the whole of it again. ${files}\n\n${handIn}`;
  return [
    ...section("findings", "What is missing in your draft", bullets(missing.map(findingText))),
    ...section("next", "Next", next),
  ];
}

const role =
  "You plan: you draft the tasks by which other coding agents reach a goal in this repository. You change no file; what you write in this checkout is thrown away. A person looks at your draft before anything comes of it. Read what you need of the repository first.";

function boardText(board: readonly string[], before: readonly string[]): string {
  if (board.length === 0) return "None.";
  const again =
    before.length === 0
      ? []
      : [
          "",
          `${before.join(", ")} came from an earlier draft for this goal. Under the same id a task of your draft changes it, as long as it has not started.`,
        ];
  const look =
    "`temoin show ID` tells one with its brief. Do not plan again what is there; depend on it by its id.";
  return [bullets(board), "", look, ...again].join("\n");
}

function gatesText(gates: PlanningOrder["gates"]): string {
  if (gates.length === 0) {
    return "There are none: each task needs a check of its own by `(verify: COMMAND)`.";
  }
  const list = bullets(gates.map(({ name, run }) => `\`${name}\`: \`${run}\``));
  return `Each task must pass these, on its branch and once more merged:\n${list}`;
}

function rulesOf({ roles }: PlanningOrder): string {
  const known = roles.length === 0 ? "feature, refactor, tests, docs" : roles.join(", ");
  return [
    "A Markdown list with boxes, one item for each task:",
    "",
    bullets([
      "a task is one change that can be judged by itself, by an agent that knows nothing but its brief: small enough for one session, and no step of another one;",
      "`ID: Title` begins it; the id is short and new, such as `SHOP-1`;",
      `\`(role: …)\`: what kind of work it is: ${known};`,
      "`(touches: GLOB, GLOB)`: the files that it changes, tests among them, relative to the repository; tasks whose scopes meet do not run at once;",
      "`(depends on ID, ID)`: what has to be done first, and nothing more;",
      "`(verify: COMMAND)`: a command that fails now and passes when the task is done, where one can tell; it is run at the root of the repository, and a person looks at it;",
      "below it, indented, its brief: context, objective, files, instructions, constraints, deliverables and **acceptance** criteria that can be checked; at least fifteen lines of substance.",
    ]),
    "",
    "Nothing else of the document becomes a task: leave out introductions, and what is done already.",
  ].join("\n");
}

/** Complete, as `judgeDraft` wants it. */
export const exampleDraft = [
  "- [ ] SHOP-1: Store orders (role: feature) (touches: src/orders/**, test/orders/**) (verify: npm test -- test/orders)",
  "",
  "  **Context**:",
  "  - The shop has products in `src/products/store.ts`, and no orders yet.",
  "  - Tables are made by migrations in `src/db/`, one file each.",
  "",
  "  **Objective**: An order is kept with its lines, and can be read again by its number.",
  "",
  "  **Files**:",
  "  - src/orders/store.ts (new)",
  "  - test/orders/store.test.ts (new)",
  "",
  "  **Tasks**:",
  "  1. Write `saveOrder(order)` and `findOrder(number)` as `src/products/store.ts` does it.",
  "  2. Refuse an order without lines with an error that says so.",
  "  3. Write the tests first, and see them fail.",
  "",
  "  **Constraints**:",
  "  - No new dependency.",
  "  - Prices stay in cents.",
  "",
  "  **Deliverables**:",
  "  - The store of orders with its tests.",
  "",
  "  **Acceptance**:",
  "  - An order that was saved is found with all its lines.",
  "  - An order without lines is refused, and nothing is kept of it.",
  "  - A number that nobody has gives `null`.",
  "",
  "  **Tests**:",
  "  - One for each of these three.",
  "",
  "- [ ] SHOP-2: Tell of orders in the docs (role: docs) (touches: docs/orders.md, docs/index.md) (depends on SHOP-1) (verify: test -s docs/orders.md)",
  "",
  "  **Context**:",
  "  - Orders are new; nobody who reads the docs knows of them.",
  "  - Each page in `docs/` begins with what the thing is for.",
  "",
  "  **Objective**: A page that tells how to store and to read an order.",
  "",
  "  **Files**:",
  "  - docs/orders.md (new)",
  "",
  "  **Tasks**:",
  "  1. Say what an order is, and what its lines are.",
  "  2. Show `saveOrder` and `findOrder` with one example each, taken from the tests.",
  "  3. Say what is refused, with the words of the error.",
  "",
  "  **Constraints**:",
  "  - Plain words, in the form of the other pages.",
  "  - Nothing is promised that no test shows.",
  "",
  "  **Deliverables**:",
  "  - docs/orders.md",
  "  - A link to it in docs/index.md",
  "",
  "  **Acceptance**:",
  "  - Both examples run as they stand.",
  "  - The refusal is told in the words of the program.",
  "  - No other page has changed.",
  "",
  "  **Tests**:",
  "  - The link is found by `grep orders.md docs/index.md`.",
].join("\n");

const handIn = [
  "By the tool `draft` of the MCP server `temoin` with the whole document as `text`, or in the shell:",
  "",
  ["```sh", "temoin draft - <<'PLAN'", "- [ ] …", "PLAN", "```"].join("\n"),
  "",
  numbered([
    "It answers at once: `complete`, or one line for each thing that is missing.",
    "Complete it and hand in the whole of it again, until it is `complete`. The last one counts.",
    "Then end your turn. What is only said, and not handed in, is lost.",
  ]),
].join("\n");
