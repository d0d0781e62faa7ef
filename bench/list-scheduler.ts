/**
 * The ideal that a schedule is compared with: a list scheduler without any latency. Whenever a
 * place is free it takes the first task of the list whose dependencies are done; a task is done
 * the moment its work ends. (Graham's list scheduling: at most twice the optimum, and never idle
 * while something is ready.)
 */

export interface ListedTask {
  readonly id: string;
  readonly deps: readonly string[];
  readonly lengthMs: number;
}

/** When the last task ends, in milliseconds after the start. */
export function listMakespan(tasks: readonly ListedTask[], places: number): number {
  const done = new Set<string>();
  let waiting = [...tasks];
  let atWork: { readonly id: string; readonly endsAt: number }[] = [];
  let now = 0;
  for (;;) {
    const started = waiting
      .filter((task) => task.deps.every((dep) => done.has(dep)))
      .slice(0, places - atWork.length);
    atWork.push(...started.map((task) => ({ id: task.id, endsAt: now + task.lengthMs })));
    waiting = waiting.filter((task) => !started.includes(task));
    if (atWork.length === 0) {
      if (waiting.length > 0) throw new Error("the list has a cycle");
      return now;
    }
    now = Math.min(...atWork.map((work) => work.endsAt));
    for (const work of atWork) if (work.endsAt === now) done.add(work.id);
    atWork = atWork.filter((work) => work.endsAt > now);
  }
}
