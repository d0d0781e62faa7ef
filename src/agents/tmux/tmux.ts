/**
 * The contract of a private tmux server: windows with one pane each, fed and watched over two
 * control-mode connections. No `tmux` process per operation, no user text in a command line.
 */

import type { Instant } from "../../domain/id.ts";
import type { Screen } from "../screen.ts";

export interface WindowRequest {
  /** Shown to a person who attaches; no part of it is ever used to find the window. */
  readonly name: string;
  readonly cwd: string;
  /** Program and arguments; run under a wrapper that tells its end and outlives it. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** Kept with the pane (`@temoin_NAME`), so that a later process finds it again. */
  readonly options: Readonly<Record<string, string>>;
}

/** What happens in a pane, in order. Nothing of it is lost without a `resync`. */
export type PaneEvent =
  /** Bytes were written to the terminal, whatever they were. */
  | { readonly type: "output"; readonly at: Instant; readonly bytes: number }
  /** OSC 0 or 2; the wrapper's own marker is none. */
  | { readonly type: "title"; readonly at: Instant; readonly title: string }
  /** Any other OSC; `data` without its number, control characters and end. */
  | { readonly type: "osc"; readonly at: Instant; readonly code: number; readonly data: string }
  | { readonly type: "bell"; readonly at: Instant }
  /** A private mode, as `2004` (bracketed paste), `1049` (alternate screen), `2026` (frame). */
  | { readonly type: "mode"; readonly at: Instant; readonly mode: number; readonly isOn: boolean }
  /** Output was skipped because we fell behind: look at the screen anew. */
  | { readonly type: "resync"; readonly at: Instant }
  /** The program has ended; its last output came before. The wrapper keeps the pane. */
  | { readonly type: "exited"; readonly at: Instant; readonly exitCode: number }
  /** The pane is gone, or its server: the last event. */
  | { readonly type: "gone"; readonly at: Instant; readonly why: string };

export type PaneInput =
  | { readonly done: true }
  /** Nothing reached the program. */
  | { readonly done: false; readonly why: string };

export interface Pane {
  /** `%7`. */
  readonly id: string;
  /** `@7`. */
  readonly window: string;
  /** The process of the wrapper; the program is a child of it. `restart` brings another. */
  readonly pid: number;
  /** Has the program asked for bracketed paste? Known again after a restart of ours. */
  readonly takesPaste: boolean;
  /** What the program ended with; `null` while it runs. */
  readonly exitCode: number | null;
  /** The listener is called in order and must not throw. Disposing ends it. */
  listen(listener: (event: PaneEvent) => void): Disposable;
  /** The rendered screen of now. Rejects with an AppError when the pane is gone. */
  capture(): Promise<Screen>;
  /** Rendered rows above and on the screen, oldest first, at most `rows`. */
  history(rows: number): Promise<readonly string[]>;
  /**
   * The text, exactly, as one bracketed paste. The caller has cleaned it (`clean-prompt.ts`). Not
   * done when the program has ended or does not take a paste and the text has several lines; copy
   * mode is left first.
   */
  paste(text: string): Promise<PaneInput>;
  /** Keys by their tmux names, as `Enter`, `Escape`, `C-c`, `Down`; not done after its end. */
  keys(...names: readonly [string, ...string[]]): Promise<PaneInput>;
  /** Text as if typed, byte by byte; for slash commands and single characters. */
  type(text: string): Promise<PaneInput>;
  /** Survives us; `null`: never set. */
  option(name: string): Promise<string | null>;
  setOption(name: string, value: string): Promise<void>;
  /**
   * Another program in the place of this one, which is ended with all that it has started: whoever
   * looks at the window goes on to look at it. Its options stay. Rejects with an AppError.
   */
  restart(program: Pick<WindowRequest, "cwd" | "command" | "env">): Promise<void>;
  /** Ends the window with all that runs in it, and resolves when the processes are gone. */
  close(): Promise<void>;
}

/** A person who looks at the server through a terminal. */
export interface Viewer {
  readonly canWrite: boolean;
  /** The window that the person sees. */
  readonly window: string;
  /** The last key that the person pressed; a resolution of 1 s. */
  readonly lastInputAt: Instant;
}

export interface TmuxServer extends AsyncDisposable {
  /** As `3.3a`. */
  readonly version: string;
  readonly pid: number;
  /** Arguments that reach this server with the `tmux` program: `["-L", NAME]` or `["-S", PATH]`. */
  readonly socket: readonly string[];
  /** The one session with all windows. */
  readonly session: string;
  /** Resolves, with why, when the server or a connection to it is gone. */
  readonly gone: Promise<string>;
  /** Rejects with an AppError that says what could not be started. */
  open(request: WindowRequest): Promise<Pane>;
  /** Windows of an earlier process of ours too, by an option that they carry; each is the same `Pane` always. */
  find(option: string, value: string): Promise<readonly Pane[]>;
  /** All that were opened, also by an earlier process of ours. Rejects with an AppError. */
  windows(): Promise<readonly Pane[]>;
  viewers(): Promise<readonly Viewer[]>;
  /** Ends the server and all windows: our clients first. Disposing alone leaves both running. */
  end(): Promise<void>;
}
