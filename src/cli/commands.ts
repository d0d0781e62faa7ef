/** Every command by its name: one line about it, and where it is. Read before anything is loaded. */

import type { CliCommand } from "./command.ts";

export interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly group: Group;
  readonly load: () => Promise<CliCommand>;
}

export const groups = ["begin", "tasks", "look", "work", "steer", "prove", "for agents"] as const;
export type Group = (typeof groups)[number];

export const commands: readonly Listed[] = [
  {
    name: "init",
    summary: "write a first temoin.yaml from what is found",
    group: "begin",
    load: async () => (await import("./init.ts")).command,
  },
  {
    name: "doctor",
    summary: "is everything there that a run needs?",
    group: "begin",
    load: async () => (await import("./doctor.ts")).command,
  },
  {
    name: "add",
    summary: "add a task",
    group: "tasks",
    load: async () => (await import("./add.ts")).command,
  },
  {
    name: "edit",
    summary: "change a task that has not started, or has failed",
    group: "tasks",
    load: async () => (await import("./edit.ts")).command,
  },
  {
    name: "lint",
    summary: "find thin briefs, missing skills, pins to nobody",
    group: "tasks",
    load: async () => (await import("./lint.ts")).command,
  },
  {
    name: "import",
    summary: "bring in tasks from plan files",
    group: "tasks",
    load: async () => (await import("./import.ts")).command,
  },
  {
    name: "plan",
    summary: "have an agent draft the tasks for a goal",
    group: "tasks",
    load: async () => (await import("./plan.ts")).command,
  },
  {
    name: "export",
    summary: "print the queue as JSON or Markdown",
    group: "tasks",
    load: async () => (await import("./export.ts")).command,
  },
  {
    name: "ls",
    summary: "list the tasks",
    group: "look",
    load: async () => (await import("./ls.ts")).command,
  },
  {
    name: "show",
    summary: "show a task: brief, attempts, gates, proofs",
    group: "look",
    load: async () => (await import("./show.ts")).command,
  },
  {
    name: "diff",
    summary: "show what the last attempt at a task has changed",
    group: "look",
    load: async () => (await import("./diff.ts")).command,
  },
  {
    name: "why",
    summary: "tell why a task or an agent stands as it stands",
    group: "look",
    load: async () => (await import("./why.ts")).command,
  },
  {
    name: "events",
    summary: "tell what has happened; -f goes on",
    group: "look",
    load: async () => (await import("./events.ts")).command,
  },
  {
    name: "status",
    summary: "show who does what, the goal, what waits for you",
    group: "look",
    load: async () => (await import("./status.ts")).command,
  },
  {
    name: "watch",
    summary: "the same in the terminal, as it goes on",
    group: "look",
    load: async () => (await import("./watch.ts")).command,
  },
  {
    name: "summary",
    summary: "what the last run has done, caught and cost",
    group: "look",
    load: async () => (await import("./summary.ts")).command,
  },
  {
    name: "logs",
    summary: "show what an agent has printed; -f goes on",
    group: "look",
    load: async () => (await import("./logs.ts")).command,
  },
  {
    name: "config",
    summary: "show the configuration in effect",
    group: "look",
    load: async () => (await import("./config.ts")).command,
  },
  {
    name: "run",
    summary: "work until the goal is met or nothing can go on",
    group: "work",
    load: async () => (await import("./run.ts")).command,
  },
  {
    name: "up",
    summary: "the same in the background",
    group: "work",
    load: async () => (await import("./up.ts")).command,
  },
  {
    name: "down",
    summary: "stop what `up` or `run` has begun",
    group: "work",
    load: async () => (await import("./down.ts")).command,
  },
  {
    name: "assign",
    summary: "give a task to an agent",
    group: "steer",
    load: async () => (await import("./assign.ts")).command,
  },
  {
    name: "handoff",
    summary: "give on a task, or the role of the conductor",
    group: "steer",
    load: async () => (await import("./handoff.ts")).command,
  },
  {
    name: "cancel",
    summary: "give a task up; its work is kept",
    group: "steer",
    load: async () => (await import("./cancel.ts")).command,
  },
  {
    name: "split",
    summary: "make several tasks of one",
    group: "steer",
    load: async () => (await import("./split.ts")).command,
  },
  {
    name: "retry",
    summary: "open a task again",
    group: "steer",
    load: async () => (await import("./retry.ts")).command,
  },
  {
    name: "skip",
    summary: "leave a task out; what depends on it goes on",
    group: "steer",
    load: async () => (await import("./skip.ts")).command,
  },
  {
    name: "land",
    summary: "let a change land that waits for your review, or send it back",
    group: "steer",
    load: async () => (await import("./land.ts")).command,
  },
  {
    name: "revert",
    summary: "take a landing back, and open its task again",
    group: "steer",
    load: async () => (await import("./revert.ts")).command,
  },
  {
    name: "pause",
    summary: "hand out nothing more, or not one task",
    group: "steer",
    load: async () => (await import("./pause.ts")).command,
  },
  {
    name: "resume",
    summary: "go on after `pause`",
    group: "steer",
    load: async () => (await import("./resume.ts")).command,
  },
  {
    name: "tell",
    summary: "say something to the agent of a task",
    group: "steer",
    load: async () => (await import("./tell.ts")).command,
  },
  {
    name: "answer",
    summary: "answer what an agent asks",
    group: "steer",
    load: async () => (await import("./answer.ts")).command,
  },
  {
    name: "attach",
    summary: "look at the agents' terminals, or type in one",
    group: "steer",
    load: async () => (await import("./attach.ts")).command,
  },
  {
    name: "inbox",
    summary: "list what waits for you",
    group: "steer",
    load: async () => (await import("./inbox.ts")).command,
  },
  {
    name: "clean",
    summary: "list what nothing needs any more; with --yes remove it",
    group: "steer",
    load: async () => (await import("./clean.ts")).command,
  },
  {
    name: "agents",
    summary: "list the agents; `agents test` proves what each does",
    group: "prove",
    load: async () => (await import("./agents.ts")).command,
  },
  {
    name: "gate",
    summary: "`gate run` runs the gates on the working tree",
    group: "prove",
    load: async () => (await import("./gate.ts")).command,
  },
  {
    name: "report",
    summary: "say how the task at hand stands",
    group: "for agents",
    load: async () => (await import("./report.ts")).command,
  },
  {
    name: "draft",
    summary: "hand in a plan that was asked for",
    group: "for agents",
    load: async () => (await import("./draft.ts")).command,
  },
  {
    name: "acknowledge",
    summary: "take the role of the conductor",
    group: "for agents",
    load: async () => (await import("./acknowledge.ts")).command,
  },
  {
    name: "decide",
    summary: "record what the conductor has settled",
    group: "for agents",
    load: async () => (await import("./decide.ts")).command,
  },
  {
    name: "mcp",
    summary: "offer tools to an agent, on its standard streams",
    group: "for agents",
    load: async () => (await import("./mcp.ts")).command,
  },
];
