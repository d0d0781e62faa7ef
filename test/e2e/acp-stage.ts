/** A scratch project whose agent speaks the Agent Client Protocol: the fake agent, as a person configures it. */

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { readRecord } from "../fake-agent/tui/record.ts";
import { openStage, type Stage } from "./stage.ts";

const fakeAcp = fileURLToPath(new URL("../fake-agent/fake-acp.ts", import.meta.url));

export interface AcpStageOptions {
  /** Of the one agent, `ada`. */
  readonly agent?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

export async function openAcpStage(
  script: Readonly<Record<string, unknown>>,
  { agent = {}, config = {} }: AcpStageOptions = {},
): Promise<Stage> {
  const stage = await openStage();
  const { folder } = stage.scratch;
  await writeFile(path.join(folder, "acp.json"), JSON.stringify(script));
  const ada = {
    driver: "acp",
    command: [process.execPath, fakeAcp, path.join(folder, "acp.json")],
    env: { FAKE_AGENT_RECORD: path.join(folder, "record.jsonl") },
    ...agent,
  };
  const gates = [{ name: "good", run: "! grep -rq bad work 2>/dev/null" }];
  await stage.scratch.write(
    "temoin.yaml",
    stringify({ version: 1, agents: { ada }, gates, ...config }),
  );
  await stage.scratch.git("commit", "--quiet", "--all", "--message", "an agent of the protocol");
  return stage;
}

/** What the agent has written down of itself. */
export function recorded(stage: Stage) {
  return readRecord(path.join(stage.scratch.folder, "record.jsonl"));
}
