/**
 * What a verb has in its hands. Built by `app.ts` for the command line, and later for the web and
 * for MCP; a verb itself constructs nothing.
 *
 * A verb that changes the queue says what is wanted with `ask`: when a temoin holds the project the
 * wish goes to it by its socket, else it is decided here and now. A verb that only looks reads the
 * store as it is on disk, and needs nobody.
 */

import type { AttachHint } from "../agents/driver.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { AgentSpec, Report } from "../domain/agent.ts";
import type { AgentKind } from "../domain/agent-kind.ts";
import type { CleanPlan, Judged } from "../domain/clean.ts";
import type { Decision } from "../domain/decide.ts";
import type { Event } from "../domain/event.ts";
import type { AgentProof, Exercised } from "../domain/exercise.ts";
import type { RunEnd } from "../domain/goal.ts";
import type { BlobHash, CommitSha, SlotId } from "../domain/id.ts";
import type { Missing, PlanningOrder, PlanningTrouble } from "../domain/planning.ts";
import type { Role, ToolRole, Wish } from "../domain/rights.ts";
import type { State } from "../domain/state.ts";
import type { ownTaskJson } from "../domain/view-own-task.ts";
import type { Verdict } from "../gates/gate.ts";
import type { Clock } from "../lib/clock.ts";
import type { PlanReader } from "../plans/plan.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Who calls: a person, or an agent, whose role only the temoin that has given it its token knows. */
export type Caller =
  | { readonly kind: "person" }
  | { readonly kind: "agent"; readonly token: string };

export interface ProjectPlace {
  /** Short and stable: names directories, sockets and the TEMOIN_SLOT of its processes. */
  readonly id: string;
  /** The repository's top level; of a bare one, its git directory. */
  readonly root: string;
  /** `.temoin/`: the store, the logs, proofs, prompts. */
  readonly stateDir: string;
  readonly isBare: boolean;
}

export interface AskedByTool {
  /** As the inbox names it. */
  readonly ask: string;
  /** Out of the task's brief; `null`: a person is asked, and the answer comes as words. */
  readonly answer: string | null;
}

export type OwnTask = ReturnType<typeof ownTaskJson>;

/** The process that works on the project now. */
export interface Holder {
  readonly pid: number;
  readonly startedAt: string;
  /** `run`, `up` or `clean`. */
  readonly command: string;
}

/** An agent that drafts a plan. */
export interface Planner {
  /** Of its `temoin plan`; where that was killed, of what goes on without it. */
  readonly pid: number;
  /** It has outlived its `temoin plan`, and nobody owns it. */
  readonly isLeft: boolean;
}

/** A run in this process. */
export interface RunHandle {
  /** Resolves when the run is over and everything of it has ended. */
  readonly over: Promise<RunEnd>;
  /** Hands out nothing more; what is at work goes on to its end. */
  drain(end: RunEnd): Promise<void>;
  /** Ends what is at work: agents are interrupted, their work is saved. */
  interrupt(end: RunEnd): void;
}

export interface RunOptions {
  /** What is told to the person while the run goes on. */
  readonly onEvents: (seq: number, events: readonly Event[], state: State) => void;
  /** What the start has made of that which a killed temoin had left, a line each. */
  readonly onLeft?: (lines: readonly string[]) => void;
  /** One sentence that a person should know. */
  readonly onProblem: (says: string) => void;
  readonly command: "run" | "up";
}

/** What is changed by one at a time: the tasks of a plan, temoin.yaml. */
export type Turn = "import" | "config";

export interface Context {
  readonly clock: Clock;
  readonly env: Environment;
  /** The directory that `-C` named, absolute. */
  readonly dir: string;
  readonly caller: Caller;
  /**
   * Of the caller. Rejects with an AppError `refused` when the temoin at work does not know its
   * token, or when none is at work.
   */
  role(): Promise<Role>;
  /** Rejects with an AppError `repository` where there is no usable git repository. */
  place(): Promise<ProjectPlace>;
  /** Rejects with an AppError `config` that lists all problems. Flags by key: `budget.until`. */
  config(flags?: Readonly<Record<string, unknown>>): Promise<LoadedConfig>;
  /** The state as on disk now. */
  state(): Promise<State>;
  /** The events after `seq`, as on disk now. */
  events(after: number): Promise<readonly Event[]>;
  /**
   * Yields as soon as changes of the store on disk are seen, and after each one; what it holds may
   * have changed since the last time. Ends when the signal comes.
   */
  changes(signal: AbortSignal): AsyncIterable<void>;
  text(hash: BlobHash): Promise<string | null>;
  /** Kept on disk beside the log. */
  keep(texts: readonly string[]): Promise<readonly BlobHash[]>;
  /** Waits until nobody else has it; kept until it is disposed of. Rejects with `locked`. */
  turn(of: Turn): Promise<Disposable>;
  /** What the caller wants. Rejects with an AppError when it is refused. */
  ask(input: Wish): Promise<Decision>;
  /** Offers verbs as tools on this process's standard streams, until they end. */
  serveTools(request: {
    readonly role: ToolRole;
    /** A file that names a token and a socket, in the place of the environment's. */
    readonly as: string | null;
    /** A file to leave when the agent has been given the list. */
    readonly listed: string | null;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** What an agent says of its own work; needs a token. */
  report(report: Report): Promise<void>;
  /** A question of the caller about its task; needs a token. */
  question(asked: {
    readonly says: string;
    readonly choices: readonly string[];
  }): Promise<AskedByTool>;
  /** The task that the caller has now; needs a token. Rejects with `not_found` when it has none. */
  ownTask(): Promise<OwnTask>;
  /** A draft of the agent that was asked for a plan; needs its token. */
  handIn(text: string): Promise<HandedIn>;
  readonly plans: PlanReader;
  /** The change from where a commit left the target to the commit itself. */
  diff(head: CommitSha): Promise<string>;
  /** Who works on the project now; `null`: nobody. */
  holder(): Promise<Holder | null>;
  /** Who drafts a plan now; `null`: nobody that is known of. */
  planner(): Promise<Planner | null>;
  /** Asks the holder to stop; resolves when it has let the project go. */
  stopHolder(how: "drain" | "now"): Promise<void>;
  /** Takes the project and works in this process. Rejects with `locked` when another one has it. */
  startRun(loaded: LoadedConfig, options: RunOptions): Promise<RunHandle>;
  /**
   * Works on it in a process of its own, which outlives this one. Resolves when it has begun; `null`:
   * it was over before it could be seen, its goal met.
   */
  startDaemon(flags: readonly string[]): Promise<Holder | null>;
  /** Runs one gate, or all, on the working tree as it is. */
  checkGates(
    loaded: LoadedConfig,
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly GateCheck[]>;
  /** Which configured agents cannot be started, and why. Runs nothing. */
  missingAgents(loaded: LoadedConfig): Promise<readonly { agent: string; says: string }[]>;
  /** Their programs, versions and logins, in the order of the agents. Calls no model. */
  lookAtAgents(agents: readonly AgentSpec[], signal: AbortSignal): Promise<readonly AgentLook[]>;
  /** Starts the server of temoin's tools, as the CLI of an agent does, and asks what it offers. */
  lookAtTools(role: ToolRole, signal: AbortSignal): Promise<ToolsLook>;
  /**
   * Has the agent do its exercises, on a scratch repository, and keeps what came of them. Calls the
   * model. Rejects with the signal's reason when it is called off.
   */
  proveAgent(
    agent: AgentSpec,
    how: { readonly onStep: (step: Exercised) => void; readonly signal: AbortSignal },
  ): Promise<AgentProof>;
  /**
   * An agent in the seat of whoever plans, in no run. Rejects with `locked` while another one is at
   * it, and with an AppError when it cannot be started.
   */
  openPlanning(request: PlanningRequest): Promise<Planning>;
  /**
   * What is wrong with a command that an agent wants temoin to run, as the end of a sentence; `null`:
   * nothing that is known. Runs nothing.
   */
  commandTrouble(command: string): Promise<string | null>;
  /** The last one of it; `null`: there is none. */
  agentProof(agent: AgentSpec): Promise<AgentProof | null>;
  /**
   * Can agents work in the tmux of this machine? `all` tries it out on a server that is gone again
   * afterwards, and stops at the first thing that fails.
   */
  probeTmux(how: "version" | "all"): Promise<readonly TmuxProbe[]>;
  /** Looks for what nothing needs any more, and removes it where that is asked for. */
  clean(how: { readonly removes: boolean; readonly proofAgeMs: number }): Promise<Cleaned>;
  logFile(slot: SlotId): Promise<string>;
  /**
   * The tmux windows of agents, by slot, as a run has told them last: also after temoin was killed,
   * and also when they are gone since.
   */
  attachHints(): Promise<ReadonlyMap<SlotId, AttachHint>>;
}

/** What becomes of a draft that is handed in. */
export interface HandedIn {
  readonly complete: boolean;
  readonly tasks: number;
  /** What is missing, a line each. */
  readonly findings: readonly string[];
}

export interface PlanningRequest {
  readonly agent: AgentSpec;
  readonly loaded: LoadedConfig;
  /** The agent hands it in, in the midst of its turn. */
  readonly onDraft: (text: string) => Promise<HandedIn>;
  /** One line about what the agent does. */
  readonly onTold: (says: string) => void;
  /** Ends the turn; what is open is closed by whoever has opened it. */
  readonly signal: AbortSignal;
}

export interface Planning extends AsyncDisposable {
  /** Where what the agent prints is kept. */
  readonly log: string;
  /**
   * Asks it, once more where something is missing, and waits for the end of its turn. `null`: it has
   * come to its end; else why not. Of a turn that the signal has ended it is the same.
   */
  take(order: PlanningOrder, missing: Missing | undefined): Promise<PlanningTrouble | null>;
}

export interface Cleaned extends CleanPlan {
  /** What was removed; of what was only looked at: nothing. */
  readonly removed: readonly Judged[];
  /** What was to go and could not be removed, with the reason. */
  readonly failed: readonly Judged[];
}

export interface AgentLook {
  readonly agent: string;
  /** Why it cannot be started, with the next step; `null`: its program is there. */
  readonly missing: string | null;
  /** Which of the known CLIs it is; `null`: any program, which was not run. */
  readonly kind: AgentKind | null;
  readonly version: string | null;
  /** Why a known CLI has not told its version. */
  readonly versionTrouble: string | null;
  /** `null`: its CLI has no way to tell. */
  readonly login: {
    /** `null`: not known. */
    readonly isIn: boolean | null;
    readonly says: string;
    readonly hint: string | null;
  } | null;
}

/** What the server of temoin's tools has answered. */
export type ToolsLook =
  | { readonly isThere: true; readonly tools: readonly string[]; readonly tookMs: number }
  /** `why`: a sentence without its end. */
  | { readonly isThere: false; readonly why: string };

/** One thing that was looked at or tried out. */
export interface TmuxProbe {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly hint: string | null;
}

export interface GateCheck extends Verdict {
  readonly name: string;
  /** From the repository's root. */
  readonly proof: string;
}
