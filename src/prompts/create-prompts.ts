/**
 * Composes prompts from orders. The words are ours, the style and the template are the person's;
 * the library behind the templates is loaded at the first prompt.
 */

import type { AgentName } from "../domain/id.ts";
import type { AttemptOrder } from "../domain/order.ts";
import { judgementSections, roleHandoffSections } from "./conductor-prompt.ts";
import { feedbackSections } from "./feedback-prompt.ts";
import { handoffText } from "./handoff-document.ts";
import { nudgeSections } from "./nudge-prompt.ts";
import { planAgainSections, planningSections } from "./planning-prompt.ts";
import type { Prompts } from "./prompt.ts";
import { type PromptTemplate, renderPage, renderTemplate } from "./render.ts";
import { sampleOrder } from "./sample-order.ts";
import { type PromptStyle, type Section, section } from "./section.ts";
import {
  briefSections,
  mustMerge,
  type ProjectRules,
  targetRef,
  taskSections,
} from "./task-prompt.ts";

export interface PromptOptions extends ProjectRules {
  readonly style: PromptStyle;
  /** Agents that get another style than `style`. */
  readonly styles?: Readonly<Record<AgentName, PromptStyle>>;
  /** Replaces the first prompt of an attempt; feedback keeps its form. */
  readonly template: PromptTemplate | null;
}

/** `task` rejects with an AppError when the person's template is broken. */
export function createPrompts(options: PromptOptions): Prompts {
  const styleOf = (agent: AgentName): PromptStyle => options.styles?.[agent] ?? options.style;
  return {
    async task(order, handoff = null) {
      const { task, agent, attempt } = order;
      const style = styleOf(agent);
      const sections = taskSections(order, options, handoff);
      const page = {
        tag: "task",
        title: `${task.id}: ${task.title.replace(/\s+/g, " ")}`,
        attributes: { id: task.id, attempt },
        sections,
      } as const;
      const prompt = tidy(await renderPage(page, style));
      if (options.template === null) return prompt;
      const variables = { ...variablesOf(order, options, sections), style, sections, prompt };
      return tidy(await renderTemplate(options.template, variables));
    },
    async handoff(order, document) {
      const { task } = order;
      const left = document.facts.last;
      const page = {
        tag: "task",
        title: `Handoff of ${task.id}, attempt ${left.n} by ${left.agent}`,
        attributes: { id: task.id, attempt: left.n },
        sections: [
          ...section("handoff", "What was left", handoffText(document, options)),
          ...briefSections(order),
        ],
      } as const;
      return tidy(await renderPage(page, "headings"));
    },
    async feedback(request) {
      const { order, round } = request;
      const { task, agent, policy } = order;
      const page = {
        tag: "feedback",
        title: `${task.id} is not done yet (round ${round} of ${policy.feedbackRounds})`,
        attributes: { id: task.id, round, rounds: policy.feedbackRounds },
        sections: feedbackSections(request),
      } as const;
      return tidy(await renderPage(page, styleOf(agent)));
    },
    async judgement(order) {
      const page = {
        tag: "task",
        title: `Conductor, term ${order.term}, call ${order.call}`,
        attributes: { term: order.term, call: order.call },
        sections: judgementSections(order),
      } as const;
      return tidy(await renderPage(page, styleOf(order.agent)));
    },
    async planning(order) {
      const page = {
        tag: "task",
        title: "Draft a plan",
        attributes: {},
        sections: planningSections(order),
      } as const;
      return tidy(await renderPage(page, styleOf(order.agent)));
    },
    async planAgain(request) {
      const page = {
        tag: "feedback",
        title: "Your plan is not complete yet",
        attributes: {},
        sections: planAgainSections(request),
      } as const;
      return tidy(await renderPage(page, styleOf(request.order.agent)));
    },
    async roleHandoff(order) {
      const page = {
        tag: "feedback",
        title: `Conductor, term ${order.term}`,
        attributes: { term: order.term },
        sections: roleHandoffSections(order),
      } as const;
      return tidy(await renderPage(page, styleOf(order.agent)));
    },
    async nudge(request) {
      const { order, why } = request;
      const { task, agent, attempt } = order;
      const page = {
        tag: "feedback",
        title: `${task.id}: ${why}`,
        attributes: { id: task.id, attempt },
        sections: nudgeSections(request),
      } as const;
      return tidy(await renderPage(page, styleOf(agent)));
    },
  };
}

/**
 * Rejects with an AppError when the template cannot be used, so that a run finds out before its
 * first attempt.
 */
export async function checkTemplate(options: PromptOptions): Promise<void> {
  if (options.template !== null) await createPrompts(options).task(sampleOrder());
}

/** What a template can use, besides `style`, `sections` and `prompt`. Listed in the documentation. */
function variablesOf(
  order: AttemptOrder,
  rules: ProjectRules,
  sections: readonly Section[],
): Readonly<Record<string, unknown>> {
  const { task, brief, base } = order;
  return {
    id: task.id,
    title: task.title,
    priority: task.priority,
    role: task.role ?? "",
    phase: task.phase ?? "",
    estimate: task.estimate ?? "",
    skills: task.skills,
    verify: task.verify,
    brief,
    agent: order.agent,
    attempt: order.attempt,
    branch: order.branch,
    base: base.from,
    target: rules.target,
    target_ref: targetRef(rules.target),
    gates: rules.gates,
    conflict: mustMerge(order),
    earlier: order.earlier.map(({ n, agent, outcome, why, failedGates }) => ({
      n,
      agent,
      outcome,
      why,
      gates: failedGates.map((gate) => ({
        name: gate.name,
        why: gate.why,
        proof: gate.proof === null ? "" : `${rules.stateDir}/${gate.proof}`,
      })),
    })),
    handoff: bodyOf("handoff", sections),
    tells: order.tells.map(({ text }) => text),
    workspace: bodyOf("workspace", sections),
    report: bodyOf("report", sections),
  };
}

function bodyOf(name: Section["name"], sections: readonly Section[]): string {
  return sections.find((one) => one.name === name)?.body ?? "";
}

/** One line break at the end. */
function tidy(text: string): string {
  return `${text.trim()}\n`;
}
