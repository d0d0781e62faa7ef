/**
 * What reads words that others have written: each parser with recorded inputs to begin from. It may
 * say no by an AppError, which is for a person; anything else that it throws is a crash.
 */

import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parsePermission, parseSessionUpdate } from "../../src/agents/acp/message.ts";
import { readPermission } from "../../src/agents/acp/permission.ts";
import { readEnd } from "../../src/agents/acp/read-end.ts";
import { newConversation, newTurn, readUpdate } from "../../src/agents/acp/read-update.ts";
import { mergeTool } from "../../src/agents/acp/tool.ts";
import { parseHook, parseStatus } from "../../src/agents/claude/hook-payload.ts";
import { hookNames, wordsOf } from "../../src/agents/claude/hook-words.ts";
import { emptyMemory, readMessage } from "../../src/agents/claude/read-stream.ts";
import { parseMessage } from "../../src/agents/claude/stream-message.ts";
import * as claudeTranscript from "../../src/agents/claude/transcript.ts";
import { Peer } from "../../src/agents/codex/peer.ts";
import { Translation } from "../../src/agents/codex/translate.ts";
import * as geminiHooks from "../../src/agents/gemini/hook-words.ts";
import * as geminiTranscript from "../../src/agents/gemini/transcript.ts";
import { sumOf } from "../../src/agents/hooks/turn-use.ts";
import { readLimit } from "../../src/agents/limit-words.ts";
import { emptyConversation, see } from "../../src/agents/opencode/conversation.ts";
import { readEvent } from "../../src/agents/opencode/read-event.ts";
import { readMessages } from "../../src/agents/opencode/read-message.ts";
import { EventSplitter } from "../../src/agents/opencode/sse.ts";
import { loadProfile, shippedProfiles } from "../../src/agents/profile/load-profile.ts";
import { readResetTime } from "../../src/agents/reset-time.ts";
import { ControlParser } from "../../src/agents/tmux/control-parser.ts";
import { parseYaml } from "../../src/config/document.ts";
import { settings, textPatterns } from "../../src/config/schema.ts";
import { loadMatchers } from "../../src/gates/matchers/load-matchers.ts";
import { readJunit } from "../../src/gates/parse/junit.ts";
import { readOutput } from "../../src/gates/parse/read-output.ts";
import { outputOf } from "../../src/gates/parse/reading.ts";
import { isRecord, parseJson } from "../../src/lib/json-text.ts";
import { readDocument } from "../../src/plans/read-document.ts";
import type { Random } from "../property/random.ts";

export interface Target {
  readonly name: string;
  readonly seeds: readonly string[];
  /** It takes milliseconds: it gets a quarter of the inputs that others get. Absent: it does not. */
  readonly isSlow?: true;
  read(text: string, random: Random): unknown;
}

const root = path.join(import.meta.dirname, "../..");
const now = Date.parse("2026-11-28T19:23:34Z");
const zone = "Europe/Paris";
const resetOf = (words: string): number | null => readResetTime(words, now, zone);

export async function loadTargets(): Promise<readonly Target[]> {
  const profiles = await Promise.all(
    (await shippedProfiles()).map((profile) => loadProfile({ profile, root })),
  );
  const parsers = await loadMatchers(path.join(tmpdir(), "no-matchers-of-ones-own"));
  return [
    {
      name: "tmux control mode",
      seeds: controlLines,
      read: (text, random) => {
        const parser = new ControlParser();
        const bytes = Buffer.from(`${text}\n`, random.chance(0.5) ? "utf8" : "latin1");
        const cut = random.below(bytes.length);
        return [...parser.push(bytes.subarray(0, cut)), ...parser.push(bytes.subarray(cut))];
      },
    },
    {
      name: "screens",
      seeds: filesOf("test/fixtures/screens", /screen\.(?:ansi|txt)$/),
      read: (text, random) => {
        const ansi = text.split("\n").slice(0, 200);
        const lines = ansi.map((line) => stripVTControlCharacters(line));
        const title = random.chance(0.5) ? null : (ansi[0] ?? null);
        const isAlternate = random.chance(0.5);
        const screen = { cols: 200, rows: 50, lines, ansi, cursor: null, title, isAlternate };
        return profiles[random.below(profiles.length)]?.read(screen);
      },
    },
    {
      name: "lines of claude",
      seeds: linesOf("test/fixtures/streams/claude", /stream\.jsonl$/),
      read: (text) => {
        const message = parseMessage(parseJson(text));
        return message === null ? null : readMessage(emptyMemory, message, resetOf);
      },
    },
    {
      name: "hooks and transcripts",
      seeds: [
        ...linesOf("test/fixtures/streams/claude-hooks", /\.jsonl$/).flatMap(inner("in")),
        ...linesOf("test/fixtures/streams/claude", /stream\.jsonl$/),
      ],
      read: (text, random) => {
        const value = parseJson(text);
        parseStatus(value);
        const payload = parseHook(value);
        if (payload !== null) wordsOf(random.pick(hookNames), payload, now, resetOf);
        const other = geminiHooks.parseHook(value);
        if (other !== null) geminiHooks.wordsOf(random.pick(geminiHooks.hookNames), other, now);
        const { emptyTranscript, readEntry } = claudeTranscript;
        const { emptyTranscript: empty, readEntry: readOther } = geminiTranscript;
        return [sumOf(readEntry(emptyTranscript, text)), sumOf(readOther(empty, text))];
      },
    },
    {
      name: "lines of codex",
      seeds: linesOf("test/fixtures/streams/codex", /\.jsonl$/),
      read: (text) => {
        const incoming = new Peer(() => true).take(parseJson(text));
        if (incoming === null) return null;
        const translation = new Translation({ threadId: "T", zone });
        return incoming.type === "notice"
          ? translation.hear(incoming, now)
          : translation.ask(incoming);
      },
    },
    {
      name: "messages of ACP",
      seeds: linesOf("test/fixtures/streams/acp", /\.jsonl$/).flatMap(inner("m")),
      read: (text) => {
        const value = parseJson(text);
        const { params, result } = isRecord(value) ? value : {};
        const memory = newTurn(newConversation("/work"));
        const told = parseSessionUpdate(params);
        const read = told === null ? memory : readUpdate(memory, told.update).memory;
        const permission = parsePermission(params);
        if (permission !== null) {
          readPermission("A-1", permission, mergeTool(undefined, permission.toolCall, "/work"));
        }
        const end = { isStopped: false, time: { now, zone } };
        readEnd(read, { ok: false, error: { code: -32_603, message: text, data: params } }, end);
        return readEnd(read, { ok: true, result }, end);
      },
    },
    {
      name: "events of opencode",
      seeds: filesOf("test/fixtures/streams/opencode", /\.sse$/).flatMap((text) =>
        text.split("\n\n").map((event) => event.replace(/^data: /, "")),
      ),
      read: (text) => {
        const context = { now, zone, cwd: "/work", sizeOf: () => null };
        const said = [text, ...new EventSplitter().push(Buffer.from(`data: ${text}\n\n`))];
        let conversation = emptyConversation;
        for (const data of said) {
          const event = readEvent(data);
          if (event !== null) ({ conversation } = see(conversation, event, context));
        }
        return readMessages("S", parseJson(text));
      },
    },
    {
      name: "plans",
      isSlow: true,
      seeds: [
        ...filesOf("test/fixtures/plans", /\.md$/),
        ...filesOf("docs", /plans\.md$/),
        queue,
      ].flatMap(parts),
      read: (text, random) =>
        readDocument(random.chance(0.8) ? "plan.md" : "plan.json", Buffer.from(text)),
    },
    {
      name: "the configuration",
      isSlow: true,
      seeds: [
        ...filesOf("docs", /configuration\.md$/).flatMap(parts),
        ...filesOf("profiles", /\.yaml$/),
      ],
      read: (text) => {
        const parsed = parseYaml(text, textPatterns);
        const checked = settings.safeParse(parsed.value);
        for (const issue of checked.error?.issues ?? []) {
          parsed.placeOf(
            issue.path.filter((part) => typeof part !== "symbol"),
            "value",
          );
        }
        return checked.success;
      },
    },
    {
      name: "reset times and limits",
      isSlow: true,
      seeds: resetWords,
      read: (text) => [resetOf(text), readLimit({ says: text, until: null }, now, zone)],
    },
    {
      name: "JUnit",
      isSlow: true,
      seeds: filesOf("test/fixtures/gate-output", /\.xml$/),
      read: (text, random) => readJunit(outputOf(text, random.chance(0.2))),
    },
    {
      name: "outputs of gates",
      seeds: filesOf("test/fixtures/gate-output", /\.txt$/),
      read: (text) => readOutput({ text, isCut: false, cwd: "/home/project", parsers }),
    },
  ];
}

/** A document whole, and section by section. */
function parts(text: string): readonly string[] {
  return [text, ...text.split(/^(?=##? )|^```.*$/m)];
}

function filesOf(folder: string, fits: RegExp): readonly string[] {
  const all = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  return all
    .filter((file) => fits.test(file))
    .toSorted()
    .map((file) => readFileSync(path.join(root, folder, file), "utf8"));
}

function linesOf(folder: string, fits: RegExp): readonly string[] {
  return filesOf(folder, fits).flatMap((text) => text.split("\n").filter((line) => line !== ""));
}

/** A recorder has wrapped it. */
function inner(key: string): (line: string) => readonly string[] {
  return (line) => {
    const value = parseJson(line);
    const found = isRecord(value) ? value[key] : undefined;
    return found === undefined ? [] : [JSON.stringify(found)];
  };
}

const controlLines = [
  "%begin 1700000000 7 1\nsome words\n%end 1700000000 7 1",
  "%begin 1700000000 7 1\n%output %1 x\n%error 1700000000 7 1",
  "%output %3 h\\303\\244llo\\015\\012",
  "%extended-output %3 12 : x\\033[m",
  "%pause %3\n%continue %3",
  "%exit detached",
  "%window-close @3\n%window-add @4\n%layout-change @3 b25d,80x24,0,0,0",
  "%subscription-changed dead $0 @1 1 %1 : 1",
];

const queue = JSON.stringify({
  conductor: "claude",
  tasks: [
    { id: "T-1", title: "First", status: "pending", agent: "codex", priority: "high" },
    { id: "T-2", title: "Second", status: "completed", deps: ["T-1"], prompt: "Do it." },
  ],
});

const resetWords = [
  "You've hit your usage limit. Try again at Nov 30th, 2026 12:56 AM.",
  "⚠ 5h limit: only <1% left · resets at 00:56 on 29 Nov · /status",
  "5-hour limit reached ∙ resets 11:30pm (Europe/Paris)",
  "Claude AI usage limit reached|1795980214",
  "Rate limit reached: Limit 30000, Used 28012. Please try again in 3s.",
  "Your quota will reset after 5h13m20s.",
  '{"primary":{"usedPercent":100,"windowDurationMins":300,"resetsAt":1795895968}}',
  '{"resets_in_seconds": 90}',
  "in 2 hours 5 minutes",
  "2026-11-29T00:36:54Z",
];
