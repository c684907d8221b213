import { describe, expect, it } from "vitest";
import { counted } from "../../src/support/wording.ts";

describe("counted", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1_000, "1,000"],
    [1_234_567, "1,234,567"],
    [1_234.5678, "1,234.568"],
    [0.25, "0.25"],
  ])("writes %d as people read it", (count, text) => {
    expect(counted(count)).toBe(text);
  });
});
