/** One slot's life: claim, work, submit, claim again. Its session is kept from task to task. */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { SlotSpec } from "../domain/agent.ts";
import type { AttemptOrder } from "../domain/order.ts";
import type { Workspace } from "../workspaces/workspace.ts";
import type { AttemptEnd } from "./attempt-end.ts";
import { Conversation } from "./conversation.ts";
import type { Desk, Desks } from "./desk.ts";
import type { Hands } from "./hands.ts";
import { type AttemptParts, runAttempt } from "./run-attempt.ts";
import type { SlotsFirst } from "./slots-first.ts";

export class SlotLoop implements AsyncDisposable {
  readonly #hands: Hands;
  readonly #desks: Desks;
  readonly #slotsFirst: SlotsFirst;
  readonly #slot: SlotSpec;
  #conversation: Conversation | null = null;
  /** Where a person finds it, as it was told last. */
  #window: string | undefined = undefined;

  constructor(
    parts: { readonly hands: Hands; readonly desks: Desks; readonly slotsFirst: SlotsFirst },
    slot: SlotSpec,
  ) {
    this.#hands = parts.hands;
    this.#desks = parts.desks;
    this.#slotsFirst = parts.slotsFirst;
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
    await this.#conversation?.[Symbol.asyncDispose]();
    this.#conversation = null;
    await this.#recordAttach();
  }

  async #work(order: AttemptOrder, desk: Desk): Promise<void> {
    using way = this.#slotsFirst.begin();
    const converse = (workspace: Workspace) => this.#converse(workspace, desk.signal);
    const onPrompted = (): void => way[Symbol.dispose]();
    const end = await this.#serve({ hands: this.#hands, order, desk, converse, onPrompted });
    // A lost lease is nobody's any more; what was done is saved, and told to nobody.
    if (desk.cut?.kind !== "lost") await this.#tellEnd(end, desk);
  }

  /** Whatever the session tells meanwhile has been told before the end of the attempt is. */
  async #serve(parts: AttemptParts): Promise<AttemptEnd> {
    await using stack = new AsyncDisposableStack();
    const converse = async (workspace: Workspace): Promise<Conversation> => {
      const conversation = await parts.converse(workspace);
      stack.use(conversation.serve(parts.desk));
      return conversation;
    };
    return await runAttempt({ ...parts, converse });
  }

  async #tellEnd(end: AttemptEnd, desk: Desk): Promise<void> {
    const { outcome, why, work, slotBroken, verifyPassed } = end;
    const usage = this.#conversation?.usage ?? null;
    await desk.say({
      type: "attempt_ended",
      outcome,
      why,
      work,
      usage,
      evidence: [],
      slotBroken,
      verifyPassed,
    });
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
    const request = { slot: id, agent, cwd: workspace.path, env: agentEnv(id), logFile };
    const driver = drivers[agent.driver];
    if (driver === undefined) throw new Error(`no driver ${agent.driver} was constructed`);
    const session = await driver.start(request, signal);
    this.#conversation = new Conversation(session, clock);
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
