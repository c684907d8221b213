import { transform, type TransformOptions } from "esbuild";
import { describe, expect, it } from "vitest";
import { signatureOf } from "../../src/support/signature.ts";

type Callable = (...args: never) => unknown;

class Vault {
  #secret = 1;
  static inside = (a: number, b = new Vault().#secret) => ({ a, b });
  static target(this: void) {
    return function () {
      return (a: unknown, b = new.target) => ({ a, b });
    };
  }
  #hidden(a: number, b = this.#secret) {
    return [a, b];
  }
  static get hidden(): Callable {
    return new Vault().#hidden;
  }
  static fixed(a: number, b = 1) {
    return [a, b];
  }
}

const methods = {
  plain(a: number, b = 1) {
    return [a, b];
  },
  async later(a: number, b = 1) {
    return [a, b];
  },
  *each(a: number, b = 1) {
    yield [a, b];
  },
  ["com puted"](a: number, b = 1) {
    return [a, b];
  },
  get(a: number, b = 1) {
    return [a, b];
  },
  function(a: number, b = 1) {
    return [a, b];
  },
  parent() {
    return (a: unknown, b = super.toString) => [a, b];
  },
};

describe("signatureOf", () => {
  it.each<[string, Callable]>([
    ["an arrow", (a: number, b: number) => ({ a, b })],
    ["an async arrow", async (a: number, b: number) => ({ a, b })],
    ["a function", function (a: number, b: number) { return { a, b }; }], // prettier-ignore
    ["a named function", function pair(a: number, b: number) { return { a, b }; }], // prettier-ignore
    ["optional parameters", (a?: number, b?: number) => ({ a, b })],
    ["defaulted ones", (a: number, b = 1) => ({ a, b })],
    ["all defaulted", (a = 1, b = 2) => ({ a, b })],
    ["a method", methods.plain],
    ["an async method", methods.later],
    ["a generator method", methods.each],
    ["a method of a computed name", methods["com puted"]],
    ["a method named get", methods.get],
    ["a method named function", methods.function],
    ["an arrow that says super", methods.parent()],
    ["a static method", Vault.fixed],
    ["a private method", Vault.hidden],
    ["an arrow that reads a private field", Vault.inside],
    ["an arrow that says new.target", Vault.target()()],
    ["a sloppy function", evaluated("function (a, b) { with (a) { return 010; } }")],
  ])("counts the parameters of %s", (_, callable) => {
    expect(signatureOf(callable)).toEqual({ count: 2, least: 0, names: ["a", "b"] });
  });

  it.each<[string, Callable]>([
    ["strings", (a, b = ") => { ((", c = `,${[1].map((x) => [x, x]).join()},`) => [a, b, c]],
    ["regular expressions", (a, b = /[)]\/,\(/, c = 4 / 2 / 1) => [a, b, c]],
    ["functions", (a, b = (x: number, y: number) => ({ x, y }), c = function (z: number) { return [z, z]; }) => [a, b, c]], // prettier-ignore
    ["classes", (a, b = class { m(x: number, y: number) { return [x, y]; } }, c = [1, [2, 3]]) => [a, b, c]], // prettier-ignore
    ["calls", (a, b = Math.max(1, 2), c = [1, 2, 3] as const) => [a, b, c]],
    ["comments", (a /* , x */, b /* => ) */, /* { */ c) => [a, b, c]],
    ["import.meta", (a, b = import.meta.url, c = 1) => [a, b, c]],
  ])("is not taken in by %s among the parameters", (_, callable) => {
    expect(signatureOf(callable)).toEqual({ count: 3, least: 0, names: ["a", "b", "c"] });
  });

  it.each([
    "(a, /* ) => */ b) => ({})",
    "(a, // ) => {\n b) => ({})",
    "async (a, b) => ({})",
    "function\n/* (x) */ (a, b) { return {}; }",
    "(a, b) => { 'use strict'; return {}; }",
    "(a,\u2028b)=>({})",
  ])("reads %j", (source) => {
    const callable = evaluated(source);

    expect(signatureOf(callable)).toEqual({ count: 2, least: 0, names: ["a", "b"] });
  });

  it("names no parameter that takes its argument apart, and says up to which one is needed", () => {
    const apart = ({ a }: { a: number }, [b]: number[], c: number) => ({ a, b, c });

    expect(signatureOf(apart)).toEqual({ count: 3, least: 2, names: ["", "", "c"] });
  });

  it("needs no argument for one that is taken apart and has a default", () => {
    const apart = ({ a = 1 } = {}, [b] = [2]) => ({ a, b });

    expect(signatureOf(apart)).toEqual({ count: 2, least: 0, names: ["", ""] });
  });

  it("does not know how many there are with a rest parameter", () => {
    const rest = (a: number, ...others: number[]) => ({ a, others });

    expect(signatureOf(rest)).toEqual({ count: undefined, least: 0, names: ["a", "others"] });
  });

  it.each<[string, Callable]>([
    ["a bound function", ((a: number, b: number) => ({ a, b })).bind(undefined)],
    ["a builtin", Math.max],
    ["a proxy", new Proxy((a: number) => ({ a }), {})],
  ])("does not know of %s", (_, callable) => {
    expect(signatureOf(callable)).toEqual({ count: undefined, least: 0, names: [] });
  });

  it("reads each function once", () => {
    const callable = (a: number) => ({ a });

    expect(signatureOf(callable)).toBe(signatureOf(callable));
  });
});

describe("signatureOf, of what a compiler wrote", () => {
  const source = `(user: User, { locale = "en", ...rest }: Options = {}, on?: Date, at = () => 1) =>
    ({ user, locale, rest, on, at })`;

  it.each<TransformOptions>([
    { target: "es2023" },
    { target: "es2017" },
    { target: "es2015" },
    { target: "es2023", minify: true },
    { target: "es2017", minify: true },
    { target: "es2023", keepNames: true },
    { format: "cjs" },
  ])("counts under esbuild with %o", async (options) => {
    const callable = await compiled(source, options);

    expect(signatureOf(callable)).toMatchObject({ count: 4, least: 0 });
  });
});

async function compiled(source: string, options: TransformOptions): Promise<Callable> {
  const { code } = await transform(`export_(${source})`, { loader: "ts", ...options });
  return evaluated(`(() => { let it; const export_ = (f) => it = f; ${code}; return it; })()`);
}

function evaluated(source: string): Callable {
  // oxlint-disable-next-line typescript/no-implied-eval -- a source that must reach it as it is
  return new Function(`return ${source}`)() as Callable;
}
