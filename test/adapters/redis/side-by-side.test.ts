import { afterAll, beforeAll, describe, it } from "vitest";
import { MemoryAdapter } from "../../../src/adapters/memory/memory-adapter.ts";
import { silentLogger } from "../../../src/support/logger.ts";
import type { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { assertAgreement } from "../../../src/adapter-contract/sequences.ts";
import type { StoreUnderTest } from "../../../src/adapter-contract/rig.ts";
import { redisStore, startRedis } from "./redis-store.ts";

describe.skipIf(missing("redis"))("Memory and Redis", () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server.dispose());

  it("answer the same to any sequence of operations", { timeout: 120_000 }, () =>
    assertAgreement([memoryStore, () => redisStore(server)], 6),
  );
});

async function memoryStore(): Promise<StoreUnderTest> {
  let now = 1_800_000_000;
  const adapter = new MemoryAdapter({ logger: silentLogger, clock: { now: () => now } });
  return {
    adapter,
    tick: 10,
    connect: async () => adapter,
    elapse: async (seconds) => {
      now += seconds;
    },
    dispose: () => adapter.close(),
  };
}
