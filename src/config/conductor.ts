/** The key `conductor`: its shape, its defaults, and whether those that it names are there. */

import { z } from "zod";
import type { ConductorPolicy } from "../domain/conductor.ts";
import { parseAgentName } from "../domain/id.ts";
import type { Layer } from "./layer.ts";
import type { Problem } from "./problem.ts";
import { count, duration, text } from "./values.ts";

const order = z
  .array(text("must be the name of an agent"), {
    error: "must be a list of names of agents, such as [claude, codex]",
  })
  .min(1, { error: "must name an agent" });

const yesNo = z.boolean({ error: "must be `true` or `false`" });

export const conductorKeys = z.strictObject(
  {
    order: order
      .optional()
      .meta({ description: "Who may hold the role; the first that can be used does." }),
    works: yesNo
      .optional()
      .meta({ description: "In office it takes tasks when nobody else is free.", default: true }),
    reclaim: yesNo.optional().meta({
      description: "An earlier one takes the role back when its limit is over.",
      default: false,
    }),
    calls: count(1, 10_000)
      .optional()
      .meta({ description: "So often it is called in one run.", default: 50 }),
    coolDown: duration("30s").optional().meta({
      description:
        "From the end of a call to the next; what comes up meanwhile is judged together.",
      default: "30s",
    }),
    acknowledge: duration("5m").optional().meta({
      description: "So long it has to acknowledge its role; then the next one gets it.",
      default: "5m",
    }),
    call: duration("15m")
      .optional()
      .meta({ description: "The longest that a call may take.", default: "15m" }),
  },
  { error: "must be a map with `order`, such as `{ order: [claude, codex] }`" },
);

export type ConductorSettings = z.output<typeof conductorKeys>;

export function conductorOf(settings: ConductorSettings | undefined): ConductorPolicy | null {
  const [first, ...rest] = (settings?.order ?? []).flatMap((name) => parseAgentName(name) ?? []);
  if (settings === undefined || first === undefined) return null;
  return {
    order: [first, ...rest],
    works: settings.works ?? true,
    reclaim: settings.reclaim ?? false,
    calls: settings.calls ?? 50,
    coolDownMs: settings.coolDown ?? 30_000,
    acknowledgeMs: settings.acknowledge ?? 5 * 60_000,
    callMs: settings.call ?? 15 * 60_000,
  };
}

/** Each that it names must be an agent of the configuration that can speak, and stand there once. */
export function conductorProblems(
  settings: ConductorSettings | undefined,
  agents: readonly (readonly [name: string, agent: { readonly sandbox?: string | undefined }])[],
  layers: readonly Layer[],
): readonly Problem[] {
  if (settings === undefined) return [];
  if (settings.order === undefined) {
    const layer = layers.find((one) => one.settings.conductor !== undefined);
    const where = layer?.where({ path: ["conductor"], ofKey: true }) ?? "temoin.yaml";
    return [{ where, says: "`conductor` must say in `order` who may hold the role" }];
  }
  const names = settings.order;
  const layer = layers.find((one) => one.settings.conductor?.order !== undefined);
  return names.flatMap((name, place) => {
    const isDouble = names.indexOf(name) < place;
    const agent = agents.find(([one]) => one === name)?.[1];
    const path = ["conductor", "order", place];
    const where = layer?.where({ path, ofKey: false }) ?? "temoin.yaml";
    const told = (why: string): Problem[] => [
      { where, says: `\`conductor.order[${place}]: ${name}\` ${why}` },
    ];
    if (isDouble) return told("stands there twice");
    if (agent === undefined) {
      return told(`is no agent of \`agents\` (${agents.map(([one]) => one).join(", ")})`);
    }
    return (agent.sandbox ?? "none") === "none"
      ? []
      : told("works in a sandbox, out of which only reports are heard: it could not take the role");
  });
}
