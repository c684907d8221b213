import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ownLine, readBacktrace } from "../../src/inspection/backtrace.ts";

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
