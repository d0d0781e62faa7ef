/**
 * What codex asks its clients, as asks of ours, and our answers as codex takes them. Pure.
 *
 * The choices are codex's own words for them. Those that write a rule into the person's own
 * configuration are not offered.
 */

import { z } from "zod";
import type { AgentAsk, Answer } from "../../domain/ask.ts";
import type { Action } from "../../domain/autonomy.ts";
import { plainLine } from "../../lib/process-text.ts";
import type { Wants } from "../protocol/line.ts";

export interface Asked {
  readonly ask: AgentAsk;
  readonly wants: Wants | null;
}

/** A request that is to be answered. Several questions of one request are asks of their own. */
export interface CodexRequest {
  readonly asks: readonly Asked[];
  /** What answers it, or `null` while something is still asked. */
  answer(given: ReadonlyMap<string, Answer>): unknown | null;
}

const command = z.object({
  itemId: z.string(),
  approvalId: z.string().nullish(),
  command: z.string().nullish(),
  commandActions: z
    .array(z.object({ command: z.string() }))
    .nullish()
    .catch(null),
  reason: z.string().nullish(),
  networkApprovalContext: z.object({ host: z.string() }).nullish().catch(null),
  availableDecisions: z.array(z.unknown()).nullish().catch(null),
});
const edit = z.object({
  itemId: z.string(),
  reason: z.string().nullish(),
  grantRoot: z.string().nullish(),
});
const questions = z.object({
  itemId: z.string(),
  questions: z.array(
    z.object({
      id: z.string(),
      question: z.string(),
      isOther: z.boolean().catch(true),
      options: z.array(z.object({ label: z.string() })).nullish(),
    }),
  ),
});
const permissions = z.object({
  itemId: z.string(),
  reason: z.string().nullish(),
  permissions: z.record(z.string(), z.unknown()),
});
const elicitation = z.object({
  serverName: z.string(),
  mode: z.string(),
  message: z.string(),
  requestedSchema: z
    .object({ required: z.array(z.string()).nullish() })
    .nullish()
    .catch(null),
});

/** Of which the agent's turn goes on without what it wanted. */
const decline = "decline";
const accept = "accept";
/** With these the turn is interrupted. */
const cancel = "cancel";
const acceptForSession = "acceptForSession";

export interface RequestParts {
  readonly method: string;
  readonly params: unknown;
  /** Where the request itself has nothing that tells it from others. */
  readonly key: string;
  /** Of the files that the item with this id wants to change. */
  readonly pathsOf: (itemId: string) => readonly string[];
}

/** `null`: not a question to a person, or none that we know. */
export function readRequest(parts: RequestParts): CodexRequest | null {
  switch (parts.method) {
    case "item/commandExecution/requestApproval":
      return readCommand(parts);
    case "item/fileChange/requestApproval":
      return readEdit(parts);
    case "item/tool/requestUserInput":
      return readQuestions(parts);
    case "item/permissions/requestApproval":
      return readPermissions(parts);
    case "mcpServer/elicitation/request":
      return readElicitation(parts);
    default:
      return null;
  }
}

function readCommand({ params }: RequestParts): CodexRequest | null {
  const { data } = command.safeParse(params);
  if (data === undefined) return null;
  const { itemId, approvalId, commandActions, reason, networkApprovalContext: network } = data;
  const line =
    (commandActions?.length === 1 ? commandActions[0]?.command : data.command) ??
    data.command ??
    "";
  const says = network ? `May it reach ${network.host} by \`${line}\`?` : `May it run \`${line}\`?`;
  const offered = (data.availableDecisions ?? [accept, cancel]).filter(isPlain);
  const action: Action = network
    ? { kind: "other", tool: `network ${network.host}` }
    : { kind: "command", command: line };
  return permission({
    id: approvalId ? `${itemId} ${approvalId}` : itemId,
    says: withReason(says, reason),
    // That it is not offered does not keep it from being taken (0.169.0).
    choices: [...offered.filter((each) => each !== cancel && each !== decline), decline, cancel],
    action,
    result: (decision) => ({ decision }),
  });
}

function readEdit({ params, pathsOf }: RequestParts): CodexRequest | null {
  const { data } = edit.safeParse(params);
  if (data === undefined) return null;
  const paths = pathsOf(data.itemId);
  const what = data.grantRoot ? `all of ${data.grantRoot}` : paths.join(", ") || "files";
  return permission({
    id: data.itemId,
    says: withReason(`May it edit ${what}?`, data.reason),
    choices: [accept, acceptForSession, decline, cancel],
    action: data.grantRoot ? { kind: "other", tool: `write to ${what}` } : { kind: "edit", paths },
    result: (decision) => ({ decision }),
  });
}

function readPermissions({ params }: RequestParts): CodexRequest | null {
  const { data } = permissions.safeParse(params);
  if (data === undefined) return null;
  const wanted = Object.entries(data.permissions).filter(([, value]) => value !== null);
  const says = `May it have the permissions ${JSON.stringify(Object.fromEntries(wanted))}?`;
  return permission({
    id: data.itemId,
    says: withReason(says, data.reason),
    choices: [accept, decline],
    action: { kind: "other", tool: "permissions" },
    result: (choice) => ({
      permissions: choice === accept ? Object.fromEntries(wanted) : {},
      scope: "turn",
    }),
  });
}

/** A form with fields that must be filled in is for the agent's own screen. */
function readElicitation({ params, key }: RequestParts): CodexRequest | null {
  const { data } = elicitation.safeParse(params);
  if (data === undefined) return null;
  const needsWords = (data.requestedSchema?.required ?? []).length > 0;
  return permission({
    id: `${data.serverName} ${key}`,
    says: `${data.serverName}: ${data.message}`,
    choices: needsWords ? [decline, cancel] : [accept, decline, cancel],
    action: { kind: "other", tool: data.serverName },
    result: (action) => ({ action, content: action === accept ? {} : null, _meta: null }),
  });
}

function readQuestions({ params }: RequestParts): CodexRequest | null {
  const { data } = questions.safeParse(params);
  if (data === undefined || data.questions.length === 0) return null;
  const asked = data.questions.map((each) => {
    const choices = (each.options ?? []).map((option) => option.label);
    const ask: AgentAsk = {
      id: `${data.itemId} ${each.id}`,
      kind: "question",
      says: plainLine(each.question),
      choices,
      takesText: each.isOther || choices.length === 0,
    };
    return { question: each.id, ask };
  });
  return {
    asks: asked.map(({ ask }) => ({ ask, wants: null })),
    answer(given) {
      const answers: Record<string, { answers: string[] }> = {};
      for (const { question, ask } of asked) {
        const answer = given.get(ask.id);
        if (answer === undefined) return null;
        answers[question] = { answers: ["choice" in answer ? answer.choice : answer.text] };
      }
      return { answers };
    },
  };
}

interface Permission {
  readonly id: string;
  readonly says: string;
  readonly choices: readonly string[];
  readonly action: Action;
  readonly result: (choice: string) => unknown;
}

function permission({ id, says, choices, action, result }: Permission): CodexRequest {
  const line = plainLine(says);
  const ask: AgentAsk = { id, kind: "permission", says: line, choices, takesText: false };
  const offered = (choice: string): string | null => (choices.includes(choice) ? choice : null);
  return {
    asks: [{ ask, wants: { action, allow: offered(accept), refuse: offered(decline) } }],
    answer(given) {
      const answer = given.get(id);
      return answer !== undefined && "choice" in answer ? result(answer.choice) : null;
    },
  };
}

function withReason(says: string, reason: string | null | undefined): string {
  return reason ? `${says} ${reason}` : says;
}

/** Another one is a rule for the person's own configuration. */
function isPlain(decision: unknown): decision is string {
  return typeof decision === "string";
}
