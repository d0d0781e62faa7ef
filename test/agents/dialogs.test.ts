/**
 * What the CLIs ask before their first prompt: nothing in a home as `openLaunch` makes it, also not
 * in a worktree below a trusted folder; and just what is left for them to ask.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { openModelServer } from "../model-servers/model-server.ts";
import { openScratchTmux, untilTrue } from "../scratch-tmux.ts";
import { chosenAgents } from "./chosen.ts";
import { environmentFor, openLaunch, type Question } from "./launch.ts";
import type { AgentKind } from "./pins.ts";

const run = promisify(execFile);
const git = (...args: readonly string[]) => run("git", args);

/** opencode takes 5 s on an idle machine, and many times that on a busy one. */
const longestStartMs = 90_000;

interface Start {
  readonly args: readonly string[];
  readonly asks?: Question;
  readonly shows: RegExp;
}

const starts: Readonly<Record<AgentKind, readonly Start[]>> = {
  claude: [
    { args: ["--dangerously-skip-permissions"], shows: /bypass permissions on/ },
    { args: [], shows: /\? for shortcuts/ },
    { args: [], asks: "trust", shows: /trust this folder/ },
    { args: [], asks: "key", shows: /Do you want to use this API key/ },
    { args: ["--dangerously-skip-permissions"], asks: "bypass", shows: /Yes, I accept/ },
  ],
  codex: [
    { args: [], shows: /Ask Codex to do anything/ },
    { args: [], asks: "trust", shows: /trust/ },
    { args: [], asks: "login", shows: /Sign in/ },
  ],
  opencode: [{ args: [], shows: /Ask anything/ }],
  gemini: [
    { args: ["-y"], shows: /Type your message/ },
    { args: [], asks: "trust", shows: /trust/ },
    { args: [], asks: "login", shows: /authenticate/ },
  ],
  acp: [],
};

for (const kind of chosenAgents()) {
  for (const { args, asks, shows } of starts[kind]) {
    const what = asks === undefined ? "nothing" : `about ${asks}`;
    test(`${[kind, ...args].join(" ")} asks ${what}`, { timeout: 120_000 }, async () => {
      await using server = await openModelServer();
      await using tmux = await openScratchTmux();
      const trusted = path.join(tmux.directory, "trusted");
      const [main, worktree] = [path.join(trusted, "main"), path.join(trusted, "deep", "tree")];
      await mkdir(main, { recursive: true });
      await git("init", "--quiet", main);
      const user = ["-c", "user.name=P", "-c", "user.email=p@example.com"];
      await git("-C", main, ...user, "commit", "--quiet", "--allow-empty", "-m", "first");
      await git("-C", main, "worktree", "add", "--quiet", worktree);
      const options = { url: server.url, trusted: [trusted] };
      await using launch = await openLaunch(kind, asks ? { ...options, asks: [asks] } : options);
      const env = environmentFor(launch);
      const pane = await tmux.open([launch.command[0], ...args], { cwd: worktree, env });
      const screen = () => tmux.tmux("capture-pane", "-p", "-t", pane.id);
      try {
        await untilTrue(async () => shows.test(await screen()), longestStartMs);
      } catch (error) {
        assert.fail(`${String(error)}\n${await screen()}`);
      } finally {
        // Before its home goes.
        await pane.close();
      }
    });
  }
}
