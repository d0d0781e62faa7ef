/**
 * A Markdown document into a plan: section by section, every form of task wherever it stands, and
 * what the document says of agents, phases and the end.
 */

import type { Block, Code, List } from "./blocks.ts";
import type { BodySource } from "./body.ts";
import { classify, commandIn, criteriaIn, isGeneral, proposedGates } from "./criteria.ts";
import type { Found } from "./found.ts";
import type { ParseMarkdown } from "./markdown.ts";
import { mergeFound } from "./merge.ts";
import { endOfSection, groupAbove, outline, phaseAbove, type Section } from "./outline.ts";
import { PhaseBook } from "./phases.ts";
import type { Plan, PlannedTask, PlanWarning } from "./plan.ts";
import { type AgentRoles, agentsInList, agentsInTable, handoffIn, joinAgents } from "./roles.ts";
import { isTaskSection, readTaskSection } from "./sections.ts";
import { readTaskTable } from "./tables.ts";
import { hasTasks, TaskLists } from "./task-list.ts";
import { isAgentsHeading, isCriteriaHeading, plainWords } from "./words.ts";

export function readMarkdownPlan(
  text: string,
  parse: ParseMarkdown,
  { file, stem }: { readonly file: string; readonly stem: string },
): Plan {
  const document = parse(text);
  const warnings: PlanWarning[] = [...document.warnings];
  const warn = (warning: PlanWarning): void => void warnings.push(warning);
  const reading = new Reading({ document, parse, warn });
  reading.readAll(outline(document.blocks));
  const merged = mergeFound(reading.found, { file, stem, warn });
  const { tasks, phases, criteria: loose } = reading.phases.settle(merged, warn);
  const ends = [...reading.criteria, ...loose];
  const classified = ends.map((says) => ({ says, criterion: classify(says) }));
  return {
    tasks,
    agents: joinAgents(reading.agents),
    phases,
    goal: classified.flatMap(({ criterion }): Plan["goal"] => {
      if (criterion.kind === "run") return [{ run: criterion.run }];
      return criterion.kind === "changed" ? [{ changed: criterion.changed }] : [];
    }),
    gates: proposedGates([
      ...tasks.flatMap(commandsOf),
      ...phases.flatMap((phase) => phase.criteria.flatMap(generalCommand)),
      ...ends.flatMap(generalCommand),
    ]),
    criteria: classified.flatMap(({ says, criterion }) =>
      criterion.kind === "prose" ? [says] : [],
    ),
    handoff: reading.handoff,
    warnings,
  };
}

function commandsOf({ brief }: PlannedTask): readonly string[] {
  return [...brief.acceptance, ...brief.tests].flatMap(generalCommand);
}

function generalCommand(text: string): readonly string[] {
  const command = commandIn(text);
  return command !== null && isGeneral(command) ? [command] : [];
}

class Reading {
  readonly #source: BodySource;
  readonly #lists: TaskLists;
  readonly found: Found[] = [];
  readonly agents: AgentRoles[] = [];
  readonly criteria: string[] = [];
  readonly phases = new PhaseBook();
  handoff: Plan["handoff"] = null;

  constructor(source: BodySource) {
    this.#source = source;
    this.#lists = new TaskLists(source);
  }

  readAll(sections: readonly Section[]): void {
    let at = 0;
    while (at < sections.length) at = this.#readFrom(sections, at);
  }

  /** Returns the index of the section to go on with. */
  #readFrom(sections: readonly Section[], at: number): number {
    const section = sections[at];
    if (section === undefined) return sections.length;
    this.phases.see(section);
    const task = this.#readTask(sections, at);
    if (task !== null) return task;
    const end = endOfSection(sections, at);
    if (section.heading !== null && isCriteriaHeading(section.heading.text)) {
      for (const each of sections.slice(at, end)) this.#readCriteria(each);
      return end;
    }
    for (const block of section.blocks) this.#readBlock(block, section);
    this.handoff ??= handoffIn(section.blocks);
    return at + 1;
  }

  /** `null`: no task begins here. A task ends where a section below it is a task itself. */
  #readTask(sections: readonly Section[], at: number): number | null {
    const section = sections[at];
    const source = this.#source;
    const heading = section?.heading ?? null;
    if (section === undefined || heading === null || !isTaskSection(section, source)) return null;
    const last = endOfSection(sections, at);
    let end = at + 1;
    for (let next = sections[end]; next !== undefined && end < last; next = sections[end]) {
      if (isTaskSection(next, source)) break;
      end += 1;
    }
    this.found.push(readTaskSection({ ...section, heading }, sections.slice(at + 1, end), source));
    return end;
  }

  #readCriteria(section: Section): void {
    this.phases.see(section);
    const criteria = criteriaIn(section.blocks);
    const phase = phaseAbove(section);
    if (phase === null) this.criteria.push(...criteria);
    else this.phases.addCriteria(phase, criteria);
  }

  #readBlock(block: Block, section: Section): void {
    switch (block.kind) {
      case "table": {
        const rows = readTaskTable(block, phaseAbove(section), this.#source.warn);
        this.found.push(...rows);
        if (rows.length === 0) this.agents.push(...agentsInTable(block));
        break;
      }
      case "list":
        this.#readList(block, section);
        break;
      case "code":
        this.#readFence(block, section);
        break;
      case "paragraph": {
        const phase = phaseAbove(section);
        if (phase === null) break;
        // spec-kit ends each phase with such a line.
        const checkpoints = block.lines.filter(({ key }) => plainWords(key ?? "") === "checkpoint");
        this.phases.addCriteria(
          phase,
          checkpoints.map(({ text }) => text),
        );
        break;
      }
      case "heading":
        break;
    }
  }

  #readList(list: List, section: Section): void {
    if (hasTasks(list)) this.found.push(...this.#lists.read(list, groupAbove(section)));
    else if (isAgentsHeading(section.heading?.text ?? "")) this.agents.push(...agentsInList(list));
  }

  /** Code is no task, but a table that is shown in a fence of Markdown is a queue all the same. */
  #readFence(code: Code, section: Section): void {
    if (code.lang !== "markdown" && code.lang !== "md") return;
    const { warn } = this.#source;
    const inside: BodySource["warn"] = ({ line, says }) =>
      warn({ line: line + code.span.line, says });
    for (const block of this.#source.parse(code.value).blocks) {
      if (block.kind !== "table") continue;
      const rows = readTaskTable(block, phaseAbove(section), inside);
      this.found.push(...rows.map((row) => ({ ...row, line: row.line + code.span.line })));
    }
  }
}
