/** One slot's life: claim, work, submit, claim again. Its session is kept from task to task. */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { SlotSpec, Usage } from "../domain/agent.ts";
import type { AttemptOrder } from "../domain/order.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import type { AttemptEnd } from "./attempt-end.ts";
import type { Baselines } from "./baselines.ts";
import { Conversation } from "./conversation.ts";
import type { Desk, Desks } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { type AttemptParts, runAttempt } from "./run-attempt.ts";
import type { SlotsFirst } from "./slots-first.ts";

export class SlotLoop implements AsyncDisposable {
  readonly #hands: Hands;
  readonly #desks: Desks;
  readonly #slotsFirst: SlotsFirst;
  readonly #baselines: Baselines;
  readonly #slot: SlotSpec;
  #conversation: Conversation | null = null;
  /** Where a person finds it, as it was told last. */
  #window: string | undefined = undefined;

  constructor(
    parts: {
      readonly hands: Hands;
      readonly desks: Desks;
      readonly slotsFirst: SlotsFirst;
      readonly baselines: Baselines;
    },
    slot: SlotSpec,
  ) {
    this.#hands = parts.hands;
    this.#desks = parts.desks;
    this.#slotsFirst = parts.slotsFirst;
    this.#baselines = parts.baselines;
    this.#slot = slot;
  }

  /** Until the signal; rejects with its reason, or with a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const { port, runner } = this.#hands;
    for (;;) {
      const { lease, order } = await port.claim(this.#slot.id, runner, signal);
      if (order.kind !== "attempt") throw new Error(`${this.#slot.id} was offered a ${order.kind}`);
      // With the first prompt; a prompt that was sent before may not hold them.
      const known = order.isResumed ? [] : order.tells.map((tell) => tell.id);
      const desk = this.#desks.open(lease, known);
      try {
        await this.#work(order, desk);
      } finally {
        this.#desks.close(desk);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#endSession();
  }

  async #endSession(): Promise<void> {
    await this.#conversation?.[Symbol.asyncDispose]();
    this.#conversation = null;
    await this.#recordAttach();
  }

  async #work(order: AttemptOrder, desk: Desk): Promise<void> {
    using way = this.#slotsFirst.begin();
    const converse = (workspace: Workspace) => this.#converse(workspace, desk.signal);
    const onPrompted = (): void => way[Symbol.dispose]();
    const baselines = this.#baselines;
    const parts = { hands: this.#hands, order, desk, converse, onPrompted, baselines };
    const served = await this.#serve(parts);
    // Whoever was not logged in may be in the next session; who hangs in this one may not there.
    const { slotBroken, outcome } = served.end;
    const hasHung = outcome === "stalled" || outcome === "timed_out";
    if (slotBroken !== null || hasHung) await this.#endSession();
    // A lost lease is nobody's any more; what was done is saved, and told to nobody.
    if (desk.cut?.kind === "lost") return;
    await desk.say({ type: "attempt_ended", ...served.end, usage: served.usage, evidence: [] });
  }

  /** Whatever the session tells meanwhile has been told before the end of the attempt is. */
  async #serve(
    parts: AttemptParts,
  ): Promise<{ readonly end: AttemptEnd; readonly usage: Usage | null }> {
    await using stack = new AsyncDisposableStack();
    const { desk, order } = parts;
    let served: Conversation | null = null;
    const converse = async (workspace: Workspace): Promise<Conversation> => {
      served = await parts.converse(workspace);
      stack.use(served.serve(desk, order.used));
      return served;
    };
    const end = await runAttempt({ ...parts, converse });
    return { end, usage: usageOf(served) };
  }

  async #converse(workspace: Workspace, signal: AbortSignal): Promise<Conversation> {
    if (this.#conversation !== null && !this.#conversation.isOver) {
      await this.#recordAttach();
      return this.#conversation;
    }
    await this.#conversation?.[Symbol.asyncDispose]();
    this.#conversation = null;
    const { agents, agentEnv, clock, drivers, places } = this.#hands;
    const { agent: name, id } = this.#slot;
    const agent = agents.get(name);
    if (agent === undefined) throw new Error(`slot ${id} has no agent ${name}`);
    const logFile = places.log(id);
    await mkdir(path.dirname(logFile), { recursive: true });
    const place = { cwd: workspace.path, logFile, privateDir: places.agentFiles(id) };
    const request = { slot: id, agent, env: agentEnv(id), ...place };
    const driver = drivers.of(agent);
    const session = await driver.start(request, signal);
    const { window } = agent;
    const outlives = driver.capabilities.resume;
    this.#conversation = new Conversation(session, clock, { window, outlives });
    await this.#recordAttach();
    return this.#conversation;
  }

  /** Where a session has begun its agent anew, it is in another window. */
  async #recordAttach(): Promise<void> {
    const attach = this.#conversation?.attach ?? null;
    if (attach?.window === this.#window) return;
    this.#window = attach?.window;
    await this.#hands.recordAttach(this.#slot.id, attach);
  }
}

/** Of an attempt whose session could not begin nothing is known. */
function usageOf(served: Conversation | null): Usage | null {
  return served?.usage ?? null;
}
