/**
 * What becomes of a permission that an agent asks for: the person's rules first, then its autonomy.
 * Pure.
 *
 * In this order: a rule that denies; a command that does harm beyond the workspace, which a person
 * decides whatever else is allowed; a rule that allows; the autonomy; else a person.
 */

import type { Autonomy } from "./agent.ts";
import type { AskRule, AskRules, DangerousCommand } from "./ask-rule.ts";
import { type Action, mayDo } from "./autonomy.ts";
import { isInScope } from "./scope.ts";

export interface AskPlace {
  readonly autonomy: Autonomy;
  /** The directory that it works in. */
  readonly workspace: string;
  readonly rules: AskRules;
  readonly dangerous: readonly DangerousCommand[];
}

export type AskVerdict =
  | { readonly do: "allow"; readonly by: "rule" | "autonomy"; readonly why: string }
  | { readonly do: "deny"; readonly why: string }
  /** `why`: what a person should know; `null`: nothing more than what it asks. */
  | { readonly do: "ask"; readonly why: string | null };

/** A longer command is not looked through: a person does (chosen). */
const longestCommand = 10_000;

export function judgeAsk(
  action: Action,
  { autonomy, workspace, rules, dangerous }: AskPlace,
): AskVerdict {
  const denied = rules.deny.find((rule) => denies(rule, action, workspace));
  if (denied !== undefined) return { do: "deny", why: `denied by ${ruleText("deny", denied)}` };
  const danger = action.kind === "command" ? dangerOf(action.command, dangerous) : null;
  if (danger !== null) return { do: "ask", why: `never allowed by itself: it ${danger}` };
  const allowed = rules.allow.find((rule) => allows(rule, action, workspace));
  if (allowed !== undefined)
    return { do: "allow", by: "rule", why: `allowed by ${ruleText("allow", allowed)}` };
  if (isWhollyAllowed(action, rules.allow, workspace)) {
    return { do: "allow", by: "rule", why: "allowed by several rules of policy.allow" };
  }
  return mayDo(action, autonomy, workspace)
    ? { do: "allow", by: "autonomy", why: `allowed by autonomy: ${autonomy}` }
    : { do: "ask", why: null };
}

/** What the command does that is never allowed by itself; `null`: nothing that is known. */
export function dangerOf(command: string, dangerous: readonly DangerousCommand[]): string | null {
  if (command.length > longestCommand) return "is too long to be looked through";
  const plain = command.replace(/\\\n/g, "").replace(/[ \t]+/g, " ");
  const forms = [plain, unquoted(plain), ...innerCommands(plain)];
  return dangerous.find(({ pattern }) => forms.some((form) => pattern.test(form)))?.why ?? null;
}

function unquoted(command: string): string {
  return command.replace(/['"\\]/g, "");
}

/** From where another one begins: what a shell is given, what stands after settings or a launcher. */
function innerCommands(plain: string): readonly string[] {
  return [...plain.matchAll(inner)].map(({ index, 0: before }) => {
    const from = index + before.length;
    return unquoted(plain.slice(from, from + longestBegin));
  });
}

/** What a command does is told by how it begins; the rest of it is looked through with the whole (chosen). */
const longestBegin = 200;

const inner =
  /\b(?:ba|z|da|k)?sh (?:-\S{1,20} ){0,5}-\w{0,5}c \$?['"]?\s*|\beval ['"]?\s*|(?:^|[;&|(`\n'"] ?)(?:(?:(?:env|nohup|exec|command|builtin|time|then|do|else|xargs|setsid|timeout|nice|ionice|stdbuf)(?: -[su] \S{1,32}| -\S{1,30}| \d\S{0,9}){0,6}|\w{1,60}=[^\s'"]{0,200}) )+|`\s*/g;

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

/**
 * Only a plain command: after `;`, `|` or `$(` another one could stand, for which nobody has given a
 * rule. Or just the same one, if the rule has no `*`.
 */
function allows(rule: AskRule, action: Action, workspace: string): boolean {
  if (action.kind === "command") {
    if (rule.kind !== "command") return false;
    const command = action.command.trim();
    return command === rule.pattern || (isPlain(command) && wildcardMatches(rule.pattern, command));
  }
  if (action.kind === "other")
    return rule.kind === "tool" && wildcardMatches(rule.pattern, action.tool);
  if (rule.kind !== action.kind || action.paths.length === 0) return false;
  const { glob } = rule;
  return action.paths.every((path) => pathMatches(path, glob, workspace));
}

/** Each of its files is allowed by some rule. */
function isWhollyAllowed(action: Action, rules: readonly AskRule[], workspace: string): boolean {
  if (action.kind !== "edit" && action.kind !== "read") return false;
  return (
    action.paths.length > 0 &&
    action.paths.every((path) =>
      rules.some((rule) => allows(rule, { ...action, paths: [path] }, workspace)),
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
