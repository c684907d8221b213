import { describe, expect, it } from "vitest";
import { isWireFormats } from "../../src/adapters/wire-format.ts";

describe("isWireFormats", () => {
  it.each([
    "native",
    "activejob",
    {},
    { default: "activejob" },
    { queues: { rails: "activejob", low: "native" } },
  ])("takes %j", (formats) => {
    expect(isWireFormats(formats)).toBe(true);
  });

  it.each([
    "ruby",
    null,
    1,
    { default: "ruby" },
    { queues: { rails: true } },
    { queues: "activejob2" },
    { queue: {} },
  ])("refuses %j", (formats) => {
    expect(isWireFormats(formats)).toBe(false);
  });
});
