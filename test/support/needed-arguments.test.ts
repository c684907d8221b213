import { describe, expect, it } from "vitest";
import { neededArguments } from "../../src/support/needed-arguments.ts";

type Callable = (...args: never) => unknown;
declare const other: any;

/** What is needed of a function by itself. */
const alone = (declaring: Callable) =>
  neededArguments(declaring, { method: undefined, classes: [] });

/** What is needed of `(user, note) => ({ user, text: note })` by a method, and the classes around it. */
const by = (method: Callable, ...classes: object[]) =>
  neededArguments((user: unknown, note: unknown) => ({ user, text: note }), {
    method,
    classes,
  });

describe("neededArguments", () => {
  it.each<[string, Callable]>([
    ["a property", (a: any) => ({ id: a.id })],
    ["an element", (a: any) => [a[0]]],
    ["a call", (a: any) => a()],
    ["a construction", (a: any) => new a()],
    ["a method's call, deep in an expression", (a: any) => ({ x: [1, -a.b.c() + 1] })],
    ["a template", (a: any) => `Hello ${a.name}`],
    ["a spread into a list", (a: any) => [...a]],
    ["an argument", (a: any) => other(a.id)],
    ["a spread argument", (a: any) => other(...a)],
    ["a key", (a: any) => other[a.id]],
    ["a sequence", (a: any) => (other(), a.id)],
    ["a condition", (a: any) => (a.id ? 1 : 2)],
    ["the first of a logical expression", (a: any) => a.id ?? 1],
    ["a statement", (a: any) => void a.id],
    ["an await", async (a: any) => await a.id],
    [
      "a declaration",
      (a: any) => {
        const { id } = a;
        return { id };
      },
    ],
    [
      "a loop over it",
      (a: any) => {
        for (const each of a) other(each);
      },
    ],
    [
      "what is thrown",
      (a: any) => {
        throw a.error;
      },
    ],
    [
      "an if",
      (a: any) => {
        function inner() {}
        if (a.id) inner();
      },
    ],
  ])("finds what reads it for certain: %s", (_, declaring) => {
    expect(alone(declaring)).toEqual([0]);
  });

  it.each<[string, Callable]>([
    ["by nothing", (a: any) => ({ a })],
    ["with ?.", (a: any) => ({ id: a?.id.of, name: a?.name() })],
    ["behind a condition", (a: any) => (a ? a.id : 1)],
    ["behind &&, || and ??", (a: any) => [a && a.id, a || a.id, other ?? a.id]],
    ["in a function that may not run", (a: any) => ({ id: () => a.id })],
    ["by a spread into an object", (a: any) => ({ ...a })],
    ["with a default", (a: any = {}) => a.id],
    ["of a rest", (...a: any[]) => a.length],
    ["by typeof", (a: any) => typeof a],
    [
      "behind an early end",
      (a: any) => {
        if (a === undefined) return 1;
        return a.id;
      },
    ],
    [
      "behind an assignment",
      (a: any) => {
        a ??= { id: 1 }; // oxlint-disable-line no-param-reassign
        return a.id;
      },
    ],
    [
      "in a try",
      (a: any) => {
        try {
          return a.id;
        } catch {
          return 1;
        }
      },
    ],
    [
      "behind a var of its name",
      (a: any) => {
        var a: any = a ?? { id: 1 }; // oxlint-disable-line no-var
        return a.id;
      },
    ],
    [
      "behind a yield",
      function* (a: any): Generator {
        yield 1;
        other(a.id);
      },
    ],
    ["without a source", ((a: any) => a.id).bind(undefined)],
  ])("leaves what may be missing: read %s", (_, declaring) => {
    expect(alone(declaring)).toEqual([]);
  });

  it("finds what a method reads of this", () => {
    const host = {
      user(this: any) {
        return `Hello ${this.user.name}`;
      },
      both(this: any) {
        other(this.user.name, this.text.length);
      },
      neither(this: any) {
        return this.user?.name ?? this.text;
      },
    };

    expect(by(host.user)).toEqual([0]);
    expect(by(host.both)).toEqual([0, 1]);
    expect(by(host.neither)).toEqual([]);
    expect(by(host.user.bind({}))).toEqual([]);
  });

  it.each<[string, object]>([
    ["a field", class { user = 1; }],
    ["a getter", class { get user() { return 1; } }],
    ["a constructor", class { x: unknown; constructor() { this.x = 1; } }],
    ["a name that is made", class { ["us" + "er"]() {} }],
    ["no source", Map],
  ])("leaves what a class may put in its place: %s", (_, type) => {
    const { read } = { read(this: any) { return this.user.name; } };

    expect(by(read, class { static { void 0; } other = 1; })).toEqual([0]);
    expect(by(read, type)).toEqual([]);
  }); // prettier-ignore

  it("does not guess what a spread, or a block, returns", () => {
    const { read } = { read(this: any) { return this.a.id; } }; // prettier-ignore
    const needed = (declaring: Callable) =>
      neededArguments(declaring, { method: read, classes: [] });

    expect(needed((a: any) => ({ a, ...other }))).toEqual([]);
    expect(needed((a: any) => ({ ["a"]: a }))).toEqual([]);
    expect(needed((a: any) => ({ "a": a }))).toEqual([]); // prettier-ignore
    expect(
      needed((a: any) => {
        return { a };
      }),
    ).toEqual([]);
  });
});
