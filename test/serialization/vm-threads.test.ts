import { describe, expect, it } from "vitest";
import { root, runNode } from "../repository/program.ts";

describe("values in Vitest's vmThreads", () => {
  it("travel, whether Node made them or the test", { timeout: 150_000 }, async () => {
    const config = `${root}test/fixtures/vm-threads/vitest.config.ts`;
    const env = {
      TEST_REPORT: undefined,
      VITEST: undefined,
      NO_COLOR: "1",
      FORCE_COLOR: undefined,
    };

    const vitest = `${root}node_modules/vitest/vitest.mjs`;
    const { exit, stdout } = await runNode([vitest, "run", "--config", config], { env });

    expect(stdout).toMatch(/Tests +1 passed/);
    expect(exit).toBe(0);
  });
});
