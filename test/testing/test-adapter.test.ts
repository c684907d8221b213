import { vi } from "vitest";
import { clock } from "../../src/support/clock.ts";
import { TestAdapter } from "../../src/testing/test-adapter.ts";
import { adapterContract } from "../../src/adapter-contract/contract.ts";

adapterContract("TestAdapter", async () => {
  let now = 1_800_000_000;
  const spy = vi.spyOn(clock, "now").mockImplementation(() => now);
  const adapter = new TestAdapter();
  return {
    adapter,
    tick: 1,
    connect: async () => adapter,
    elapse: async (seconds) => {
      now += seconds;
    },
    dispose: async () => spy.mockRestore(),
  };
});
