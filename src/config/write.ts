/**
 * Writes temoin.yaml: a fresh one from what `init` has found, and additions to one that a person
 * keeps, whose comments and order stay as they are. What is written here, `loadConfig` accepts.
 */

import { type Document, isMap, isSeq, parseDocument, stringify } from "yaml";
import type { Transport } from "../domain/agent.ts";
import { AppError } from "../lib/app-error.ts";
import { type BuiltDriver, rowOf } from "./driver-table.ts";
import { isRecord } from "./path.ts";

export interface AgentDraft {
  readonly name: string;
  /**
   * One process per turn by a command, a tmux window that is read by a profile, or a driver of the
   * agent's own.
   */
  readonly by:
    | { readonly driver: "command"; readonly command: readonly [string, ...string[]] }
    | { readonly driver: "terminal"; readonly profile: string; readonly isProven: boolean }
    | {
        readonly driver: Exclude<BuiltDriver, "command" | "terminal">;
        /** `null`: that of the driver. */
        readonly transport: Transport | null;
        readonly isProven: boolean;
      };
  readonly roles: readonly string[];
}

export interface GateDraft {
  readonly name: string;
  readonly run: string;
  /** Absent: nothing. */
  readonly protects?: readonly string[];
}

export interface ConfigDraft {
  /** `null`: whatever is checked out when a run starts. */
  readonly target: string | null;
  readonly agents: readonly AgentDraft[];
  readonly gates: readonly GateDraft[];
  readonly setup: string | null;
}

/** Where `configSchema()` is kept for editors, relative to the repository. */
export const schemaFile = ".temoin/temoin.schema.json";

/** The text of a new temoin.yaml. */
export function composeConfig(draft: ConfigDraft): string {
  const { target, agents, gates, setup } = draft;
  const lines = [
    `# yaml-language-server: $schema=${schemaFile}`,
    "# What temoin may do here. All keys: docs/configuration.md",
    "version: 1",
    target === null
      ? "# target: main             # branch that landings go to; default: the one checked out"
      : `target: ${flow(target)}`,
    "",
    "# Who works, in the order of fallback.",
    ...agentLines(agents),
    "",
    "# What must pass before and after each landing. Without gates nothing is proven.",
    ...(gates.length === 0
      ? ["# gates:", "#   - { name: test, run: npm test, timeout: 15m }"]
      : ["gates:", ...gates.map((gate) => `  - ${flow(gateValue(gate))}`)]),
    "",
    "# Run once in each workspace, before the first task.",
    setup === null ? "# setup: npm ci" : `setup: ${flow(setup)}`,
    "",
    "# What must be true for a run to be over.",
    `goal: ${gates.length === 0 ? "[queue]" : "[queue, gates]"}`,
  ];
  return `${lines.join("\n")}\n`;
}

function gateValue({ name, run, protects = [] }: GateDraft): Readonly<Record<string, unknown>> {
  return { name, run, ...(protects.length === 0 ? {} : { protects: [...protects] }) };
}

export interface Additions {
  /** A gate that runs the same command as one that is there is not added again. */
  readonly gates: readonly GateDraft[];
  readonly goal: readonly ({ readonly run: string } | { readonly changed: string })[];
}

/**
 * The text with gates and goal items added; adding the same again changes nothing. Rejects with an
 * AppError where the file is not shaped so that something could be added.
 */
export function addToConfig(text: string, { gates, goal }: Additions): string {
  const document = parseDocument(text, { stringKeys: true });
  const value: unknown = document.errors.length === 0 ? document.toJS() : null;
  if (!isRecord(value)) throw cannotAdd("it is no map of keys in valid YAML");
  const before = value["gates"] ?? [];
  if (!Array.isArray(before)) throw cannotAdd("its `gates` are no list");
  const changed = addGates(document, before, gates) + addGoal(document, value["goal"], goal, gates);
  return changed === 0 ? text : document.toString({ lineWidth: 0 });
}

function addGates(
  document: Document.Parsed,
  before: readonly unknown[],
  gates: readonly GateDraft[],
): number {
  const known = before.filter(isRecord);
  const names = new Set(known.map((gate) => gate["name"]));
  const commands = new Set(known.map((gate) => gate["run"]));
  const added = gates.filter(({ name, run }) => {
    if (commands.has(run)) return false;
    commands.add(run);
    if (!names.has(name)) {
      names.add(name);
      return true;
    }
    throw cannotAdd(`a gate \`${name}\` is there already and runs another command`);
  });
  append(document, "gates", before.length, added);
  return added.length;
}

function addGoal(
  document: Document.Parsed,
  before: unknown,
  goal: Additions["goal"],
  gates: readonly GateDraft[],
): number {
  if (before !== undefined && !Array.isArray(before)) throw cannotAdd("its `goal` is no list");
  const known = new Set((before ?? []).map((item: unknown) => JSON.stringify(item)));
  const added: unknown[] = goal.filter((item) => {
    const seen = known.has(JSON.stringify(item));
    known.add(JSON.stringify(item));
    return !seen;
  });
  if (before === undefined) {
    if (added.length === 0) return 0;
    // What held by default is written out, or the additions would take its place.
    const hasGates = gates.length > 0 || isSeq(document.get("gates"));
    added.unshift("queue", ...(hasGates ? ["gates"] : []));
  } else if (gates.length > 0 && !known.has('"gates"')) added.unshift("gates");
  append(document, "goal", before?.length ?? 0, added);
  return added.length;
}

function append(
  document: Document.Parsed,
  key: "gates" | "goal",
  length: number,
  items: readonly unknown[],
): void {
  if (items.length === 0) return;
  const list: unknown = document.get(key);
  if (list === undefined || list === null) {
    document.set(key, document.createNode(items.map((item) => flowNode(document, item))));
    return;
  }
  if (!isSeq(list) || list.items.length !== length) {
    throw cannotAdd(`its \`${key}\` stand elsewhere (a YAML alias); add to them by hand`);
  }
  for (const item of items) list.add(flowNode(document, item));
}

/** `{ name: test, run: npm test }` on one line, as the documentation writes it. */
function flowNode(document: Document.Parsed, item: unknown): unknown {
  const node = document.createNode(item);
  if (isMap(node)) node.flow = true;
  return node;
}

function agentLines(agents: readonly AgentDraft[]): readonly string[] {
  if (agents.length === 0) {
    return [
      "# agents:",
      "#   my-agent:",
      "#     driver: command        # one process for each turn; the prompt on stdin",
      "#     command: [./my-agent.sh]",
      "#     roles: [feature, tests]",
    ];
  }
  return [
    "agents:",
    ...agents.flatMap(({ name, by, roles }) => [
      `  ${flow(name)}:`,
      ...driverLines(by).map((line) => `    ${line}`),
      ...(roles.length === 0 ? [] : [`    roles: ${flow(roles)}`]),
    ]),
  ];
}

const autonomyLine =
  "autonomy: full           # any command, any file that you may touch, unasked; or `edits`, `ask`";

/** What tells how the agent is driven, without indentation. */
export function driverLines(by: AgentDraft["by"]): readonly string[] {
  if (by.driver === "command") {
    return [
      "driver: command          # one process for each turn; the prompt on stdin",
      `command: ${flow(by.command)}`,
    ];
  }
  if (by.driver !== "terminal") return ownDriverLines(by);
  return [
    "driver: terminal         # in a tmux window of its own: temoin attach",
    `profile: ${flow(by.profile)}${by.isProven ? "" : "   # unproven: its screens were never recorded"}`,
    autonomyLine,
  ];
}

function ownDriverLines({
  driver,
  transport,
  isProven,
}: Exclude<AgentDraft["by"], { driver: "command" | "terminal" }>): readonly string[] {
  const about = isProven ? "by its own interface" : "unproven: the real one was never run";
  return [
    `${`driver: ${driver}`.padEnd(24)} # ${about}; docs/drivers.md`,
    ...(transport === null ? [] : [`transport: ${transport}`]),
    ...(rowOf(driver).autonomy.length === 1 ? [] : [autonomyLine]),
  ];
}

/** A value on one line, quoted where YAML needs it. */
function flow(value: unknown): string {
  const text = stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trimEnd();
  // A text with line breaks would come as a block; JSON is YAML, and stays on its line.
  return text.includes("\n") ? JSON.stringify(value) : text;
}

function cannotAdd(why: string): AppError {
  return new AppError("config", `Cannot add to temoin.yaml: ${why}.`, {
    hint: "Add the gates and goals by hand.",
  });
}
