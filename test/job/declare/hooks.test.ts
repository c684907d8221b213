import { describe, expect, it } from "vitest";
import { ClassHooks, type Hooks } from "../../../src/job/declare/hooks.ts";

const none = undefined as never;

/** Notes what is called, by a name. */
function hooksOf(name: string, calls: string[]): Hooks {
  return {
    onMake: () => void calls.push(`make ${name}`),
    onEntry: () => void calls.push(`entry ${name}`),
    onAwait: () => void calls.push(`await ${name}`),
    aroundRun(_, next) {
      calls.push(`into ${name}`);
      const output = next();
      calls.push(`out of ${name}`);
      return output;
    },
    onOutcome: (_, outcome) => ({ ...outcome, jid: `${outcome.jid ?? ""}${name}` }),
  };
}

describe("the hooks of a class", () => {
  it("are none where its traits have none", () => {
    expect(new ClassHooks([])).toEqual({
      onMake: undefined,
      onEntry: undefined,
      aroundRun: undefined,
      onOutcome: undefined,
      onAwait: undefined,
    });
  });

  it("are the one trait's own where one has some", () => {
    const only = hooksOf("a", []);

    expect(new ClassHooks([only, {}])).toEqual(only);
  });

  it("are called in turn, and around a run the first is outermost", () => {
    const calls: string[] = [];
    const hooks = new ClassHooks([hooksOf("a", calls), hooksOf("b", calls)]);

    hooks.onMake?.(none);
    hooks.onEntry?.(none, none);
    hooks.onAwait?.(none);
    const output = hooks.aroundRun?.(none, () => 5);

    expect(output).toBe(5);
    expect(calls.slice(0, 6).join()).toBe("make a,make b,entry a,entry b,await a,await b");
    expect(calls.slice(6)).toEqual(["into a", "into b", "out of b", "out of a"]);
  });

  it("hand an outcome on from one to the next", () => {
    const hooks = new ClassHooks([hooksOf("a", []), hooksOf("b", [])]);
    const outcome = { job: none, jid: "x", kind: "done" } as const;

    const found = hooks.onOutcome?.(none, outcome, {
      output: 1,
      failure: undefined,
    });

    expect(found).toMatchObject({ kind: "done", jid: "xab" });
  });
});
