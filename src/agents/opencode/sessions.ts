/**
 * Which session of opencode a prompt goes to: each task has one of its own, which outlives its
 * server, and whoever looks is shown it.
 */

import { autonomyOf } from "../../domain/autonomy.ts";
import type { AttachHint, Prompt, SessionRequest } from "../driver.ts";
import type { Api } from "./api.ts";
import type { ServerFacts } from "./check-server.ts";

/** Which conversation goes on, whatever becomes of its server. */
export interface SessionMemory {
  readonly session: string | null;
  /** The prompt that it was given last; `null`: none yet. */
  readonly prompt: string | null;
  keep(session: string, prompt: string | null): Promise<void>;
}

/** What a person sees of it. */
export interface SessionView {
  readonly attach: AttachHint | null;
  /** The session is to be on the screen. Never rejects. */
  show(session: string): Promise<void>;
  /** Resolves when what is asked is shown there, or it does not come up. Never rejects. */
  ready(): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface SessionsParts {
  readonly api: Api;
  readonly facts: ServerFacts;
  readonly request: SessionRequest;
  readonly memory: SessionMemory;
  /** `null`: nobody looks. */
  readonly view: SessionView | null;
}

export interface Refusal {
  readonly why: string;
}

export class Sessions {
  readonly #parts: SessionsParts;
  /** A person has begun a turn since the session was made: it is not empty any more. */
  isTouched = false;

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** Who looks sees a session from its beginning on. */
  async show(): Promise<void> {
    const { memory, view, request } = this.#parts;
    if (view === null) return;
    const session = memory.session ?? (await this.#make(titleOf(request.slot)));
    if (typeof session === "string") await view.show(session);
  }

  /** Its id. The first prompt of a task gets an empty one. */
  async choose(prompt: Prompt): Promise<string | Refusal> {
    const { request, view } = this.#parts;
    const session = await this.#find(prompt, titleOf(prompt.env["TEMOIN_TASK"] ?? request.slot));
    if (view === null || typeof session !== "string") return session;
    await view.show(session);
    // A screen that comes up later does not show what was asked before (1.18.33).
    if (autonomyOf(request.agent) !== "full") await view.ready();
    return session;
  }

  async #find(prompt: Prompt, title: string): Promise<string | Refusal> {
    const { api, memory } = this.#parts;
    const { session } = memory;
    const isEmpty = memory.prompt === null && !this.isTouched;
    if (session !== null && (prompt.kind !== "task" || isEmpty || memory.prompt === prompt.id)) {
      const found = await api.patch(`/session/${session}`, { title });
      if (found.ok) return session;
      if (found.status !== 404) return { why: found.why };
    }
    return await this.#make(title);
  }

  async #make(title: string): Promise<string | Refusal> {
    const { api, facts, memory } = this.#parts;
    // With a title of ours, no model is asked for one.
    const made = await api.post("/session", { title, permission: facts.rules });
    if (!made.ok) return { why: made.why };
    const id = idOf(made.value);
    if (id === null) return { why: "its server has made no session" };
    await memory.keep(id, null);
    this.isTouched = false;
    return id;
  }
}

function titleOf(about: string): string {
  return `temoin ${about}`;
}

function idOf(value: unknown): string | null {
  const isNamed = typeof value === "object" && value !== null && "id" in value;
  return isNamed && typeof value.id === "string" ? value.id : null;
}
