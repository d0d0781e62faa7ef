import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Profile, ScreenState } from "../../../../src/agents/profile/profile.ts";
import type { Screen } from "../../../../src/agents/screen.ts";
import { observeStart } from "../../../../src/agents/terminal/observe.ts";
import { type News, Watch } from "../../../../src/agents/terminal/watch.ts";
import type { Pane, PaneEvent } from "../../../../src/agents/tmux/tmux.ts";
import { ManualClock, settle } from "../../control/manual-clock.ts";
import { reading } from "./readings.ts";

type Told<Event = PaneEvent> = Event extends PaneEvent ? Omit<Event, "at"> : never;

/** Titles and screens say their state in one word. */
const profile: Pick<
  Profile,
  "settleMs" | "quietMs" | "quietAfterEndMs" | "showsWork" | "readTitle" | "readOsc" | "read"
> = {
  settleMs: 150,
  quietMs: 30_000,
  quietAfterEndMs: 5_000,
  showsWork: true,
  readTitle(title) {
    if (title === "spins") return { states: ["working", "retrying"], says: title };
    if (title === "rests") return { states: ["idle", "asking_permission", "failed"], says: title };
    return null;
  },
  readOsc: () => null,
  read: ({ lines: [state = "unknown"] }) =>
    reading(state as ScreenState, { composer: { text: "", isFolded: false } }),
};

function play(more: Partial<typeof profile> = {}) {
  const clock = new ManualClock();
  const listeners = new Set<(event: PaneEvent) => void>();
  const captures: number[] = [];
  const news: News[] = [];
  let shown = "idle";
  const screen = (): Screen => ({
    cols: 80,
    rows: 24,
    lines: [shown],
    ansi: [shown],
    cursor: null,
    title: "devbox",
    isAlternate: false,
  });
  const pane: Pick<Pane, "listen" | "capture"> = {
    listen(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    async capture() {
      captures.push(clock.now());
      return screen();
    },
  };
  const watch = new Watch({
    // The rest of both is not used by a watch.
    pane: pane as Pane,
    profile: { ...profile, ...more } as Profile,
    clock,
    first: observeStart(clock.now()),
    onNews: (one) => news.push(one),
  });
  watch.begin();
  return {
    clock,
    watch,
    captures,
    news,
    show(state: string) {
      shown = state;
      this.tell({ type: "output", bytes: 10 });
    },
    tell(event: Told) {
      // An event and its time are one of the union again.
      for (const listener of listeners) listener({ ...event, at: clock.now() } as PaneEvent);
    },
  };
}

describe("a watched pane", () => {
  test("is not looked at while nothing is written, however long", async () => {
    const { clock, captures, watch } = play();
    await clock.pass(1_000);
    const before = captures.length;
    await clock.pass(3_600_000);
    assert.equal(captures.length, before);
    assert.equal(watch.fusion.state, "idle");
  });

  test("is looked at once when what was written has settled", async () => {
    const at = play();
    await at.clock.pass(1_000);
    const before = at.captures.length;
    for (let n = 0; n < 5; n += 1) {
      at.show("working");
      await at.clock.pass(100);
    }
    assert.equal(at.captures.length, before);
    await at.clock.pass(150);
    assert.equal(at.captures.length, before + 1);
    assert.equal(at.watch.fusion.state, "working");
    assert.equal(at.watch.atRestSince, at.clock.now() - 100);
  });

  test("tells a mark at once, and looks in the same moment for what the mark leaves open", async () => {
    const at = play();
    await at.clock.pass(1_000);
    at.show("working");
    at.tell({ type: "title", title: "spins" });
    assert.equal(at.watch.fusion.state, "working");
    await at.clock.pass(1_000);
    at.show("idle");
    at.tell({ type: "title", title: "rests" });
    assert.equal(at.watch.fusion.state, "unknown");
    await settle();
    assert.equal(at.watch.fusion.state, "idle");
    // Not at rest yet: more may be drawn.
    assert.equal(at.watch.atRestSince, null);
    await at.clock.pass(150);
    assert.notEqual(at.watch.atRestSince, null);
  });

  test("is known to have started by whatever it tells first, also within the same moment", async () => {
    const at = play();
    at.tell({ type: "title", title: "rests" });
    await at.clock.pass(1_000);
    assert.equal(at.watch.fusion.state, "idle");
  });

  test("that redraws the same for ever is seen at rest, and a turn's spinner once in a while", async () => {
    const at = play();
    at.watch.isTurn = true;
    at.tell({ type: "title", title: "rests" });
    for (let n = 0; n < 10; n += 1) {
      at.show("idle");
      await at.clock.pass(100);
    }
    assert(at.news.some((one) => one.type === "look" && one.look.isCalm));
    const before = at.captures.length;
    for (let n = 0; n < 100; n += 1) {
      at.show("idle");
      await at.clock.pass(100);
    }
    assert(at.captures.length - before <= 3, `${at.captures.length - before} looks in 10 s`);
  });

  test("that shows no work is idle when nothing has moved for long enough", async () => {
    const at = play({ showsWork: false });
    at.show("unknown");
    await at.clock.pass(29_000);
    assert.equal(at.watch.fusion.state, "starting");
    await at.clock.pass(2_000);
    assert.equal(at.watch.fusion.because[0]?.source, "silence");
    at.show("working");
    await at.clock.pass(1_000);
    assert.equal(at.watch.fusion.state, "working");
  });

  test("tells its end once and nothing after it", async () => {
    const at = play();
    at.tell({ type: "exited", exitCode: 3 });
    at.tell({ type: "gone", why: "closed" });
    const told = at.news.length;
    at.show("working");
    at.tell({ type: "title", title: "spins" });
    await at.clock.pass(10_000);
    assert.equal(at.news.length, told);
    assert.deepEqual(
      at.news.flatMap(({ type }) => (type === "look" || type === "fused" ? [] : type)),
      ["exited", "gone"],
    );
  });
});
