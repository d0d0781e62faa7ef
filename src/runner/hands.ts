/** The hands of a runner: everything with which it touches the world, handed in from `app.ts`. */

import type { AttachHint, Drivers } from "../agents/driver.ts";
import type { AgentSpec } from "../domain/agent.ts";
import type { AgentName, SlotId } from "../domain/id.ts";
import type { GateSpec, Gates } from "../gates/gate.ts";
import type { Setup } from "../gates/setup.ts";
import type { Clock } from "../lib/clock.ts";
import type { Prompts } from "../prompts/prompt.ts";
import type { Target, Workspaces } from "../workspaces/workspace.ts";
import type { ControlPort } from "./control-port.ts";

export interface Hands {
  readonly port: ControlPort;
  /** The name of this runner, new with each start. */
  readonly runner: string;
  /** Time as it passes, beside the time of day. */
  readonly clock: Clock;
  readonly drivers: Drivers;
  readonly agents: ReadonlyMap<AgentName, AgentSpec>;
  readonly workspaces: Workspaces;
  readonly target: Target;
  readonly gates: Gates;
  readonly gateSpecs: readonly GateSpec[];
  readonly setup: Setup;
  readonly prompts: Prompts;
  readonly places: Places;
  /** By which the processes of a slot are found again: TEMOIN_SLOT. */
  readonly slotEnv: (slot: SlotId | "landing") => Readonly<Record<string, string>>;
  /** The same for an agent, which may also speak to temoin: TEMOIN_SOCKET, TEMOIN_TOKEN. */
  readonly agentEnv: (slot: SlotId) => Readonly<Record<string, string>>;
  /** The same for the conductor of that term. */
  readonly conductorEnv: (term: number) => Readonly<Record<string, string>>;
  /** Where agents write of their own work; merged by union, never counted as a change. */
  readonly reportFiles: readonly string[];
  /** `log.completed`: temoin adds the section when the agent did not. */
  readonly completedFile: string | null;
  /** By which a person finds the agent's window; `null`: it has none any more. Never rejects. */
  readonly recordAttach: (slot: SlotId, hint: AttachHint | null) => Promise<void>;
  /** Takes secrets out of what is kept. */
  readonly mask: (text: string) => string;
  /** What a person should know while the work goes on: one sentence. */
  readonly onProblem: (says: string) => void;
}

/** Directories and files under the project's `.temoin/`, absolute. */
export interface Places {
  /** Proofs are told relative to it. */
  readonly root: string;
  /** `name` is any text, the name of a gate for one. */
  proof(task: string, attempt: number, name: string): string;
  prompt(task: string, attempt: number, turn: number): string;
  /** What the attempt has left for the next one. */
  handoff(task: string, attempt: number): string;
  log(slot: SlotId): string;
  roleHandoff(name: string): string;
  /** A directory of the slot's own, for what its agent is started with. */
  agentFiles(slot: SlotId): string;
}
