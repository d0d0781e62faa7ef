/** Each rule of a round of succession can fail: a log in which it is broken, made by hand. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, rules, type SpokenCall, type Witness } from "../../../bench/judge-succession.ts";
import { readCalls } from "../../../bench/succession-notes.ts";
import { drawPlans, type Hit, hasMet, steps, victims } from "../../../bench/succession-plan.ts";
import type { Event, EventBody } from "../../../src/domain/event.ts";
import { parseAgentName } from "../../../src/domain/id.ts";
import { Random } from "../../property/random.ts";

const ada = name("ada");
const bo = name("bo");

function name(text: string) {
  const parsed = parseAgentName(text);
  assert(parsed !== null);
  return parsed;
}

function log(...bodies: readonly EventBody[]): readonly Event[] {
  return bodies.map((body, place) => ({ ...body, at: 1_000 * (place + 1), by: "temoin" }));
}

const appoint = (term: number, agent = term === 1 ? ada : bo): EventBody => {
  return { type: "conductor_appointed", term, agent, after: null, why: "" };
};
const call = (term: number): EventBody => {
  const about = [{ key: "k", says: "T-1" }];
  return { type: "conductor_called", term, call: term, about };
};
const decided = (term: number, text: string, agent = term === 1 ? ada : bo): EventBody => {
  return { type: "conductor_decided", term, agent, text };
};
const acknowledged = (term: number): EventBody => ({ type: "conductor_acknowledged", term });
const words = (term: number, text: string): EventBody => ({ type: "conductor_words", term, text });

function spoken(term: number, said: string, begunAt: number, exitCode: number | null): SpokenCall {
  const ended = exitCode === null ? null : { at: begunAt + 100, exitCode, says: "" };
  return { term, words: said, begunAt, ended };
}

/** Term 1 decides and leaves words, term 2 has both, and what term 1 says then is refused. */
const good: Witness = {
  events: log(
    appoint(1),
    call(1),
    acknowledged(1),
    decided(1, "term 1: keep it"),
    words(1, "term 1: look"),
    appoint(2),
    call(2),
    acknowledged(2),
    decided(2, "term 2: so be it"),
  ),
  calls: [
    spoken(1, "acknowledge", 2_500, 0),
    spoken(1, "decide term 1: keep it", 3_500, 0),
    spoken(1, "report handoff term 1: look", 4_500, 0),
    spoken(1, "decide term 1: late", 6_500, 1),
    spoken(2, "acknowledge", 7_500, 0),
    spoken(2, "decide term 2: so be it", 8_500, 0),
    spoken(2, "answer Q-1 Blue", 9_500, null),
  ],
  prompts: new Map([
    [1, "You are the first."],
    [2, "- term 1, ada: term 1: keep it\n> term 1: look"],
  ]),
  documents: new Map([[2, "- term 1, ada: term 1: keep it\n> term 1: look"]]),
  overlaps: [],
  isMet: true,
  left: [],
};

function broken(parts: Partial<Witness>): readonly string[] {
  return judge({ ...good, ...parts }).map(({ rule }) => rule);
}

test("a round in which all is as it should be has no finding", () => {
  assert.deepEqual(judge(good), []);
});

test("each rule is found broken where it is, and no other one", () => {
  const [holder, stray, late, unlogged, unhanded, beside, idle, unmet, left] = rules;
  const { events, calls, prompts } = good;
  const more = (...bodies: readonly EventBody[]): Partial<Witness> => ({
    events: [...events, ...log(...bodies).map((one) => ({ ...one, at: one.at + 20_000 }))],
  });
  // A number that comes twice, and one that is passed over.
  const double = log(appoint(1), appoint(1, bo));
  assert.deepEqual(broken({ events: double, calls: [], documents: new Map() }), [holder]);
  assert.deepEqual(broken(more(appoint(4))), [holder]);
  // By its number, by the words of an old term, by another's name, and while nobody is in office.
  assert.deepEqual(broken(more(decided(1, "x", ada))), [stray]);
  assert.deepEqual(broken(more(decided(2, "term 1: late"))), [stray]);
  assert.deepEqual(broken(more(decided(2, "x", ada))), [stray]);
  const leave: EventBody = { type: "conductor_left", term: 2, why: "" };
  assert.deepEqual(broken(more(leave, words(2, "x"))), [stray]);
  // Heard after its end, whatever the log says of it.
  assert.deepEqual(broken({ calls: [...calls, spoken(1, "acknowledge", 6_001, 0)] }), [late]);
  assert.deepEqual(broken({ calls: [...calls, spoken(3, "acknowledge", 1, 0)] }), [late, unlogged]);
  for (const said of ["decide term 2: more", "answer Q-1 Blue", "retry T-1", "land T-1"]) {
    assert.deepEqual(broken({ calls: [...calls, spoken(2, said, 9_500, 0)] }), [unlogged], said);
  }
  // In the log, but of another term.
  const moved = spoken(2, "decide term 1: keep it", 9_500, 0);
  assert.deepEqual(broken({ calls: [...calls, moved] }), [unlogged]);
  for (const told of ["> term 1: look", "term 1, ada: term 1: keep it", ""]) {
    const lost = told === "" ? [unhanded, unhanded] : [unhanded];
    assert.deepEqual(broken({ prompts: new Map([...prompts, [2, told]]) }), lost, told);
    assert.deepEqual(broken({ documents: new Map([[2, told]]) }), lost, told);
  }
  assert.deepEqual(broken({ prompts: new Map() }), [unhanded, unhanded]);
  assert.deepEqual(broken({ overlaps: [{ old: 1, term: 2 }] }), [beside]);
  const empty = { type: "conductor_called", term: 2, call: 3, about: [] } as const;
  assert.deepEqual(broken(more(empty)), [idle]);
  assert.deepEqual(broken({ isMet: false }), [unmet]);
  assert.deepEqual(broken({ left: ["sleep 60"] }), [left]);
});

test("a hit has met its step only where the log and the calls say so", () => {
  const met = (step: Hit["step"], term: number, at: number): boolean => {
    return hasMet(
      { hit: { step, victim: "temoin", delayMs: 0 }, at, term },
      good.events,
      good.calls,
    );
  };
  assert(met("called, not acknowledged", 1, 2_900));
  assert(!met("called, not acknowledged", 1, 3_100));
  assert(met("writing its words", 1, 4_550));
  assert(!met("writing its words", 1, 4_450), "not begun");
  assert(!met("writing its words", 1, 4_650), "written");
  assert(met("document written", 2, 7_400));
  assert(!met("document written", 2, 7_600));
  assert(met("successor called, not acknowledged", 2, 7_900));
  assert(met("successor deciding", 2, 8_550));
  assert(!met("successor deciding", 2, 7_900));
});

test("each step is struck with each victim before any comes twice, and a seed gives the same rounds", () => {
  const plans = drawPlans(new Random(3), 15);
  const first = plans.map(({ hits: [hit] }) => `${hit?.step}, ${hit?.victim}`);
  assert.equal(new Set(first).size, steps.length * victims.length);
  const second = plans.flatMap(({ hits }) => hits.slice(1));
  assert(second.length > 0);
  // The first term is over by then.
  assert(second.every(({ step }) => step !== "called, not acknowledged"));
  assert.deepEqual(drawPlans(new Random(3), 15), plans);
});

test("a call whose caller did not see its end is one that has none", () => {
  const text =
    "5\tbegun\t1\t7.1\tdecide term 1: a b\n9\tended\t1\t7.1\t1\tno\n6\tbegun\t2\t8.1\tacknowledge\n";
  assert.deepEqual(readCalls(text), [
    {
      term: 1,
      words: "decide term 1: a b",
      begunAt: 5,
      ended: { at: 9, exitCode: 1, says: "no" },
    },
    { term: 2, words: "acknowledge", begunAt: 6, ended: null },
  ]);
  assert.throws(() => readCalls("nothing\n"), /not a line/);
});
