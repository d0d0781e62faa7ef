/** What the looks at an agent come to, as one check of the doctor. Pure. */

import type { AgentSpec } from "../domain/agent.ts";
import { type AgentProof, isGood, proofText } from "../domain/exercise.ts";
import { judgeVersion, knownClis } from "../domain/known-cli.ts";
import { isoTime } from "../domain/view-time.ts";
import type { AgentLook } from "./context.ts";
import type { Check } from "./doctor.ts";

/** `proof`: what its last test came to; `null`: there was none. */
export function agentCheck(agent: AgentSpec, look: AgentLook, proof: AgentProof | null): Check {
  const name = `agent ${agent.name}`;
  const { missing, login } = look;
  // What it says ends with the next step.
  if (missing !== null) return { name, ok: false, detail: missing, hint: null };
  const parts = [
    versionPart(agent, look),
    ...(login === null ? [] : [loginPart(login)]),
    ...(proof === null ? [] : [proofPart(agent, look, proof)]),
  ];
  return {
    name,
    ok: parts.every(({ ok }) => ok),
    detail: parts.map(({ says }) => says).join("; "),
    hint: parts.find(({ hint }) => hint !== null)?.hint ?? null,
  };
}

interface Part {
  readonly ok: boolean;
  readonly says: string;
  readonly hint: string | null;
}

function versionPart(agent: AgentSpec, { kind, version, versionTrouble }: AgentLook): Part {
  const program = `\`${agent.command.join(" ")}\``;
  if (kind === null) {
    return { ok: true, says: `${program} is there; its version is not known`, hint: null };
  }
  const cli = knownClis[kind];
  if (version === null) {
    const says = versionTrouble ?? `${program} has not told its version`;
    const hint = `Run \`${cli.program} --version\` by hand; a run would meet the same.`;
    return { ok: false, says, hint };
  }
  const found = `${kind} ${version}`;
  switch (judgeVersion(version, cli)) {
    case "proved":
      return { ok: true, says: `${found}, proved with it`, hint: null };
    case "newer": {
      const hint = `\`temoin agents test ${agent.name}\` tells whether all of it still works.`;
      return { ok: true, says: `${found}, newer than ${cli.proved}, which was proved`, hint };
    }
    case "older": {
      const hint = `Update it to ${cli.proved} where something does not work.`;
      return { ok: true, says: `${found}, older than ${cli.proved}, which was proved`, hint };
    }
    case "too_old": {
      const says = `${found} is too old: nothing before ${cli.oldest} was ever tried`;
      return { ok: false, says, hint: `Update it, to ${cli.proved} for one.` };
    }
    case "unproven": {
      const hint = `\`temoin agents test ${agent.name}\` tells what works with yours.`;
      return { ok: true, says: `${found}, unproven on the real CLI`, hint };
    }
  }
}

function loginPart({ isIn, says, hint }: NonNullable<AgentLook["login"]>): Part {
  return { ok: isIn !== false, says, hint };
}

/** Of another version it still says something, and no more than that. */
function proofPart(agent: AgentSpec, { version }: AgentLook, proof: AgentProof): Part {
  const day = isoTime(proof.at).slice(0, 10);
  const isSame = version === proof.version;
  const of = isSame || proof.version === null ? "" : ` of ${proof.version}`;
  const says = `tested on ${day}${of}: ${proofText(proof)}`;
  const again = `\`temoin agents test ${agent.name}\` tries again.`;
  return { ok: isGood(proof) || !isSame, says, hint: isGood(proof) && isSame ? null : again };
}
