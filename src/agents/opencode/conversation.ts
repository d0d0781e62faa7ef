/**
 * What opencode tells, made into facts: which turn runs and whose it is, what is asked, when it is over.
 * What an answer says and spends is in `turn-parts.ts`. Pure: an event in, the conversation after it and its facts out.
 *
 * Two things of opencode decide the shape. A turn that fails or is broken off is idle twice, and only
 * the second time is its last message closed and the next prompt welcome. And an error within a turn
 * is not its end: too long a conversation is compacted, and goes on.
 */

import { plainLine } from "../../lib/process-text.ts";
import { activity, type Fact } from "../protocol/line.ts";
import { permissionAsks, questionAsks, questionId } from "./asks.ts";
import type { LimitContext, Retry } from "./limits.ts";
import type { Message, QuestionRequest, ServerEvent } from "./server-event.ts";
import { endOf, newTurn, type Turn, whyStopped } from "./turn.ts";
import { type SeenPart, type SizeOf, seeDelta, seePart } from "./turn-parts.ts";

export interface Conversation {
  /** The session that our prompts go to; `null`: there is none yet. */
  readonly session: string | null;
  /** The prompt that was sent last. */
  readonly prompt: string | null;
  /** Sessions of subagents, by that which has begun them. */
  readonly parents: ReadonlyMap<string, string>;
  /** Ids of the last messages in a person's place. */
  readonly users: readonly string[];
  /** Those that are open, by their ids. */
  readonly questions: ReadonlyMap<string, QuestionRequest>;
  readonly turn: Turn | null;
}

export interface Context extends LimitContext {
  readonly cwd: string;
  readonly sizeOf: SizeOf;
}

export type Sign =
  /** The prompt that was sent last is in the session. */
  | { readonly type: "received" }
  /** Told while no turn runs: why a prompt does not come to one. */
  | { readonly type: "refused"; readonly why: string }
  /** It asks for ever: its turn is to be stopped. */
  | { readonly type: "stop" }
  /** To be told `settle`, if its end does not come by itself in a moment. */
  | { readonly type: "settling" };

export interface Step {
  readonly conversation: Conversation;
  readonly facts: readonly Fact[];
  readonly signs: readonly Sign[];
}

export const emptyConversation: Conversation = {
  session: null,
  prompt: null,
  parents: new Map(),
  users: [],
  questions: new Map(),
  turn: null,
};

/** Enough for all that are told of again (chosen). */
const knownUsers = 32;

export function see(conversation: Conversation, event: ServerEvent, context: Context): Step {
  const { turn, parents } = conversation;
  const isOfTurn = turn !== null && rootOf(event.session, parents) === turn.session;
  switch (event.type) {
    case "child":
      return step(withParent(conversation, event.session, event.parent));
    case "status":
      return seeStatus(conversation, event, context);
    case "failed": {
      const why = plainLine(event.error.message);
      if (turn === null) return step(conversation, [], [{ type: "refused", why }]);
      const isRoot = turn.session === event.session;
      return step(isRoot ? withTurn(conversation, { ...turn, error: event.error }) : conversation);
    }
    case "message":
      return step(seeMessage(conversation, event.message, event.session));
    case "part":
      if (conversation.users.includes(event.part.message)) return seePrompt(conversation, event);
      if (!isOfTurn) return step(conversation);
      return withPart(conversation, seePart(turn, event, context.sizeOf));
    case "delta":
      return isOfTurn ? withPart(conversation, seeDelta(turn, event)) : step(conversation);
    // In a person's own turn the person is at the screen.
    case "permission":
      if (!isOfTurn || !turn.isOurs) return step(conversation);
      return step(conversation, [permissionAsks(event.request, context.cwd)]);
    case "question": {
      const asks = isOfTurn && turn.isOurs ? questionAsks(event.request, 0) : null;
      if (asks === null) return step(conversation);
      const questions = new Map(conversation.questions).set(event.request.id, event.request);
      return step({ ...conversation, questions }, [asks]);
    }
    case "answered":
      return seeAnswered(conversation, event.request, event.says);
  }
}

/** Its turn is over, although its last message is open: nothing more has come for a while. */
export function settle(conversation: Conversation, context: Context): Step {
  const { turn } = conversation;
  return turn?.isSettling === true ? endTurn(conversation, turn, context) : step(conversation);
}

function seeStatus(
  conversation: Conversation,
  event: Extract<ServerEvent, { readonly type: "status" }>,
  context: Context,
): Step {
  const { turn, parents } = conversation;
  const { session, status } = event;
  if (turn === null) {
    // A session of a subagent that was left behind is no turn.
    if (status.type !== "busy" || parents.has(session)) return step(conversation);
    return step(withTurn(conversation, newTurn(session, false)), [{ type: "began" }]);
  }
  if (rootOf(session, parents) !== turn.session) return step(conversation);
  switch (status.type) {
    case "busy":
      return step(
        turn.isSettling ? withTurn(conversation, { ...turn, isSettling: false }) : conversation,
      );
    case "idle": {
      if (session !== turn.session) return step(conversation);
      const isOpen = turn.answer !== null && !turn.answer.isDone;
      if (!isOpen) return endTurn(conversation, turn, context);
      if (turn.isSettling) return step(conversation);
      return step(
        withTurn(conversation, { ...turn, isSettling: true }),
        [],
        [{ type: "settling" }],
      );
    }
    case "retry":
      return seeRetry(conversation, turn, status, context);
  }
}

function seeRetry(conversation: Conversation, turn: Turn, retry: Retry, context: Context): Step {
  if (turn.stopped !== null) return step(conversation);
  const stopped = turn.isOurs ? whyStopped(retry, context) : null;
  if (stopped !== null) {
    return step(withTurn(conversation, { ...turn, stopped }), [], [{ type: "stop" }]);
  }
  const says = plainLine(`${retry.message} (try ${retry.attempt + 1} follows)`);
  return step(conversation, [{ type: "retrying", says }]);
}

function seeMessage(conversation: Conversation, message: Message, session: string): Conversation {
  const { turn, users } = conversation;
  if (message.role === "user") {
    if (users.includes(message.id)) return conversation;
    return { ...conversation, users: [...users, message.id].slice(-knownUsers) };
  }
  if (turn === null || turn.session !== session) return conversation;
  // Told again from a list, it may be older than what was heard; ids grow with time.
  const { answer } = turn;
  const isReopened = answer?.id === message.id && answer.isDone && !message.isDone;
  if (isReopened || (answer !== null && message.id < answer.id)) return conversation;
  return withTurn(conversation, { ...turn, answer: message });
}

/** Words in a person's place: ours, a person's, or opencode's own. */
function seePrompt(
  conversation: Conversation,
  { session, part }: Extract<ServerEvent, { readonly type: "part" }>,
): Step {
  const { turn, parents } = conversation;
  if (part.type === "compaction")
    return step(conversation, [
      ...activity(compacting),
      ...(session === conversation.session && conversation.turn !== null
        ? [{ type: "compacting", says: compacting } as const]
        : []),
    ]);
  if (part.type !== "text" || part.isSynthetic || parents.has(session)) return step(conversation);
  if (part.prompt !== null) {
    if (part.prompt !== conversation.prompt || session !== conversation.session) {
      return step(conversation);
    }
    // A person's turn that ran in the same session goes on as ours: it ends with both.
    const ours = turn?.session === session ? { ...turn, isOurs: true } : newTurn(session, true);
    return step(withTurn(conversation, ours), [], [{ type: "received" }]);
  }
  const says = activity(plainLine(`a person has written: ${part.text}`));
  if (turn !== null) return step(conversation, turn.session === session ? says : []);
  return step(withTurn(conversation, newTurn(session, false)), [{ type: "began" }, ...says]);
}

function endTurn(conversation: Conversation, turn: Turn, context: Context): Step {
  const after = { ...withTurn(conversation, null), questions: new Map() };
  const { end, limit } = endOf(turn, context);
  const told: readonly Fact[] = limit !== null && turn.isOurs ? [{ type: "limit", limit }] : [];
  return step(after, [...told, { type: "over", end, says: turn.says }]);
}

function seeAnswered(conversation: Conversation, request: string, says: string): Step {
  const asked = conversation.questions.get(request);
  const questions = new Map(conversation.questions);
  questions.delete(request);
  const ids = asked?.questions.map((_, index) => questionId(request, index)) ?? [request];
  const facts = ids.map((askId): Fact => ({ type: "ask_gone", askId, says }));
  return step({ ...conversation, questions }, facts);
}

/** It is told again with each change. One in a circle would have no root. */
function withParent(conversation: Conversation, session: string, parent: string): Conversation {
  const { parents } = conversation;
  if (parents.get(session) === parent || rootOf(parent, parents) === session) return conversation;
  return { ...conversation, parents: new Map(parents).set(session, parent) };
}

function rootOf(session: string, parents: ReadonlyMap<string, string>): string {
  let root = session;
  for (let at = parents.get(root); at !== undefined; at = parents.get(root)) root = at;
  return root;
}

function withTurn(conversation: Conversation, turn: Turn | null): Conversation {
  return { ...conversation, turn };
}

function withPart(conversation: Conversation, { turn, facts }: SeenPart): Step {
  return step(withTurn(conversation, turn), facts);
}

const compacting = "it compacts the conversation";

function step(
  conversation: Conversation,
  facts: readonly Fact[] = [],
  signs: readonly Sign[] = [],
): Step {
  return { conversation, facts, signs };
}
