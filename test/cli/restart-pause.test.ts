import { describe, expect, it } from "vitest";
import { restartPause } from "../../src/cli/restart-pause.ts";

describe("restartPause", () => {
  it("doubles with each process that died young, up to half a minute", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 100].map(restartPause)).toEqual([
      0.5, 0.5, 1, 2, 4, 8, 16, 30, 30, 30,
    ]);
  });
});
