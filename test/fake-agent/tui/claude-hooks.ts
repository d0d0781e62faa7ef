/**
 * What Claude Code tells beside its screen, in the shapes that were recorded with 2.1.197: the hooks
 * and the status line of the settings that it was given, its transcript and its session file in
 * `CLAUDE_CONFIG_DIR`. No hook tells of an interrupt.
 */

import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HookAnswer, Hooks, HookTurnEnd, ToolUse } from "./hooks.ts";
import { commandsOf, fieldOf, runHook } from "./run-hook.ts";

const usage = {
  input_tokens: 12,
  cache_creation_input_tokens: 100,
  cache_read_input_tokens: 20_000,
  output_tokens: 9,
};
const stepUsd = 0.01;
const contextSize = 200_000;

export class ClaudeHooks implements Hooks {
  readonly #settings: unknown;
  readonly #configDir: string;
  readonly #cwd: string;
  #sessionId = randomUUID();
  #promptId = "";
  #costUsd = 0;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(settings: unknown, configDir: string, cwd: string) {
    this.#settings = settings;
    this.#configDir = configDir;
    this.#cwd = cwd;
    for (const name of ["sessions", "projects/workspace"]) {
      mkdirSync(join(configDir, name), { recursive: true });
    }
  }

  /** `null`: its arguments name no settings, or nowhere is where it could keep its files. */
  static of(
    args: readonly string[],
    cwd: string,
    { CLAUDE_CONFIG_DIR: configDir }: NodeJS.ProcessEnv = process.env,
  ): ClaudeHooks | null {
    const file = args[args.indexOf("--settings") + 1];
    if (!args.includes("--settings") || file === undefined || configDir === undefined) return null;
    return new ClaudeHooks(JSON.parse(readFileSync(file, "utf8")), configDir, cwd);
  }

  begin(): Promise<void> {
    return this.#next(async () => {
      this.#session("idle");
      await this.#showStatus();
      await this.#run("SessionStart", { source: "startup", model: "claude-fake" });
    });
  }

  cleared(): Promise<void> {
    return this.#next(async () => {
      await this.#run("SessionEnd", { reason: "clear" });
      this.#sessionId = randomUUID();
      this.#session("idle");
      await this.#run("SessionStart", { source: "clear" });
    });
  }

  prompted(prompt: string): Promise<void> {
    return this.#next(async () => {
      this.#promptId = randomUUID();
      this.#session("busy");
      await this.#run("UserPromptSubmit", { prompt });
      this.#write({ type: "user", promptId: this.#promptId, message: { content: prompt } });
    });
  }

  using({ name, input }: ToolUse): Promise<void> {
    return this.#next(async () => {
      this.#step("tool_use");
      await this.#run("PreToolUse", { tool_name: name, tool_input: input });
    });
  }

  used({ name, input }: ToolUse): Promise<void> {
    return this.#next(async () => {
      this.#session("busy");
      this.#write({ type: "user", promptId: this.#promptId, message: { content: [] } });
      const more = { tool_name: name, tool_input: input, tool_response: {} };
      await this.#run("PostToolUse", more);
    });
  }

  async ask({ name, input }: ToolUse, signal: AbortSignal): Promise<HookAnswer | null> {
    await this.#work;
    this.#session("waiting");
    const more = { tool_name: name, tool_input: input };
    const printed = await this.#run("PermissionRequest", more, signal);
    const decision = fieldOf(fieldOf(printed, "hookSpecificOutput"), "decision");
    if (fieldOf(decision, "behavior") === "allow") {
      // Written by temoin, or by the test.
      return {
        allows: true,
        input: (fieldOf(decision, "updatedInput") as ToolUse["input"]) ?? input,
      };
    }
    if (fieldOf(decision, "behavior") !== "deny") return null;
    return { allows: false, message: String(fieldOf(decision, "message")) };
  }

  over({ end, says }: HookTurnEnd): Promise<void> {
    return this.#next(async () => {
      const words = { last_assistant_message: says };
      if (end === "completed") await this.#run("Stop", { stop_hook_active: false, ...words });
      else {
        const error = end === "limited" ? "rate_limit" : "server_error";
        await this.#run("StopFailure", { error, ...words });
      }
      // Written a moment after the hook, as the real one does.
      this.#step("end_turn");
      this.#session("idle");
      await this.#showStatus();
    });
  }

  interrupted(): Promise<void> {
    return this.#next(async () => {
      const content = [{ type: "text", text: "[Request interrupted by user]" }];
      this.#write({ type: "user", promptId: this.#promptId, message: { content } });
      this.#session("idle");
    });
  }

  end(): Promise<void> {
    return this.#next(async () => {
      await this.#run("SessionEnd", { reason: "other" });
      rmSync(join(this.#configDir, "sessions", `${process.pid}.json`), { force: true });
    });
  }

  #next(act: () => Promise<void>): Promise<void> {
    const done = this.#work.then(act);
    this.#work = done;
    return done;
  }

  async #run(
    event: string,
    more: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const payload = { ...this.#common(), hook_event_name: event, ...more };
    const run = (command: string) => runHook(command, payload, signal);
    const printed = await Promise.all(commandsOf(this.#settings, event).map(run));
    return printed.find((one) => one !== null) ?? null;
  }

  async #showStatus(): Promise<void> {
    const command = fieldOf(fieldOf(this.#settings, "statusLine"), "command");
    if (typeof command !== "string") return;
    await runHook(command, {
      ...this.#common(),
      cost: { total_cost_usd: this.#costUsd },
      context_window: { context_window_size: contextSize },
    });
  }

  #common() {
    const { promptId } = { promptId: this.#promptId };
    return {
      session_id: this.#sessionId,
      transcript_path: this.#transcript(),
      cwd: this.#cwd,
      ...(promptId === "" ? {} : { prompt_id: promptId }),
    };
  }

  /** A step of the model. */
  #step(stop: "tool_use" | "end_turn"): void {
    this.#costUsd += stepUsd;
    const message = { id: `msg_${randomUUID()}`, model: "claude-fake", stop_reason: stop, usage };
    this.#write({ type: "assistant", isSidechain: false, message });
  }

  #write(entry: Readonly<Record<string, unknown>>): void {
    appendFileSync(this.#transcript(), `${JSON.stringify({ isSidechain: false, ...entry })}\n`);
  }

  #session(status: "idle" | "busy" | "waiting"): void {
    const waiting = status === "waiting" ? { waitingFor: "permission prompt" } : {};
    const session = { pid: process.pid, sessionId: this.#sessionId, status, ...waiting };
    writeFileSync(
      join(this.#configDir, "sessions", `${process.pid}.json`),
      JSON.stringify(session),
    );
  }

  #transcript(): string {
    return join(this.#configDir, "projects", "workspace", `${this.#sessionId}.jsonl`);
  }
}
