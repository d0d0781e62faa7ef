/**
 * The way from a runner to control on which secrets are taken out of what is said. They never leave
 * the runner's host, and so never come into the log.
 */

import type { AgentAsk, Answer } from "../domain/ask.ts";
import type { Lease } from "../domain/commit.ts";
import { type Directive, placeOf } from "../domain/directive.ts";
import { maskedInput } from "../domain/masked-input.ts";
import type { Mask } from "../lib/mask.ts";
import type { ControlPort } from "../runner/control-port.ts";

/** A choice is told masked, and its answer comes back so: the agent knows it by its own words. */
export function maskedPort(port: ControlPort, mask: Mask): ControlPort {
  const choices = new Map<string, ReadonlyMap<string, string>>();
  const remember = ({ id, choices: all }: AgentAsk, lease: Lease): void => {
    const changed = all.flatMap((own): [string, string][] => {
      const told = mask.text(own);
      return told === own ? [] : [[told, own]];
    });
    if (changed.length > 0) choices.set(keyOf(lease, id), new Map(changed));
  };
  const asGiven = (directive: Directive): Directive => {
    if (directive.kind !== "answer") return directive;
    const { agentAsk, answer } = directive;
    return { ...directive, answer: ownWords(answer, choices.get(keyOf(directive, agentAsk))) };
  };
  return {
    claim: (queue, runner, signal) => port.claim(queue, runner, signal),
    claimNow: (queue, runner) => port.claimNow(queue, runner),
    async beat(request, signal) {
      const answer = await port.beat(request, signal);
      return { ...answer, directives: answer.directives.map(asGiven) };
    },
    submit(input, lease) {
      if (input.type === "asked") remember(input.ask, lease);
      if (input.type === "ask_closed") choices.delete(keyOf(lease, input.agentAsk));
      return port.submit(
        maskedInput(input, (text) => mask.text(text)),
        lease,
      );
    },
  };
}

function keyOf(of: Lease | Directive, agentAsk: string): string {
  return `${placeOf(of)} ${agentAsk}`;
}

function ownWords(answer: Answer, own: ReadonlyMap<string, string> | undefined): Answer {
  if (!("choice" in answer)) return answer;
  return { choice: own?.get(answer.choice) ?? answer.choice };
}
