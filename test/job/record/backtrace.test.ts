import { deflateSync } from "node:zlib";
import { retryAfter } from "mandate";
import { describe, expect, it } from "vitest";
import { backtraceField, ownLine, readBacktrace } from "../../../src/job/record/backtrace.ts";

describe("readBacktrace", () => {
  it("unpacks what a failure wrote", () => {
    expect(readBacktrace(packed(["at call (x.ts:1:2)"]))).toEqual(["at call (x.ts:1:2)"]);
  });

  it.each([
    ["no text", 7],
    ["none", undefined],
    ["nothing that was deflated", "oops"],
    ["no list", packed({})],
    ["more than anybody reads", packed(["x".repeat(1_100_000)])],
  ])("finds no lines in: %s", (_what, text) => {
    expect(readBacktrace(text)).toEqual([]);
  });

  it("leaves out what is no line", () => {
    expect(readBacktrace(packed(["a", 7, null]))).toEqual(["a"]);
  });
});

/** The lines that a record keeps. */
function keptLines(error: unknown, wanted: unknown): readonly string[] {
  return readBacktrace(backtraceField(error, wanted));
}

describe("the lines that are kept", () => {
  const installed = "at Client.query (/app/node_modules/pg/lib/client.js:7:3)";
  const node = "at process.processTicksAndRejections (node:internal/process/task_queues:95:5)";
  const own = "at Charge.call (/app/commands/charge.ts:12:11)";
  const caller = "at Shop.close (/app/shop.ts:3:1)";

  it.each<[string, unknown, readonly string[]]>([
    ["the place, unless told otherwise", undefined, [own]],
    ["the place, where more is not wanted", false, [own]],
    ["nothing, where that is wanted", 0, []],
    ["the place, where fewer lines do not have it", 1, [installed, own]],
    ["so many lines", 3, [installed, node, own]],
    ["all lines", true, [installed, node, own, caller]],
  ])("are %s", (_what, wanted, kept) => {
    expect(keptLines(thrownAt(installed, node, own, caller), wanted)).toEqual(kept);
  });

  it("have the place of a cause, where the error's own lines have none", () => {
    const several = new AggregateError([thrownAt(node), thrownAt(node, own)]);
    several.stack = "AggregateError";
    const error = Object.assign(thrownAt(installed), { cause: several });

    expect(keptLines(error, undefined)).toEqual([own]);
    expect(keptLines(error, true)).toEqual([installed, own]);
  });

  it("have the first of all lines, where none is the application's", () => {
    expect(keptLines(thrownAt(installed, node), undefined)).toEqual([installed]);
    expect(keptLines(thrownAt(installed, node), 1)).toEqual([installed]);
    expect(keptLines(thrownAt(), undefined)).toEqual([]);
  });

  it("pass over this package, from wherever it is loaded", () => {
    let error: unknown;
    try {
      retryAfter(undefined, "soon" as never);
    } catch (thrown) {
      error = thrown;
    }

    expect((error as Error).stack).toContain("/src/job/errors/retry-after.ts");
    expect(keptLines(error, undefined)).toEqual([
      expect.stringMatching(/\/test\/job\/record\/backtrace\.test\.ts:\d+:\d+\)?$/),
    ]);
  });

  it("do not take lines of the message for places", () => {
    const error = new Error("is busy\nat 10:30 and at 11:00");
    error.stack = `Error: ${error.message}\n    ${own}`;

    expect(keptLines(error, true)).toEqual([own]);
  });

  it("are not of any length, nor of what cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    const [line] = keptLines(thrownAt(`at call (/app/${"x".repeat(20_000)}.ts:1:1)`), undefined);

    expect(line!.length).toBeLessThan(10_100);
    expect(keptLines(proxy, true)).toEqual([]);
    expect(keptLines("text", true)).toEqual([]);
  });
});

describe("backtraceField", () => {
  it("is read back", () => {
    expect(readBacktrace(backtraceField(thrownAt("at call (x.ts:1:2)"), true))).toEqual([
      "at call (x.ts:1:2)",
    ]);
  });
});

describe("ownLine", () => {
  it.each([
    ["at Convert.call (file:///app/convert.ts:11:29)", "/app/convert.ts:11"],
    ["at async file:///app/convert.ts:11:29", "/app/convert.ts:11"],
    ["at Convert.call (/app/my folder/convert.ts:11:29)", "folder/convert.ts:11"],
    ["at new Convert (C:\\app\\convert.ts:11:29)", "C:\\app\\convert.ts:11"],
    ["app/commands/convert.rb:11:in 'Convert#call'", "app/commands/convert.rb:11"],
    ["app/commands/convert.rb:11:in `call'", "app/commands/convert.rb:11"],
  ])("reads %s", (line, place) => {
    expect(ownLine([line])).toBe(place);
  });

  it("passes over what is not the application's", () => {
    const others = [
      "at JSON.parse (<anonymous>)",
      "at TCP.onread (node:net:1:2)",
      "at Object.send (/app/node_modules/mailer/send.js:1:2)",
      "/usr/lib/ruby/gems/3.3.0/gems/sidekiq-8.1.0/lib/sidekiq.rb:1:in 'call'",
    ];

    expect(ownLine([...others, "at call (/app/x.ts:1:2)"])).toBe("/app/x.ts:1");
    expect(ownLine(others)).toBeUndefined();
    expect(ownLine([])).toBeUndefined();
  });
});

function packed(value: unknown): string {
  return deflateSync(JSON.stringify(value)).toString("base64");
}

function thrownAt(...lines: readonly string[]): Error {
  const error = new Error("broken");
  error.stack = [`Error: ${error.message}`, ...lines.map((line) => `    ${line}`)].join("\n");
  return error;
}
