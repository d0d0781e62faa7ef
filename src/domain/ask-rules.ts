/**
 * What becomes of a permission that an agent asks for: the person's rules first, then its autonomy.
 * Pure.
 *
 * In this order: a rule that denies; a command that does harm beyond the workspace, which a person
 * decides whatever else is allowed; a rule that allows; the autonomy; else a person.
 */

import type { Autonomy } from "./agent.ts";
import type { AskRule, AskRules, CommandPolicy } from "./ask-rule.ts";
import { type Action, mayDo } from "./autonomy.ts";
import { dangerOf, longestCommand } from "./danger.ts";
import { isInlineProgram } from "./inline-program.ts";
import { isInScope } from "./scope.ts";

export interface AskPlace {
  readonly autonomy: Autonomy;
  /** The directory that it works in. */
  readonly workspace: string;
  readonly rules: AskRules;
  readonly commands: CommandPolicy;
}

export type AskVerdict =
  | { readonly do: "allow"; readonly by: "rule" | "autonomy"; readonly why: string }
  | { readonly do: "deny"; readonly why: string }
  /** `why`: what a person should know; `null`: nothing more than what it asks. */
  | { readonly do: "ask"; readonly why: string | null };

export function judgeAsk(
  action: Action,
  { autonomy, workspace, rules, commands }: AskPlace,
): AskVerdict {
  const denied = rules.deny.find((rule) => denies(rule, action, workspace));
  if (denied !== undefined) return { do: "deny", why: `denied by ${ruleText("deny", denied)}` };
  const danger = action.kind === "command" ? dangerOf(action.command, commands) : null;
  if (danger !== null) return { do: "ask", why: `never allowed by itself: it ${danger}` };
  const place = { workspace, commands };
  const allowed = rules.allow.find((rule) => allows(rule, action, place));
  if (allowed !== undefined)
    return { do: "allow", by: "rule", why: `allowed by ${ruleText("allow", allowed)}` };
  if (isWhollyAllowed(action, rules.allow, place)) {
    return { do: "allow", by: "rule", why: "allowed by several rules of policy.allow" };
  }
  return mayDo(action, autonomy, workspace)
    ? { do: "allow", by: "autonomy", why: `allowed by autonomy: ${autonomy}` }
    : { do: "ask", why: null };
}

/** The rule for just that, to allow or to deny; `null`: there is none that says no more. */
export function ruleFor(action: Action, workspace: string): AskRule | null {
  switch (action.kind) {
    case "command":
      return /[*\n\r]/.test(action.command)
        ? null
        : { kind: "command", pattern: action.command.trim() };
    case "edit":
    case "read": {
      const [only, ...more] = action.paths;
      if (only === undefined || more.length > 0 || /[*?{}[\]]/.test(only)) return null;
      const inside = insideOf(only, workspace);
      return { kind: action.kind, glob: inside ?? only };
    }
    case "other":
      return action.tool.includes("*") ? null : { kind: "tool", pattern: action.tool };
  }
}

/** As it stands in temoin.yaml. */
function ruleText(list: "allow" | "deny", rule: AskRule): string {
  const value = "glob" in rule ? rule.glob : rule.pattern;
  return `policy.${list}, ${rule.kind}: ${value}`;
}

type RulePlace = Pick<AskPlace, "workspace" | "commands">;

/**
 * Only a plain command: after `;`, `|` or `$(` another one could stand, for which nobody has given a
 * rule. Or just the same one, if the rule has no `*`. A program that is given in the command, as in
 * `python3 -c '…'`, is allowed by a rule that names this way, not by one for `python3 *`.
 */
function allows(rule: AskRule, action: Action, { workspace, commands }: RulePlace): boolean {
  if (action.kind === "command") {
    if (rule.kind !== "command") return false;
    const command = action.command.trim();
    if (command === rule.pattern) return true;
    if (!isPlain(command) || !wildcardMatches(rule.pattern, command)) return false;
    const { interpreters, launchers } = commands;
    const [named = ""] = rule.pattern.split("*");
    const isInline = (text: string): boolean => isInlineProgram(text, interpreters, launchers);
    return !isInline(command) || isInline(named);
  }
  if (action.kind === "other")
    return rule.kind === "tool" && wildcardMatches(rule.pattern, action.tool);
  if (rule.kind !== action.kind || action.paths.length === 0) return false;
  const { glob } = rule;
  return action.paths.every((path) => pathMatches(path, glob, workspace));
}

/** Each of its files is allowed by some rule. */
function isWhollyAllowed(action: Action, rules: readonly AskRule[], place: RulePlace): boolean {
  if (action.kind !== "edit" && action.kind !== "read") return false;
  return (
    action.paths.length > 0 &&
    action.paths.every((path) =>
      rules.some((rule) => allows(rule, { ...action, paths: [path] }, place)),
    )
  );
}

/** Whatever may be meant counts: the command within another one, after `sudo`, in quotes. */
function denies(rule: AskRule, action: Action, workspace: string): boolean {
  if (action.kind === "command") {
    return (
      rule.kind === "command" &&
      (action.command.trim() === rule.pattern ||
        commandsIn(action.command).some((one) => wildcardMatches(rule.pattern, one)))
    );
  }
  if (action.kind === "other")
    return rule.kind === "tool" && wildcardMatches(rule.pattern, action.tool);
  if (rule.kind !== action.kind) return false;
  const { glob } = rule;
  return action.paths.some((path) => {
    const full = plainPath(path.startsWith("/") ? path : `${workspace}/${path}`);
    return pathMatches(full, glob, workspace);
  });
}

function isPlain(command: string): boolean {
  return !/[;&|<>\n\r$`(){}\\]/.test(command);
}

/** All that could be run by it: each part, from each of its words on. */
function commandsIn(command: string): readonly string[] {
  const bare = command
    .slice(0, longestCommand)
    .replace(/\\\n/g, " ")
    .replace(/['"\\]/g, "");
  return bare.split(/[;&|<>\n\r$`(){}]/).flatMap((part) => {
    const words = part.trim().split(/\s+/);
    return words.slice(0, mostWords).map((_, from) => words.slice(from).join(" "));
  });
}

/** Before a command that is denied hardly more words stand than these (chosen). */
const mostWords = 40;

function pathMatches(path: string, glob: string, workspace: string): boolean {
  if (path.split("/").includes("..")) return false;
  const full = plainPath(path.startsWith("/") ? path : `${workspace}/${path}`);
  if (glob.startsWith("/")) return isInScope(full.slice(1), [glob.slice(1)]);
  const inside = insideOf(full, plainPath(workspace));
  return inside !== null && isInScope(inside, [glob]);
}

/** Without empty steps, `.` and `..`; where a link lies in between, it may lead elsewhere. */
function plainPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return `/${steps.join("/")}`;
}

/** Relative to the workspace; `null`: it is not within, or leads out of it by its own dots. */
function insideOf(path: string, workspace: string): string | null {
  if (path.split("/").includes("..")) return null;
  if (!path.startsWith("/")) return path;
  const within = workspace.endsWith("/") ? workspace : `${workspace}/`;
  return path.startsWith(within) && path !== within ? path.slice(within.length) : null;
}

/** `*` is any text, all else stands for itself; the whole text has to match. */
function wildcardMatches(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === text;
  if (!text.startsWith(first)) return false;
  const last = rest.at(-1) ?? "";
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
