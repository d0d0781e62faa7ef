/**
 * `temoin agents test` with each real CLI, by each of its drivers; by their screens, for which any
 * agent can be driven, with `--full`.
 */

import { chosenAgents, isFull } from "./chosen.ts";
import { type Conformance, testConformance } from "./conformance.ts";

interface Row extends Conformance {
  readonly title: string;
}

const all: readonly Row[] = [
  {
    title: "without a screen",
    kind: "claude",
    driver: "claude",
    transport: "headless",
    notOffered: [],
  },
  {
    title: "in a window, by its hooks",
    kind: "claude",
    driver: "claude",
    transport: "tmux",
    profile: "claude",
    notOffered: [],
  },
  {
    title: "without a screen",
    kind: "codex",
    driver: "codex",
    transport: "headless",
    notOffered: ["question"],
  },
  {
    title: "in a window, beside us on one thread",
    kind: "codex",
    driver: "codex",
    transport: "tmux",
    notOffered: ["question"],
  },
  {
    title: "by the Agent Client Protocol",
    kind: "gemini",
    driver: "gemini",
    transport: "acp",
    notOffered: ["question"],
  },
  {
    title: "in a window, beside its hooks",
    kind: "gemini",
    driver: "gemini",
    transport: "tmux",
    profile: "gemini",
    notOffered: [],
  },
  {
    title: "without a screen",
    kind: "opencode",
    driver: "opencode",
    transport: "headless",
    notOffered: [],
  },
  {
    title: "in tmux",
    kind: "opencode",
    driver: "opencode",
    transport: "tmux",
    notOffered: [],
  },
  { title: "by the protocol", kind: "acp", driver: "acp", transport: "acp", notOffered: [] },
  ...(["claude", "codex", "opencode", "gemini"] as const).map(byScreen),
];

function byScreen(kind: "claude" | "codex" | "opencode" | "gemini"): Row {
  return {
    title: "by its screen",
    kind,
    driver: "terminal",
    transport: "tmux",
    profile: kind,
    // codex asks questions in its plan mode only.
    notOffered: kind === "codex" ? ["usage", "question"] : ["usage"],
  };
}

for (const { title, ...of } of all) {
  const isWanted = chosenAgents().includes(of.kind) && (of.driver !== "terminal" || isFull());
  if (isWanted) testConformance(title, of);
}
