/** What an agent tells beside its screen, while it takes its steps. One that tells nothing does nothing. */

export interface ToolUse {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export type HookAnswer =
  | { readonly allows: true; readonly input: ToolUse["input"] }
  | { readonly allows: false; readonly message: string };

export interface HookTurnEnd {
  readonly end: "completed" | "failed" | "limited";
  /** The last words of the agent, or those of the error. */
  readonly says: string;
}

/** Each call waits for those before it. */
export interface Hooks {
  /** The first prompt can be written. */
  begin(): Promise<void>;
  cleared(): Promise<void>;
  prompted(text: string): Promise<void>;
  using(tool: ToolUse): Promise<void>;
  used(tool: ToolUse): Promise<void>;
  /** What a hook says to a dialog that is shown meanwhile; `null`: nothing. The signal ends it. */
  ask(tool: ToolUse, signal: AbortSignal): Promise<HookAnswer | null>;
  over(end: HookTurnEnd): Promise<void>;
  interrupted(): Promise<void>;
  end(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

export const noHooks: Hooks = {
  begin: nothing,
  cleared: nothing,
  prompted: nothing,
  using: nothing,
  used: nothing,
  ask: async () => null,
  over: nothing,
  interrupted: nothing,
  end: nothing,
};
