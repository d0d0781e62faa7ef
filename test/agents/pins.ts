/** Which agent CLIs the tests drive, and in which version: pins.json, checked. */

import { readFileSync } from "node:fs";
import { z } from "zod";

export const agentKinds = ["claude", "codex", "opencode", "gemini", "acp"] as const;
export type AgentKind = (typeof agentKinds)[number];

const pin = z.strictObject({
  package: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  program: z.string(),
  /** What its package would run after the install: it puts the program for this platform in place. */
  setup: z.string().optional(),
});
const pinFile = z.strictObject({ claude: pin, codex: pin, opencode: pin, gemini: pin, acp: pin });

export type Pin = z.infer<typeof pin>;
export type Pins = Readonly<Record<string, Pin>>;

export const pins: Readonly<Record<AgentKind, Pin>> = pinFile.parse(
  JSON.parse(readFileSync(new URL("pins.json", import.meta.url), "utf8")),
);
