import { describe, expect, it } from "vitest";
import { readRubyYaml } from "../../src/ruby-files/ruby-yaml.ts";
import { cannotRun } from "../interop/beside-ruby.ts";
import { Ruby } from "../support/ruby.ts";

/** Text, and what Sidekiq 6.4.1 on Ruby 3.1 reads in it. */
const cases: readonly (readonly [text: string, read: unknown])[] = [
  // Merging: what stands below counts more.
  ["d: &d {c: 5}\np:\n  c: 1\n  <<: *d\n", { d: { c: 5 }, p: { c: 5 } }],
  ["d: &d {c: 5}\np:\n  <<: *d\n  c: 1\n", { d: { c: 5 }, p: { c: 1 } }],
  ["d: &d {c: 5}\np:\n  :c: 1\n  <<: *d\n", { d: { c: 5 }, p: { c: 5 } }],
  ["d: &d\n  :c: 5\np:\n  c: 1\n  <<: *d\n", { d: { c: 5 }, p: { c: 1 } }],
  ["a: &a {c: 1}\nb: &b {c: 2}\np:\n  <<: *a\n  <<: *b", { a: { c: 1 }, b: { c: 2 }, p: { c: 2 } }],
  ["a: &a {c: 1}\np:\n  <<: *a\n  c: 2\n  <<: *a\n", { a: { c: 1 }, p: { c: 1 } }],
  [
    "a: &a {c: 1, x: 1}\nb: &b {c: 2, y: 2}\np:\n  x: 9\n  <<: [*a, *b]\n  y: 8\n",
    { a: { c: 1, x: 1 }, b: { c: 2, y: 2 }, p: { x: 1, c: 1, y: 8 } },
  ],
  ["<<: {c: 1}\nd: {<<: {e: [1]}}", { c: 1, d: { e: [1] } }],
  ["p:\n  '<<': {c: 1}\n", { p: { c: 1 } }],
  ["p:\n  !!str <<: {c: 1}\n", { p: { "<<": { c: 1 } } }],
  ["p:\n  <<: nothing\n  c: 2\n", { p: { "<<": "nothing", c: 2 } }],
  ["a: &a {c: 1}\np:\n  <<: [*a, 5]\n", { a: { c: 1 }, p: { "<<": [{ c: 1 }, 5] } }],
  ["a: &a [1]\np:\n  <<: *a\n", { a: [1], p: { "<<": [1] } }],
  // Keys.
  ["a: 1\na: 2\nb: {c: 1, c: 2}", { a: 2, b: { c: 2 } }],
  [":a: 1\na: 2", { a: 2 }],
  ["a: 2\n:a: 1", { a: 2 }],
  ["1: a\n2.5: b\n':e': f\n:\"g h\": 1\n", { 1: "a", "2.5": "b", ":e": "f", "g h": 1 }],
  ["? a\n: b\n", { a: "b" }],
  // Words.
  [
    "a: yes\nb: no\nc: on\nd: off\ne: YES\nf: y\ng: n\nh: True\ni: 'yes'\nj: oFF\nk: |\n  yes\n",
    {
      a: true,
      b: false,
      c: true,
      d: false,
      e: true,
      f: "y",
      g: "n",
      h: true,
      i: "yes",
      j: false,
      k: "yes\n",
    },
  ],
  [
    "a: ~\nb: Null\nc:\nd: ''\ne: 'null'\nf: nulls",
    { a: null, b: null, c: null, d: "", e: "null", f: "nulls" },
  ],
  ["a: :b\nb: ':d'\nc: ::x\ne: :a:b\nf: :'q r'", { a: "b", b: ":d", c: ":x", e: "a:b", f: "q r" }],
  ["a: !ruby/symbol b\nb: !ruby/sym c\nc: !!str 5\nd: ! 5", { a: "b", b: "c", c: "5", d: 5 }],
  // Numbers.
  [
    "a: 010\nb: 0o10\nc: 1_000\nd: 0x1F\ne: 0b11\nf: 1,000\ng: 08\nh: +1\ni: -010\nj: 1__0\nk: 1_\nl: _1\nm: 0_7\nn: 00\no: -0x1f\np: 0",
    {
      a: 8,
      b: "0o10",
      c: 1000,
      d: 31,
      e: 3,
      f: 1000,
      g: "08",
      h: 1,
      i: -8,
      j: "1__0",
      k: "1_",
      l: "_1",
      m: 7,
      n: 0,
      o: -31,
      p: 0,
    },
  ],
  [
    "a: 1:30\nb: 1:30:15\nc: 1:30.5\nd: -1:30\ne: 190:20:30\nf: 1:60\ng: 0:30\nh: 12_3:45",
    { a: 5400, b: 5415, c: 5430, d: -1800, e: 685_230, f: "1:60", g: 1800, h: 445_500 },
  ],
  [
    "a: 1.5\nb: .5\nc: 1.\nd: 1e3\ne: 1.5e3\nf: 1_000.5\ng: 1.5e+3\nh: 0.1.2\ni: .\nj: 1.5E-1",
    { a: 1.5, b: 0.5, c: 1, d: "1e3", e: "1.5e3", f: 1000.5, g: 1500, h: "0.1.2", i: ".", j: 0.15 },
  ],
  // Documents.
  ["%YAML 1.1\n---\na: yes\n", { a: true }],
  ["---\na: 1\n---\nb: 2\n", { a: 1 }],
  ["# nothing\n", null],
  ["", null],
  ["--- foo", "foo"],
  ["- a\n- :b\n- [1:30]", ["a", "b", [5400]]],
  ["a: &x 5\nb: *x\nc: &y [1, 2]\nd: *y\n", { a: 5, b: 5, c: [1, 2], d: [1, 2] }],
];

describe("readRubyYaml", () => {
  it.each(cases)("reads %j", (text, read) => {
    expect(readRubyYaml(text)).toEqual(read);
  });

  it.each([
    ["a: .inf\nb: -.INF\nc: .nan\nd: +.inf", { a: Infinity, b: -Infinity, c: NaN, d: Infinity }],
    // Sidekiq lets Ruby refuse these.
    ["a: 2026-11-28\nb: 2026-11-28 10:00:00", { a: "2026-11-28", b: "2026-11-28 10:00:00" }],
  ])("reads %j, too", (text, read) => {
    expect(readRubyYaml(text)).toEqual(read);
  });

  it("ends what contains itself", () => {
    expect(readRubyYaml("a: &a {b: *a, c: 1}")).toEqual({ a: { b: null, c: 1 } });
  });

  it("reads what many aliases lead to once", () => {
    const lines = ["a0: &a0 [x]"];
    for (let depth = 1; depth < 60; depth += 1) {
      lines.push(`a${depth}: &a${depth} [*a${depth - 1}, *a${depth - 1}]`);
    }

    const read = readRubyYaml(lines.join("\n")) as Record<string, unknown[]>;

    expect(read["a59"]?.[0]).toBe(read["a58"]);
  });

  it("refuses what is none", () => {
    expect(() => readRubyYaml("a: [")).toThrow(SyntaxError);
    expect(() => readRubyYaml("a: *b")).toThrow(new SyntaxError("there is no anchor of alias b"));
  });

  it.skipIf(cannotRun)("agrees with Ruby", { timeout: 60_000 }, async () => {
    const ruby = new Ruby("redis://127.0.0.1:1");

    const read = (await ruby.run("config.rb", ...cases.map(([text]) => text))) as unknown[];

    expect(cases.map(([text], index) => [text, read[index]])).toEqual(cases);
  });
});
