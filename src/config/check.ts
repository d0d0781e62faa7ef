/** Rules that look at keys of maps or at more than one value; those of one value are in the schema. */

import { posix } from "node:path";
import { parseAgentName } from "../domain/id.ts";
import { checkAgentKeys } from "./check-agent.ts";
import { formatPath, isRecord, type Path } from "./path.ts";
import type { Complaint } from "./problem.ts";

/** They stand for a person and for temoin wherever the log names who did something. */
const reservedAgents = ["person", "temoin"];
/** Commands that are no gates, but have verdicts beside those of the gates. */
const reservedGates = /^(?:verify|setup|goal)(?:[._-].*)?$/i;

/** Takes a value that the schema has not seen yet: parts of any shape are passed over. */
export function checkRules(value: unknown): readonly Complaint[] {
  if (!isRecord(value)) return [];
  return [
    ...checkAgents(value["agents"]),
    ...checkGates(value["gates"]),
    ...checkPassed(value["setup"], ["setup"]),
    ...checkLog(value["log"]),
  ];
}

function checkAgents(agents: unknown): readonly Complaint[] {
  if (!isRecord(agents)) return [];
  return Object.entries(agents).flatMap(([name, agent]) => {
    const path = ["agents", name];
    const complaints: Complaint[] = [];
    if (parseAgentName(name) === null) {
      complaints.push(
        ofKey(path, "cannot name a directory or a branch; use letters, digits, `.`, `_` and `-`"),
      );
    }
    if (reservedAgents.includes(name)) {
      complaints.push(ofKey(path, "is a name that the log uses for somebody else; choose another"));
    }
    return [...complaints, ...checkEnv(agent, path), ...checkAgentKeys(agent, path)];
  });
}

function checkEnv(agent: unknown, path: Path): readonly Complaint[] {
  if (!isRecord(agent) || !isRecord(agent["env"])) return [];
  return Object.keys(agent["env"]).flatMap((name) => {
    const at = [...path, "env", name];
    if (!isVariable(name)) return [ofKey(at, "cannot name a variable")];
    const ours = name.startsWith("TEMOIN_");
    return ours ? [ofKey(at, "is set by temoin itself; choose another name")] : [];
  });
}

/** The names in the `env` of a gate, or of setup. */
function checkPassed(command: unknown, path: Path): readonly Complaint[] {
  if (!isRecord(command) || !Array.isArray(command["env"])) return [];
  return command["env"].flatMap((name: unknown, place) => {
    if (typeof name !== "string") return [];
    const at = [...path, "env", place];
    // Not with its value: somebody may have written a secret there.
    const key = `\`${formatPath(at)}\``;
    if (isVariable(name) && !name.startsWith("TEMOIN_")) return [];
    const why = isVariable(name)
      ? "names a variable of temoin's own; take it out"
      : "is no name of a variable; write the name alone, the value comes from the environment";
    return [{ path: at, ofKey: false, says: `${key} ${why}` }];
  });
}

function isVariable(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name);
}

function checkGates(gates: unknown): readonly Complaint[] {
  if (!Array.isArray(gates)) return [];
  const first = new Map<string, number>();
  return gates.flatMap((gate: unknown, place) => {
    const name = isRecord(gate) ? gate["name"] : undefined;
    const ofEnv = checkPassed(gate, ["gates", place]);
    if (typeof name !== "string") return ofEnv;
    const path = ["gates", place, "name"];
    if (reservedGates.test(name)) {
      const says = `\`${formatPath(path)}: ${name}\` is kept for commands that are no gates; choose another name`;
      return [{ path, ofKey: false, says }, ...ofEnv];
    }
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, place);
      return ofEnv;
    }
    const says = `\`${formatPath(path)}: ${name}\` is also the name of \`gates[${earlier}]\`; each gate needs its own`;
    return [{ path, ofKey: false, says }, ...ofEnv];
  });
}

function checkLog(log: unknown): readonly Complaint[] {
  if (!isRecord(log)) return [];
  const first = new Map<string, string>();
  return Object.entries(log).flatMap(([key, file]) => {
    if (typeof file !== "string") return [];
    const path = ["log", key];
    const name = posix.normalize(file);
    if (name === "temoin.yaml" || name === "." || name.endsWith("/")) {
      const says = `\`${formatPath(path)}: ${file}\` cannot be written to; name another file`;
      return [{ path, ofKey: false, says }];
    }
    if (isOwn(name)) {
      const says = `\`${formatPath(path)}: ${file}\` lies among temoin's own files; name one such as \`.temoin/LOG.md\``;
      return [{ path, ofKey: false, says }];
    }
    const earlier = first.get(name);
    first.set(name, key);
    if (earlier === undefined) return [];
    const says = `\`${formatPath(path)}: ${file}\` is also \`log.${earlier}\`; each needs its own file`;
    return [{ path, ofKey: false, says }];
  });
}

function ofKey(path: Path, says: string): Complaint {
  return { path, ofKey: true, says: `\`${formatPath(path)}\` ${says}` };
}

/** In the state directory there is room for pages, not for what would be written over its store. */
function isOwn(name: string): boolean {
  const [top, file = "", ...deeper] = name.split("/");
  return top === ".temoin" && (deeper.length > 0 || !file.endsWith(".md"));
}
