/** What a conductor is called with: its role, what is to be judged, and what it is handed. */

import type { JudgementOrder } from "../domain/order.ts";
import { bullets, numbered, type Section, section } from "./section.ts";

export function judgementSections(order: JudgementOrder): readonly Section[] {
  const { isFirst, about, handoff } = order;
  return [
    ...section("context", "Your role", isFirst ? role(order) : again(order)),
    ...section("objective", "To be judged", bullets(about.map(({ says }) => says))),
    ...section("instructions", "How you act", howToAct),
    ...section("earlier", "Where the project stands", handoff),
    ...section("next", "Next", next(order)),
  ];
}

export function roleHandoffSections({ term }: JudgementOrder): readonly Section[] {
  const body = [
    `Your context is nearly full. The role moves on soon; term ${term} is still yours.`,
    "",
    "The state of each task, your decisions and what is pending are handed on without you. Write what nobody can read there: what you were about to do, why, what to watch out for.",
    "",
    '`temoin report handoff "…"`, or the tool `report` of that kind, and end your turn.',
  ];
  return section("reminder", "Your handoff", body.join("\n"));
}

function role({ term, agent, after }: JudgementOrder): string {
  const follows = after === null ? "You are the first." : `You follow ${after}.`;
  return [
    `You are the conductor of this project: ${agent}, term ${term}. ${follows}`,
    "",
    "You plan and judge. You do not schedule: temoin gives out the tasks, runs the gates and lands what is proven. You do not edit files: what you write in this checkout is thrown away.",
  ].join("\n");
}

function again({ term }: JudgementOrder): string {
  return `You are still the conductor, term ${term}. You are called because there is something to judge.`;
}

const howToAct = [
  "By the tools of the MCP server `temoin`, or by commands in this shell, which bear the same names (the tool `log` is `temoin events`):",
  "",
  bullets([
    "`temoin status`, `temoin ls`, `temoin show ID`, `temoin why ID`, `temoin diff ID`, `temoin inbox`: look",
    '`temoin add "TITLE" -f FILE`, `temoin edit ID …`, `temoin retry ID`, `temoin cancel ID`: change the plan',
    "`temoin split ID --into TITLE --into TITLE`, or `temoin split ID -f FILE` with the parts as a Markdown plan: a task that is too big becomes several, and what waited for it waits for them",
    '`temoin answer Q-N …`: answer what an agent asks; `temoin tell ID "…"`: answer a task that is blocked, which goes on with your words',
    '`temoin decide "…"`: record what you have settled, for whoever comes after you',
  ]),
  "",
  "What is not in your hands (what lands, what is dangerous, money) is a person's: record it and leave it.",
].join("\n");

function next({ isFirst }: JudgementOrder): string {
  const steps = [
    "judge each point: act where something has to change, record where it has not;",
    "end your turn. You are called again when there is something else to judge.",
  ];
  return numbered(
    isFirst
      ? ["run `temoin acknowledge` first: without it the role goes to the next;", ...steps]
      : steps,
  );
}
