/**
 * The real opencode in tmux, in a home of its own and on a model server, and a person at its screen.
 * Leaving it checks that no process is left.
 */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Driver, Prompt, Session, SessionRequest } from "../../src/agents/driver.ts";
import { createTmuxOpencodeDriver } from "../../src/agents/opencode/tmux-driver.ts";
import type { ProtocolDriverOptions } from "../../src/agents/protocol/protocol-driver.ts";
import { openTmux } from "../../src/agents/tmux/open-tmux.ts";
import { ProjectServer } from "../../src/agents/tmux/project-server.ts";
import type { Pane, TmuxServer } from "../../src/agents/tmux/tmux.ts";
import type { AgentSpec, Autonomy } from "../../src/domain/agent.ts";
import type { AgentName } from "../../src/domain/id.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { openStage, type Stage } from "../contract/driver-stage.ts";
import { type ModelServer, openModelServer } from "../model-servers/model-server.ts";
import { environmentFor, openLaunch } from "./launch.ts";

export interface OpencodeStage extends AsyncDisposable {
  readonly stage: Stage;
  readonly server: ModelServer;
  readonly driver: Driver & AsyncDisposable;
  readonly request: SessionRequest;
  readonly base: DriverBase;
  /** With a number of its own; the first is a task's, the others feedback unless it is said. */
  prompt(script: string, kind?: Prompt["kind"]): Promise<Prompt>;
}

/** What a driver is made of, in a form that another process can read. */
export interface DriverBase {
  readonly root: string;
  readonly binDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** With a tmux server of its own. */
export function makeDriver(base: DriverBase): Driver & AsyncDisposable {
  const options: ProtocolDriverOptions = { ...base, clock: systemClock, graceMs: 1_000 };
  const tmux = new ProjectServer({
    clock: systemClock,
    env: base.env,
    graceMs: 1_000,
    socket: { path: socketIn(base) },
  });
  const driver = createTmuxOpencodeDriver({ ...options, tmux, project: "test" });
  return Object.assign(driver, { [Symbol.asyncDispose]: () => tmux[Symbol.asyncDispose]() });
}

export async function openOpencode(autonomy: Autonomy = "full"): Promise<OpencodeStage> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await openModelServer());
  const launch = stack.use(await openLaunch("opencode", { url: server.url, trusted: [] }));
  const stage = stack.use(await openStage());
  const root = path.join(stage.directory, "root");
  const base = { root, binDir: path.join(root, "bin"), env: environmentFor(launch) };
  await mkdir(base.binDir);
  const agent: AgentSpec = {
    name: "opencode" as AgentName,
    driver: "opencode",
    transport: "tmux",
    command: launch.command,
    env: launch.env,
    roles: [],
    slots: 1,
    autonomy,
    profile: null,
  };
  const driver = stage.use(makeDriver(base));
  const open = stack.move();
  let prompts = 0;
  return {
    stage,
    server,
    driver,
    request: stage.request(agent),
    base,
    async prompt(script, kind) {
      prompts += 1;
      const prompt = await stage.prompt(prompts);
      const text =
        script === "" ? "And now?" : `This is prompt ${prompts}.\n<fake>${script}</fake>`;
      return { ...prompt, id: `T-1/1/${prompts}`, text, kind: kind ?? prompt.kind };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** For a screen that comes up, on a busy machine. */
const longestMs = 60_000;

/** What a person has: the same tmux server, and hands. */
export class Person implements AsyncDisposable {
  readonly #server: TmuxServer;
  readonly #session: Session;

  private constructor(server: TmuxServer, session: Session) {
    this.#server = server;
    this.#session = session;
  }

  static async at({ base }: OpencodeStage, session: Session): Promise<Person> {
    const socket = { path: socketIn(base) };
    return new Person(await openTmux({ clock: systemClock, env: base.env, socket }), session);
  }

  /** The window to which the session leads. */
  async pane(): Promise<Pane> {
    const window = this.#session.attach?.window;
    const pane = (await this.#server.windows()).find((each) => each.window === window);
    assert(pane !== undefined, `there is no window ${window}`);
    return pane;
  }

  /** Resolves when the screen shows all of it. */
  async sees(...words: readonly RegExp[]): Promise<void> {
    await this.#until((screen) => words.every((each) => each.test(screen)), words.join());
  }

  /** Resolves when the screen shows none of it. */
  async seesNo(words: RegExp): Promise<void> {
    await this.#until((screen) => !words.test(screen), `no ${words}`);
  }

  async #until(isSo: (screen: string) => boolean, wanted: string): Promise<void> {
    const until = systemClock.now() + longestMs;
    for (;;) {
      const seen = (await (await this.pane()).capture()).lines.join("\n").trimEnd();
      if (isSo(seen)) return;
      assert(systemClock.now() < until, `${wanted} is not to be seen:\n${seen}`);
      await systemClock.until(systemClock.now() + 50);
    }
  }

  async presses(...keys: readonly [string, ...string[]]): Promise<void> {
    await (await this.pane()).keys(...keys);
  }

  async writes(text: string): Promise<void> {
    const pane = await this.pane();
    assert((await pane.paste(text)).done);
    await this.sees(new RegExp(RegExp.escape(text.slice(0, 20))));
    await pane.keys("Enter");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

function socketIn({ root }: DriverBase): string {
  return path.join(root, "tmux");
}
