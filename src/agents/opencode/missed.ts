/** What has happened in a session since a prompt, asked of its server: for whoever has not heard it. */

import type { Api } from "./api.ts";
import { readPending, readStatus } from "./read-event.ts";
import { readMessages } from "./read-message.ts";
import type { ServerEvent } from "./server-event.ts";

/** As events, in their order; none where the server does not answer. `prompt`: `null`: there was none. */
export async function missedSince(
  api: Api,
  session: string,
  prompt: string | null,
): Promise<readonly ServerEvent[]> {
  const [messages, status, permissions, questions] = await Promise.all([
    api.get(`/session/${session}/message`),
    api.get("/session/status"),
    api.get("/permission"),
    api.get("/question"),
  ]);
  if (!messages.ok || !status.ok) return [];
  const state = readStatus(session, status.value);
  const pending =
    permissions.ok && questions.ok ? readPending(permissions.value, questions.value) : [];
  return [
    ...since(prompt, readMessages(session, messages.value)),
    { type: "status", session, status: state },
    ...pending,
  ];
}

/** From the message of that prompt on; none where it is not there. */
function since(prompt: string | null, events: readonly ServerEvent[]): readonly ServerEvent[] {
  const at = events.findIndex((event) => event.type === "part" && isPrompt(event.part, prompt));
  // Its message comes right before its first part.
  return at === -1
    ? []
    : events.slice(events.findLastIndex((event, n) => n < at && event.type === "message"));
}

function isPrompt(
  part: Extract<ServerEvent, { type: "part" }>["part"],
  id: string | null,
): boolean {
  return part.type === "text" && part.prompt !== null && part.prompt === id;
}
