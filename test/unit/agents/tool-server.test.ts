import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { writeToolConfig } from "../../../src/agents/claude/tool-config.ts";
import { toolOptions } from "../../../src/agents/codex/launch.ts";
import type { SessionRequest } from "../../../src/agents/driver.ts";
import { settingsOf } from "../../../src/agents/gemini/launch-files.ts";
import { withTools } from "../../../src/agents/opencode/launch.ts";
import { prepareToolServer, type ToolServer } from "../../../src/agents/tool-server.ts";
import type { AgentSpec } from "../../../src/domain/agent.ts";
import { slotId } from "../../../src/domain/id.ts";
import { conductorSeat, plannerSeat } from "../../../src/domain/seat.ts";
import { AppError } from "../../../src/lib/app-error.ts";
import { agent } from "../domain/project.ts";

const secrets = { TEMOIN_TOKEN: "the-token", TEMOIN_SOCKET: "/run/temoin.sock" };
/** By the hash of the token. */
const toolsFile = "tools-c2a73fcf61df.json";
const parts = { binDir: "/opt/temoin/bin", root: "/home/me/project" };

async function openSlot(spec: Partial<AgentSpec> = {}, env: Record<string, string> = secrets) {
  const folder = await mkdtemp(path.join(tmpdir(), "temoin-tools-"));
  const privateDir = path.join(folder, "agents", "ada-1");
  const one = { name: agent("ada"), ...spec } as AgentSpec;
  const request: SessionRequest = {
    slot: slotId(agent("ada"), 1),
    agent: one,
    cwd: folder,
    env,
    logFile: path.join(folder, "log"),
    privateDir,
  };
  return {
    folder,
    privateDir,
    request,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

describe("temoin's tools for an agent", () => {
  it("speak for its slot by a file that only the user can read; no word of the start is secret", async () => {
    await using slot = await openSlot();
    const server = await prepareToolServer(slot.request, parts);
    assert(server !== null);
    const file = path.join(slot.privateDir, toolsFile);
    assert.deepEqual(server.args, [
      "/opt/temoin/bin/temoin",
      ...["mcp", "--role", "worker", "--as", file, "-C", "/home/me/project"],
    ]);
    assert.ok(!JSON.stringify(server).includes("the-token"));
    const kept = JSON.parse(await readFile(file, "utf8"));
    assert.deepEqual(kept, { token: "the-token", socket: "/run/temoin.sock" });
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it("are those of a conductor or a planner in their seats", async () => {
    await using slot = await openSlot();
    for (const [seat, role] of [
      [conductorSeat, "conductor"],
      [plannerSeat, "planner"],
    ] as const) {
      const server = await prepareToolServer({ ...slot.request, slot: seat }, parts);
      assert.equal(server?.args[3], role);
    }
  });

  it("are written into no file that somebody has put there", async () => {
    await using slot = await openSlot();
    const elsewhere = path.join(slot.folder, "elsewhere");
    await writeFile(elsewhere, "mine");
    await mkdir(slot.privateDir, { recursive: true });
    await symlink(elsewhere, path.join(slot.privateDir, toolsFile));
    await prepareToolServer(slot.request, parts);
    assert.equal(await readFile(elsewhere, "utf8"), "mine");
    const file = path.join(slot.privateDir, toolsFile);
    await rm(file);
    await mkdir(path.join(file, "folder"), { recursive: true });
    await prepareToolServer(slot.request, parts);
    assert.equal(JSON.parse(await readFile(file, "utf8")).token, "the-token");
  });

  it("of an old term do not become those of the new one when they are started again", async () => {
    await using seat = await openSlot();
    const start = async (token: string): Promise<string> => {
      const env = { ...secrets, TEMOIN_TOKEN: token };
      const server = await prepareToolServer({ ...seat.request, slot: conductorSeat, env }, parts);
      return server?.args[5] ?? "";
    };
    const old = await start("of term 1");
    const file = await start("of term 2");
    await assert.rejects(readFile(old), { code: "ENOENT" });
    assert.equal(JSON.parse(await readFile(file, "utf8")).token, "of term 2");
    assert.equal(await start("of term 2"), file);
  });

  it("are not for one that is to have none, nor for one that has nobody to speak to", async () => {
    await using off = await openSlot({ mcp: false });
    assert.equal(await prepareToolServer(off.request, parts), null);
    await using alone = await openSlot({}, {});
    assert.equal(await prepareToolServer(alone.request, parts), null);
  });

  it("that cannot be written keep it from starting, in words", async () => {
    await using slot = await openSlot();
    await writeFile(path.join(slot.folder, "agents"), "a file in the place of a folder");
    const failed = prepareToolServer(slot.request, parts);
    await assert.rejects(failed, (error) => error instanceof AppError && error.code === "disk");
  });
});

const server: ToolServer = { name: "temoin", command: "/bin/node", args: ["x y", 'a"b', "mcp"] };

describe("the tools are given", () => {
  it("to Claude Code by a private file, beside the person's own servers", async () => {
    await using slot = await openSlot();
    const config = await writeToolConfig(slot.request, parts);
    const [flag, file = "", ...rest] = config?.args ?? [];
    assert.deepEqual([flag, ...rest], ["--mcp-config", "--allowedTools", "mcp__temoin"]);
    const { mcpServers } = JSON.parse(await readFile(file, "utf8"));
    assert.deepEqual(Object.keys(mcpServers), ["temoin"]);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it("to Claude Code whatever its agent has put in the place of that file", async () => {
    await using slot = await openSlot();
    const place = path.join(slot.privateDir, "claude-tools.json");
    const elsewhere = path.join(slot.folder, "elsewhere");
    await writeFile(elsewhere, "mine");
    await mkdir(slot.privateDir, { recursive: true });
    await symlink(elsewhere, place);
    await writeToolConfig(slot.request, parts);
    assert.equal(await readFile(elsewhere, "utf8"), "mine");
    await rm(place);
    await mkdir(path.join(place, "folder"), { recursive: true });
    const config = await writeToolConfig(slot.request, parts);
    assert.match(await readFile(config?.args[1] ?? "", "utf8"), /mcpServers/);
  });

  it("to codex as options of one launch", () => {
    assert.deepEqual(toolOptions(null), []);
    assert.deepEqual(toolOptions(server), [
      ...["-c", 'mcp_servers.temoin.command="/bin/node"'],
      ...["-c", 'mcp_servers.temoin.args=["x y","a\\"b","mcp"]'],
      ...["-c", "mcp_servers.temoin.startup_timeout_sec=60"],
    ]);
  });

  it("to opencode in its environment, beside what stands there", () => {
    const ours = {
      type: "local",
      command: ["/bin/node", ...server.args],
      enabled: true,
      timeout: 60_000,
    };
    const content = (env: Record<string, string>): unknown => {
      return JSON.parse(withTools(env, server)["OPENCODE_CONFIG_CONTENT"] ?? "");
    };
    assert.deepEqual(content({}), { mcp: { temoin: ours } });
    const own = { model: "a/b", mcp: { mine: { type: "local" }, temoin: { type: "remote" } } };
    const env = { OPENCODE_CONFIG_CONTENT: JSON.stringify(own) };
    const mcp = { mine: { type: "local" }, temoin: ours };
    assert.deepEqual(content(env), { model: "a/b", mcp });
    for (const broken of ["{", "[]", "7"]) {
      const given = { OPENCODE_CONFIG_CONTENT: broken };
      assert.deepEqual(withTools(given, server), given);
    }
    assert.deepEqual(withTools({ A: "1" }, null), { A: "1" });
  });

  it("to Gemini CLI in its private settings, and where the person allows only some, as one more", () => {
    const own = {
      mcpServers: { mine: { command: "m" } },
      mcp: { allowed: ["mine"], excluded: ["other"] },
    };
    const { mcpServers, mcp } = settingsOf(own, "/hook.sh", server);
    const { command, args } = server;
    const ours = { command, args, trust: true, timeout: 60_000 };
    assert.deepEqual(mcpServers, { mine: { command: "m" }, temoin: ours });
    assert.deepEqual(mcp, { allowed: ["mine", "temoin"], excluded: ["other"] });
    assert.equal(settingsOf({}, "/hook.sh", server)["mcp"], undefined);
    assert.deepEqual(settingsOf(own, "/hook.sh", null)["mcpServers"], own.mcpServers);
  });
});
