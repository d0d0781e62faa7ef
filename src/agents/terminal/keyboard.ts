/**
 * The keys of one window, held by one deed at a time. Each deed looks at the screen, decides, and
 * presses at once what it has decided: nobody presses a key between the look and the key.
 */

import type { Instant } from "../../domain/id.ts";
import type { Clock } from "../../lib/clock.ts";
import { Mutex } from "../../lib/mutex.ts";
import { waitFor } from "../../lib/notifier.ts";
import type { Profile } from "../profile/profile.ts";
import type { PaneInput, TmuxServer } from "../tmux/tmux.ts";
import type { AgentWindow } from "./agent-window.ts";
import type { Look } from "./screen-history.ts";
import type { Watch } from "./watch.ts";

export interface KeyboardParts {
  readonly server: TmuxServer;
  readonly window: AgentWindow;
  readonly watch: Watch;
  readonly profile: Profile;
  readonly clock: Clock;
}

/** What a deed comes to: wait for the next look, at most until then, or an end. */
export type Deed<T> = { readonly wait: Instant | null } | { readonly result: T };

export class Keyboard {
  readonly parts: KeyboardParts;
  readonly #oneAtATime = new Mutex();

  constructor(parts: KeyboardParts) {
    this.parts = parts;
  }

  /**
   * Looks and lets `act` press, again and again, until it has a result. Rejects with the signal's
   * reason, and with an AppError when the pane is gone.
   */
  async work<T>(signal: AbortSignal, act: (look: Look) => Promise<Deed<T>>): Promise<T> {
    const { watch, clock } = this.parts;
    using _ = watch.attend();
    for (;;) {
      signal.throwIfAborted();
      let news = watch.news();
      const deed = await this.#oneAtATime.run(async () => {
        const look = await watch.lookNow();
        // The look itself is none.
        news = watch.news();
        return act(look);
      });
      if ("result" in deed) return deed.result;
      await waitFor({ clock, signal, until: deed.wait }, news);
    }
  }

  /** Without a look, for keys that are meant whatever is shown. */
  press(keys: readonly [string, ...string[]]): Promise<PaneInput> {
    return this.#oneAtATime.run(() => this.parts.window.pane.keys(...keys));
  }

  /** The last key of a person who could type at this window; `null`: there is none. */
  async personAt(): Promise<Instant | null> {
    const { server, window } = this.parts;
    const viewers = await server.viewers();
    const here = viewers.filter((one) => one.canWrite && one.window === window.pane.window);
    return here.length === 0 ? null : Math.max(...here.map((one) => one.lastInputAt));
  }
}
