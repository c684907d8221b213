import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import { adapterContract } from "../../../src/adapter-contract/contract.ts";

adapterContract("MemoryAdapter", async () => {
  let now = 1_800_000_000;
  const adapter = new MemoryAdapter({ logger: silentLogger, clock: { now: () => now } });
  return {
    adapter,
    tick: 1,
    // Its store is the process, and has one adapter.
    connect: async () => adapter,
    elapse: async (seconds) => {
      now += seconds;
    },
    dispose: () => adapter.close(),
  };
});
