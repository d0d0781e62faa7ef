/** A session at which nobody sits: what its agent asks is refused at once, so that it goes on. */

import type { AgentEvent, Session } from "../agents/driver.ts";
import type { AgentAsk, Answer } from "../domain/ask.ts";

const words = "Nobody is here to answer. Go on without it, or end your turn.";
const refusing = /^\W*(?:no\b|deny|denied|reject|refuse|decline|cancel|abort|don.t|non\b)/i;

/** The same session; its asks are answered, and told to nobody. */
export function unattended(session: Session): Session {
  return {
    events: refuseAsks(session),
    send: (prompt) => session.send(prompt),
    interrupt: () => session.interrupt(),
    get attach() {
      return session.attach ?? null;
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

async function* refuseAsks(session: Session): AsyncGenerator<AgentEvent> {
  for await (const event of session.events) {
    if (event.type === "ask_closed") continue;
    if (event.type !== "ask") {
      yield event;
      continue;
    }
    const answer = refusalOf(event.ask);
    // Its receipt comes while the events are read on; an answer that is not taken ends with its call.
    if (answer !== null) void session.answer?.(event.ask.id, answer);
  }
}

/**
 * By words where a permission takes them, as a bare no ends the turn of some agents (opencode
 * 1.18.33). `null`: it offers no way to say no.
 */
function refusalOf({ kind, choices, takesText, forAlways }: AgentAsk): Answer | null {
  if (kind === "permission" && takesText) return { text: words };
  const known = forAlways?.refuse ?? choices.find((choice) => refusing.test(choice));
  if (known !== undefined && known !== null) return { choice: known };
  return takesText ? { text: words } : null;
}
