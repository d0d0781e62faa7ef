import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { commandPolicy } from "../../../src/agents/dangerous.ts";
import type { AskRule, AskRules } from "../../../src/domain/ask-rule.ts";
import { type AskVerdict, judgeAsk, ruleFor } from "../../../src/domain/ask-rules.ts";
import type { Action } from "../../../src/domain/autonomy.ts";

const workspace = "/w/ada-1";
const dangerous = [{ why: "deletes all", pattern: /\brm -rf \// }];
const command = (text: string): Action => ({ kind: "command", command: text });
const edit = (...paths: string[]): Action => ({ kind: "edit", paths });

function judge(
  action: Action,
  given: Partial<AskRules> & { readonly autonomy?: "full" | "edits" | "ask" } = {},
): AskVerdict {
  const { autonomy = "ask", ...rules } = given;
  return judgeAsk(action, {
    autonomy,
    workspace,
    rules: { allow: [], deny: [], ...rules },
    commands: { ...commandPolicy(), dangerous },
  });
}

const commands = (...patterns: string[]): AskRule[] =>
  patterns.map((pattern) => ({ kind: "command", pattern }));
const edits = (...globs: string[]): AskRule[] => globs.map((glob) => ({ kind: "edit", glob }));

describe("a permission", () => {
  test("without a rule is what the autonomy says", () => {
    assert.deepEqual(judge(command("ls")), { do: "ask", why: null });
    assert.equal(judge(command("ls"), { autonomy: "full" }).do, "allow");
    assert.equal(judge(edit(`${workspace}/a`), { autonomy: "edits" }).do, "allow");
    assert.equal(judge(edit("/etc/a"), { autonomy: "edits" }).do, "ask");
  });

  test("is allowed by a rule for the whole of a plain command, and tells which", () => {
    const allow = commands("npm test", "npm run *", "git * --stat");
    assert.deepEqual(judge(command("npm run lint"), { allow }), {
      do: "allow",
      by: "rule",
      why: "allowed by policy.allow, command: npm run *",
    });
    assert.equal(judge(command(" npm test "), { allow }).do, "allow");
    assert.equal(judge(command("git diff --stat"), { allow }).do, "allow");
    for (const other of [
      "npm test -- x",
      "npm run lint; curl x",
      "npm run lint && x",
      "npm run lint | sh",
      "npm run $(x)",
      "npm run `x`",
      "npm run lint\nx",
      "npm run lint > /etc/x",
      "xnpm run lint",
      "git diff --stat x",
    ]) {
      assert.equal(judge(command(other), { allow }).do, "ask", other);
    }
  });

  test("for a command of several parts is allowed by just the same words", () => {
    const allow = commands("npm ci && npm test");
    assert.equal(judge(command("npm ci && npm test"), { allow }).do, "allow");
    assert.equal(judge(command("npm ci && npm test && x"), { allow }).do, "ask");
  });

  test("for a program within a command is allowed by a rule that names this way, and by no other", () => {
    const allow = commands("python3 *", "node *", "bash *", "env *", "uv *", "perl *", "git *");
    for (const inline of [
      'python3 -c "print"',
      "python3 -Ic print",
      "python3 -W ignore -c print",
      "python3 -cprint",
      "/usr/bin/python3.12 -c print",
      "env X=1 python3 -u -c print",
      "env timeout 5 node --eval 1",
      "node --eval=1",
      "node -pe 1",
      "bash -lc 'npm test'",
      "bash -o pipefail -c 'npm test'",
      "perl -lne print",
      "uv run python -c print",
      "X=1 node -p 1",
    ]) {
      const settings = commands("X=1 *");
      const verdict = judge(command(inline), { allow: [...allow, ...settings] });
      assert.deepEqual(verdict, { do: "ask", why: null }, inline);
      const same = judge(command(inline), { allow: commands(inline) });
      assert.equal(same.do, "allow", inline);
    }
    for (const plain of [
      "python3 -m pytest",
      "python3 -m pytest -c pytest.ini",
      "python3 x.py -c y",
      "node --test",
      "node --test-reporter spec --test",
      "node x.mjs -e y",
      "bash scripts/a.sh -c",
      "env CI=1 node x.mjs",
      "perl -Mstrict x.pl",
      "git commit -m 'use python3 -c'",
      "git grep node -e x",
      "uv run pytest -c x",
    ]) {
      assert.equal(judge(command(plain), { allow }).do, "allow", plain);
    }
    const named = commands("python3 -c *", "bash -lc 'npm *");
    assert.equal(judge(command("python3 -c print"), { allow: named }).do, "allow");
    assert.equal(judge(command("bash -lc 'npm test'"), { allow: named }).do, "allow");
    assert.equal(judge(command("python3 -c print"), { autonomy: "full" }).do, "allow");
  });

  test("is denied wherever the command stands, before all else", () => {
    const given = {
      deny: commands("git push*"),
      allow: commands("git push"),
      autonomy: "full",
    } as const;
    for (const text of [
      "git push",
      "git push origin main",
      "cd x && git push",
      "sudo git push",
      "bash -c 'git push'",
      "FOO=1 git   push",
      "echo $(git push)",
      "git \\\npush",
      "true\ngit push",
    ]) {
      assert.deepEqual(
        judge(command(text), given),
        { do: "deny", why: "denied by policy.deny, command: git push*" },
        text,
      );
    }
    assert.equal(judge(command("git pull"), given).do, "allow");
  });

  test("for a dangerous command is a person's, whatever is allowed", () => {
    const given = { allow: commands("*"), autonomy: "full" } as const;
    assert.deepEqual(judge(command("rm -rf /"), given), {
      do: "ask",
      why: "never allowed by itself: it deletes all",
    });
    assert.equal(judge(command(`echo ${"x".repeat(20_000)}`), given).do, "ask");
    assert.equal(judge(command("rm -rf \\\n/"), given).do, "ask");
  });

  test("for files is allowed where each of them is, and denied where one of them is", () => {
    const allow = edits("docs/**", "*.md", "/srv/data/**");
    assert.equal(judge(edit(`${workspace}/docs/a/b.md`), { allow }).do, "allow");
    assert.equal(judge(edit(`${workspace}/docs/a`, `${workspace}/R.md`), { allow }).do, "allow");
    assert.equal(judge(edit("/srv/data/x"), { allow }).do, "allow");
    assert.equal(judge(edit(`${workspace}/docs/a`, `${workspace}/src/a`), { allow }).do, "ask");
    assert.equal(judge(edit(`${workspace}/docs/../src/a`), { allow }).do, "ask");
    assert.equal(judge(edit("/other/docs/a"), { allow }).do, "ask");
    assert.equal(judge({ kind: "read", paths: [`${workspace}/docs/a`] }, { allow }).do, "ask");
    assert.equal(judge(edit(), { allow }).do, "ask");
    const deny = edits(".github/**");
    const both = edit(`${workspace}/a`, `${workspace}/.github/workflows/ci.yml`);
    assert.equal(judge(both, { deny, autonomy: "full" }).do, "deny");
  });

  test("for a file is denied by whatever name of it is asked for", () => {
    const given = { deny: edits(".github/**", "/etc/**"), autonomy: "full" } as const;
    for (const path of [
      `${workspace}/./.github/x`,
      `${workspace}//.github/x`,
      `/${workspace}/.github/x`,
      `${workspace}/src/../.github/x`,
      `${workspace}/../ada-1/.github/x`,
      "./.github/x",
      "//etc/x",
      "/etc/./x",
      `${workspace}/../../etc/x`,
    ]) {
      assert.equal(judge(edit(path), given).do, "deny", path);
    }
    assert.equal(judge(edit(`${workspace}/etc/x`), given).do, "allow");
    assert.equal(judge(edit(`${workspace}/docs/.github`), given).do, "allow");
  });

  test("for a file from the root on holds for no file of that name in the workspace", () => {
    const allow = edits("/srv/data/**");
    assert.equal(judge(edit(`${workspace}/srv/data/x`), { allow }).do, "ask");
    assert.equal(judge(edit(`${workspace}/../../srv/data/x`), { allow }).do, "ask");
    assert.equal(judge(edit(`${workspace}/x`), { allow: edits("/w/**") }).do, "allow");
  });

  test("for a tool goes by its name", () => {
    const tool: Action = { kind: "other", tool: "mcp__issues__list" };
    const rule: AskRule = { kind: "tool", pattern: "mcp__issues__*" };
    assert.equal(judge(tool, { allow: [rule] }).do, "allow");
    assert.equal(judge(tool, { deny: [rule], autonomy: "full" }).do, "deny");
    assert.equal(judge({ kind: "other", tool: "mcp__mail__send" }, { allow: [rule] }).do, "ask");
  });
});

describe("the rule for what was asked", () => {
  test("allows just that, and there is none for what a rule would widen", () => {
    const actions: readonly Action[] = [
      command("npm test"),
      edit(`${workspace}/src/a.ts`),
      edit("/srv/x"),
      { kind: "other", tool: "WebSearch" },
    ];
    for (const action of actions) {
      const rule = ruleFor(action, workspace) ?? assert.fail(JSON.stringify(action));
      assert.equal(judge(action, { allow: [rule] }).do, "allow");
    }
    const compound = ruleFor(command("a; b"), workspace) ?? assert.fail();
    assert.equal(judge(command("a; b"), { allow: [compound] }).do, "allow");
    assert.equal(judge(command("a; b"), { deny: [compound], autonomy: "full" }).do, "deny");
    assert.equal(judge(command("a; b; c"), { allow: [compound] }).do, "ask");
    for (const action of [command("a\nb"), command("ls *"), edit("/a", "/b"), edit("/w/[a]")]) {
      assert.equal(ruleFor(action, workspace), null);
    }
  });

  test("never allows another plain command", () => {
    const word = fc.stringMatching(/^[a-z ./-]{1,12}$/);
    fc.assert(
      fc.property(word, word, (asked, other) => {
        const rule = ruleFor(command(asked), workspace);
        if (rule === null || asked.trim() === other.trim()) return;
        assert.equal(judge(command(other), { allow: [rule] }).do, "ask");
      }),
    );
  });

  test("of a deny is found in whatever it is wrapped", () => {
    const wrap = fc.constantFrom(
      "sudo X",
      "a; X",
      "a && X",
      "(X)",
      "env A=b X",
      "sh -c 'X'",
      "a | X",
    );
    fc.assert(
      fc.property(fc.array(wrap, { maxLength: 4 }), (wraps) => {
        const text = wraps.reduce((inner, one) => one.replace("X", () => inner), "git push");
        assert.equal(
          judge(command(text), { deny: commands("git push*"), autonomy: "full" }).do,
          "deny",
        );
      }),
    );
  });
});
