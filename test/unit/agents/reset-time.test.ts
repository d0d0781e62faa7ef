import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { localZone, readResetTime } from "../../../src/agents/reset-time.ts";

/** A Saturday evening; in Paris an hour later. */
const now = Date.parse("2026-11-28T19:23:34Z");

function read(text: string, zone = "Europe/Paris", at = now): string | null {
  const instant = readResetTime(text, at, zone);
  return instant === null ? null : new Date(instant).toISOString().replace(".000Z", "Z");
}

function hasTimes(times: Readonly<Record<string, string | null>>): void {
  for (const [text, instant] of Object.entries(times)) assert.equal(read(text), instant, text);
}

describe("the reset of a limit", () => {
  it("is read from the messages that the CLIs were seen to write", () => {
    hasTimes({
      "You've hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), visit https://chatgpt.com/settings/usage to purchase more credits or try again at Nov 30th, 2026 12:56 AM.":
        "2026-11-29T23:56:00Z",
      "You've hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro) or try again at 1:08 AM.":
        "2026-11-29T00:08:00Z",
      "⚠ 5h limit: only <1% left · resets at 00:56 on 29 Nov · /status": "2026-11-28T23:56:00Z",
      "⚠ 5h limit: only <1% left · resets at 07:48 · /status": "2026-11-29T06:48:00Z",
      "You've used 92% of your session limit · resets 8:14am (UTC)": "2026-11-29T08:14:00Z",
      "5-hour limit reached ∙ resets 11:30pm": "2026-11-28T22:30:00Z",
      "Claude AI usage limit reached|1795980214": "2026-11-29T19:23:34Z",
      "Rate limit reached for gpt in organization org on tokens per min (TPM): Limit 30000, Used 28012. Please try again in 3s.":
        "2026-11-28T19:23:37Z",
      "Attempt 3 failed. Suggested retry after 3s.. Retrying after 5553ms...":
        "2026-11-28T19:23:37Z",
      "You have exhausted your capacity on this model. Your quota will reset after 5h13m20s.":
        "2026-11-29T00:36:54Z",
      '{"primary":{"usedPercent":100,"windowDurationMins":300,"resetsAt":1795895968}}':
        "2026-11-28T19:59:28Z",
      '{"type":"usage_limit_reached","resets_at":1795895968}': "2026-11-28T19:59:28Z",
      '{"resets_in_seconds": 90}': "2026-11-28T19:25:04Z",
    });
  });

  it("is a time of day, the next one, in the zone that is named or else the local one", () => {
    hasTimes({
      "resets at 3pm": "2026-11-29T14:00:00Z",
      "resets 9pm": "2026-11-28T20:00:00Z",
      "resets 3pm (Europe/Paris)": "2026-11-29T14:00:00Z",
      "resets 3pm (America/New_York)": "2026-11-28T20:00:00Z",
      "resets 3:30am (Asia/Kolkata)": "2026-11-28T22:00:00Z",
      "resets 4pm America/Argentina/Buenos_Aires": "2026-11-29T19:00:00Z",
      "resets 3pm PST": "2026-11-28T23:00:00Z",
      "resets at 21:00 UTC+2": "2026-11-29T19:00:00Z",
      "resets at midnight": "2026-11-28T23:00:00Z",
      "3pm (Europe/Berlin)": "2026-11-29T14:00:00Z",
      "until 21:30": "2026-11-28T20:30:00Z",
    });
  });

  it("is a day with a time, or the beginning of a day alone", () => {
    hasTimes({
      "resets Dec 1, 3pm (Europe/Paris)": "2026-12-01T14:00:00Z",
      "resets Mon 12:00 PM": "2026-11-30T11:00:00Z",
      "until tomorrow at 9:00": "2026-11-29T08:00:00Z",
      "Your limit resets on Friday at 7pm.": "2026-12-04T18:00:00Z",
      "resets Dec 3": "2026-12-02T23:00:00Z",
      "Nov 30th, 2026 12:43 AM.": "2026-11-29T23:43:00Z",
    });
  });

  it("is a length of time", () => {
    hasTimes({
      "try again in 3s": "2026-11-28T19:23:37Z",
      "in 2 hours 5 minutes": "2026-11-28T21:28:34Z",
      "resets in 4d 3h": "2026-12-02T22:23:34Z",
      "Please wait 1 hour, 2 minutes and 3 seconds": "2026-11-28T20:25:37Z",
      "try again in 1.5s": "2026-11-28T19:23:35.500Z",
      "try again in an hour": "2026-11-28T20:23:34Z",
      "Retry-After: 120": "2026-11-28T19:25:34Z",
      '"retryDelay": "7s"': "2026-11-28T19:23:41Z",
      "120": "2026-11-28T19:25:34Z",
      "2h": "2026-11-28T21:23:34Z",
    });
  });

  it("is an instant as programs write it", () => {
    hasTimes({
      "resets at 2026-11-28T20:30:00Z": "2026-11-28T20:30:00Z",
      "resets at 2026-11-28T22:30:00+01:00": "2026-11-28T21:30:00Z",
      "resets at 2026-11-28 22:30": "2026-11-28T21:30:00Z",
      "Retry-After: Wed, 02 Dec 2026 07:28:00 GMT": "2026-12-02T07:28:00Z",
      "1795980214": "2026-11-29T19:23:34Z",
      "1795980214000": "2026-11-29T19:23:34Z",
    });
  });

  it("is in the local zone where that of the clock is told in a form that nobody knows", () => {
    for (const zone of [":/etc/localtime", "CET-1CEST,M3.5.0", "", "Nowhere/Land"]) {
      assert.equal(read("resets 9pm", zone), read("resets 9pm", localZone()), zone);
      assert.equal(read("resets in 2h", zone), "2026-11-28T21:23:34Z");
    }
  });

  it("is nothing where the words tell none, one that is long past, or one beyond a week", () => {
    for (const text of [
      "",
      "You've hit your usage limit (fake)",
      "5-hour limit reached",
      "This is a server-side issue, usually temporary — try again in a moment.",
      "Please wait and try again later. To increase your limits, request a quota increase",
      "resets 3",
      "Quota exceeded. Check your plan and billing details.",
      "try again at Nov 21st, 2026 12:43 AM.",
      "resets Jan 2, 3pm",
      "resets in 30 days",
      "resets at 1700000000",
      "99999999999999999999",
      "limit of 20 requests per minute",
    ]) {
      assert.equal(read(text), null, text);
    }
  });

  it("is now when it has passed since it was written", () => {
    hasTimes({
      "resets 8:20pm": "2026-11-28T19:23:34Z",
      "resets 8:20pm (Europe/Paris)": "2026-11-28T19:23:34Z",
      "resets 7:20pm (UTC)": "2026-11-28T19:23:34Z",
      "try again at Nov 28th, 2026 8:20 PM": "2026-11-28T19:23:34Z",
      "resets at 2026-11-28T19:23:00Z": "2026-11-28T19:23:34Z",
      "resets 8:10pm": "2026-11-29T19:10:00Z",
    });
  });

  it("is right when clocks are moved between now and then", () => {
    const autumn = Date.parse("2026-10-24T20:00:00Z");
    const spring = Date.parse("2026-03-28T20:00:00Z");
    const times: readonly (readonly [string, number, string, string])[] = [
      ["resets 3pm", autumn, "Europe/Paris", "2026-10-25T14:00:00Z"],
      ["resets 3pm (Europe/Paris)", autumn, "Asia/Tokyo", "2026-10-25T14:00:00Z"],
      ["resets Oct 26, 3pm (Europe/Paris)", autumn, "UTC", "2026-10-26T14:00:00Z"],
      ["resets 3pm", spring, "Europe/Paris", "2026-03-29T13:00:00Z"],
      ["resets 1am", spring, "Europe/Paris", "2026-03-29T00:00:00Z"],
      // A clock that shows it twice, and one that never does.
      ["resets 2:30am", autumn, "Europe/Paris", "2026-10-25T00:30:00Z"],
      ["resets 2:30am", Date.parse("2026-10-25T00:40:00Z"), "Europe/Paris", "2026-10-25T01:30:00Z"],
      ["resets 2:30am", spring, "Europe/Paris", "2026-03-29T01:30:00Z"],
      ["resets in 1 day", autumn, "Europe/Paris", "2026-10-25T20:00:00Z"],
    ];
    for (const [text, at, zone, instant] of times) {
      assert.equal(
        read(text, zone, at),
        instant,
        `${text}, ${zone}, ${new Date(at).toISOString()}`,
      );
    }
  });
});

const zones = [
  "UTC",
  "Europe/Paris",
  "America/New_York",
  "America/St_Johns",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
];
const anyZone = fc.constantFrom(...zones);
/** Also around the hours at which clocks are moved. */
const anyNow = fc.oneof(
  fc.integer({ min: Date.parse("2024-01-01"), max: Date.parse("2030-01-01") }),
  fc
    .integer({ min: -36 * 3600, max: 36 * 3600 })
    .map((seconds) => Date.parse("2026-10-25T01:00:00Z") + seconds * 1000),
  fc
    .integer({ min: -36 * 3600, max: 36 * 3600 })
    .map((seconds) => Date.parse("2026-03-29T01:00:00Z") + seconds * 1000),
);

describe("any words on a limit", () => {
  const word = fc.constantFrom(
    ..."resets|at|in|try again|until|3pm|12:30|11:59pm|Mon|Dec 31|tomorrow|yesterday|last week|in 3 months|2 hours|(Europe/Paris)|(UTC)|2019-01-01|2026-11-28T19:30:00Z|1795980214|99999999999|retry-after: 5|retry-after: 99999999|midnight|noon|5-hour limit|·|ago|PST|a moment|Feb 30|25:61|0s".split(
      "|",
    ),
  );
  const words = fc.oneof(
    fc.array(word, { maxLength: 8 }).map((list) => list.join(" ")),
    fc.string({ maxLength: 60 }),
  );

  it("never mean an instant in the past, nor one more than eight days ahead", () => {
    fc.assert(
      fc.property(words, anyNow, anyZone, (text, at, zone) => {
        const instant = readResetTime(text, at, zone);
        if (instant === null) return;
        assert.ok(Number.isInteger(instant), `${instant}`);
        assert.ok(instant >= at && instant <= at + 8 * 86_400_000, `${text}: ${instant - at}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it("that name a minute of the day and a zone mean what a clock there will show", () => {
    const minute = fc.record({ hour: fc.nat({ max: 23 }), minute: fc.nat({ max: 59 }) });
    fc.assert(
      fc.property(minute, anyNow, anyZone, anyZone, (time, at, zone, local) => {
        const clock = `${time.hour}:${String(time.minute).padStart(2, "0")}`;
        const instant = readResetTime(`resets ${clock} (${zone})`, at, local);
        assert.ok(instant !== null, clock);
        // It has just passed.
        if (instant === at) return;
        assert.ok(instant - at <= 25 * 3_600_000, `${(instant - at) / 3_600_000} h`);
        const shown = clockOf(zone)(instant);
        // A minute that a clock leaves out is shown as a later one.
        if (shown !== clock && isLeftOut(clock, instant, zone)) return;
        assert.equal(shown, clock);
      }),
      { numRuns: 300 },
    );
  });

  it("is found in bounded time, however long the words are and whatever they repeat", () => {
    const begun = process.cpuUsage();
    for (const piece of ["resets at 1 ", "try again in 2026-11-", "until Mon ", "retry 3 pm, "]) {
      assert.doesNotThrow(() => readResetTime(piece.repeat(4_000), now, "Europe/Paris"));
    }
    const { user, system } = process.cpuUsage(begun);
    // Unbounded it was minutes; bounded it is a fifth of a second.
    assert.ok(user + system < 10_000_000, `${(user + system) / 1_000} ms of processor`);
  });
});

function clockOf(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  });
  return (instant) => format.format(instant).replace(/^0(?=\d)/, "");
}

function isLeftOut(clock: string, around: number, zone: string): boolean {
  const show = clockOf(zone);
  for (let at = around - 12 * 3_600_000; at <= around + 12 * 3_600_000; at += 60_000) {
    if (show(at) === clock) return false;
  }
  return true;
}
