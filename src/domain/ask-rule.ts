/** What a person has decided beforehand of the permissions that agents ask for. */

import type { Interpreter } from "./inline-program.ts";

export type AskRule =
  /** A whole command, in which `*` is any text. */
  | { readonly kind: "command"; readonly pattern: string }
  /** A glob of files: of the workspace, or from the root where it begins with `/`. */
  | { readonly kind: "edit" | "read"; readonly glob: string }
  /** The name of a tool, in which `*` is any text. */
  | { readonly kind: "tool"; readonly pattern: string };

/** A command that no rule and no autonomy allows. */
export interface DangerousCommand {
  /** What it does, as the end of a sentence: "it …". */
  readonly why: string;
  /** Tried on the whole command, its spaces drawn together; or on the programs that it holds. */
  readonly pattern: RegExp;
  readonly in?: "command" | "program" | undefined;
}

/** What is known of commands, whoever asks for them. */
export interface CommandPolicy {
  readonly dangerous: readonly DangerousCommand[];
  readonly interpreters: readonly Interpreter[];
  /** Programs that begin another one: `env`, `timeout`. */
  readonly launchers: readonly string[];
}

export interface AskRules {
  readonly allow: readonly AskRule[];
  readonly deny: readonly AskRule[];
}
