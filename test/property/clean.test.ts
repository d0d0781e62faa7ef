/** What `planClean` promises of every survey: nothing that goes is anybody's, and nothing is lost. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planClean, type SurveyedRef, type SurveyedWorktree } from "../../src/domain/clean.ts";
import { isTerminal, taskStates } from "../../src/domain/task.ts";
import { sha } from "../unit/domain/project.ts";
import { taskIn } from "../unit/domain/stages.ts";

const refNames = [
  "refs/heads/temoin/T-1/1",
  "refs/heads/temoin/T-1/2",
  "refs/heads/temoin/T-2/1",
  "refs/temoin/saved/T-1/1/1",
  "refs/temoin/saved/T-1/1/2",
  "refs/temoin/saved/T-1/2/1",
] as const;
const paths = ["/w/a-1", "/w/b-1", "/w/landing"] as const;

/** Histories: each ref and each worktree holds a set of commits, the target too. */
const commitSet = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 });

interface Drawn {
  readonly sets: ReadonlyMap<string, readonly number[]>;
  readonly target: readonly number[];
  readonly squashed: ReadonlySet<string>;
  readonly worktrees: readonly SurveyedWorktree[];
}

const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    sets: fc.array(commitSet, { minLength: refNames.length, maxLength: refNames.length }),
    target: commitSet,
    squashed: fc.subarray([...refNames].filter((name) => name.startsWith("refs/heads/"))),
    places: fc.array(
      fc.record({
        on: fc.option(fc.constantFrom(...refNames.slice(0, 3)), { freq: 1 }),
        head: fc.integer({ min: 1, max: 6 }),
        isBusy: fc.boolean(),
        inTheWay: fc.option(fc.constantFrom("it is dirty", "a merge in it has conflicts")),
      }),
      { maxLength: paths.length },
    ),
  })
  .map(({ sets, target, squashed, places }) => {
    const byRef = new Map<string, readonly number[]>(
      refNames.map((name, n) => [name, sets[n] ?? []]),
    );
    const worktrees = places.map(({ on, head, isBusy, inTheWay }, n): SurveyedWorktree => {
      const at = on === null ? head : (byRef.get(on)?.at(-1) ?? head);
      const path = paths[n] ?? "/w/x";
      return {
        name: path.slice("/w/".length),
        path,
        head: sha(at),
        branch: on,
        isInTarget: target.includes(at),
        heldBy: refNames.filter((name) => byRef.get(name)?.includes(at)),
        processes: isBusy ? [42] : [],
        inTheWay,
      };
    });
    return { sets: byRef, target, squashed: new Set<string>(squashed), worktrees };
  });

test("nothing goes that is unmerged, dirty, untracked or live, and no commit is lost", () => {
  fc.assert(
    fc.property(
      drawn,
      // Only then something goes that is not in the target.
      fc.oneof(fc.constant("done" as const), fc.constantFrom(...taskStates)),
      fc.boolean(),
      ({ sets, target, squashed, worktrees }, taskState, isHeld) => {
        const { state } = taskIn(taskState);
        const isIn = (one: string): boolean => {
          return (sets.get(one) ?? []).every((commit) => target.includes(commit));
        };
        const refs = refNames.map((name): SurveyedRef => {
          const own = sets.get(name) ?? [];
          return {
            ref: name,
            sha: sha(own.at(-1) ?? 1),
            isInTarget: isIn(name),
            isSquashed: !isIn(name) && squashed.has(name),
            heldBy: refNames.filter(
              (other) => other !== name && own.every((commit) => sets.get(other)?.includes(commit)),
            ),
            checkedOutIn: worktrees.filter((one) => one.branch === name).map(({ path }) => path),
          };
        });
        const rules = { now: 1e12, holder: isHeld ? "it" : null, proofAgeMs: 1 };
        const survey = {
          worktrees,
          refs,
          leftovers: ["/w/x.kept-1"],
          proofs: ["T-1", "T-2"],
          planner: null,
        };
        const plan = planClean(survey, state, rules);
        assert.equal(plan.goes.length + plan.stays.length, worktrees.length + refs.length + 3);
        const goes = new Set(plan.goes.map(({ name }) => name));
        const left = refNames.filter((name) => !goes.has(name));
        const held = (commit: number): boolean =>
          target.includes(commit) || left.some((name) => sets.get(name)?.includes(commit));
        for (const { path, processes, inTheWay, branch, head, name } of worktrees) {
          if (!goes.has(path)) continue;
          assert.deepEqual(processes, []);
          assert.equal(inTheWay, null);
          assert.ok(!(taskState === "running" && name === "a-1"), "its attempt lives");
          assert.ok(!isHeld || (name !== "a-1" && name !== "landing"), "a run has it");
          if (branch === null) assert.ok(held(Number(head)), "its commit is lost");
        }
        for (const { ref, isSquashed, checkedOutIn } of refs) {
          if (!goes.has(ref)) continue;
          assert.ok(isTerminal(taskState) && ref.includes("/T-1/"), "its task is not over");
          assert.ok(checkedOutIn.every((path) => goes.has(path)));
          if (isSquashed) assert.equal(taskState, "done");
          else assert.ok((sets.get(ref) ?? []).every(held), `${ref}: a commit is lost`);
        }
        assert.ok(!goes.has("/w/x.kept-1") && !goes.has("T-2"));
      },
    ),
    // What only one of a thousand surveys shows is met too.
    { numRuns: 2_000 },
  );
});
