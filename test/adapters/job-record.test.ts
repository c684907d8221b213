import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTimestamp, timestamp } from "../../src/adapters/job-record.ts";

describe("timestamp", () => {
  it("keeps milliseconds", () => {
    expect(timestamp(1_795_298_407.1254, "seconds")).toBe(1_795_298_407.125);
  });

  it("is never a whole number, or Sidekiq 8 would read milliseconds", () => {
    expect(JSON.stringify(timestamp(1_795_298_407, "seconds"))).toBe("1795298407.0001");

    fc.assert(
      fc.property(fc.double({ min: 0, max: 4e9, noNaN: true }), (seconds) => {
        expect(JSON.stringify(timestamp(seconds, "seconds"))).toMatch(/\./);
        expect(Math.abs(timestamp(seconds, "seconds") - seconds)).toBeLessThanOrEqual(0.0006);
      }),
    );
  });
});

describe("readTimestamp", () => {
  it("reads seconds with a fraction, and Sidekiq 8's milliseconds", () => {
    expect(readTimestamp(1_795_298_407.125)).toBe(1_795_298_407.125);
    expect(readTimestamp(1_795_298_407_125)).toBe(1_795_298_407.125);
  });

  it("reads whole seconds, which older versions may have written", () => {
    expect(readTimestamp(1_795_298_407)).toBe(1_795_298_407);
  });

  it.each([undefined, null, "1795298407", {}])("reads nothing from %j", (value) => {
    expect(readTimestamp(value)).toBeUndefined();
  });
});
