import { configure, MemoryAdapter, silentLogger, type Adapter } from "mandate";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { redisStore } from "../adapters/redis/redis-store.ts";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";

/** The store of the test that runs. */
export interface TestedStore {
  readonly adapter: Adapter;
}

/**
 * Tests what operators see on memory and on Redis: each test has a fresh store, which is the configured one.
 *
 * @param tests Declares them. What it is given is there once a test runs.
 */
export function onEachStore(name: string, tests: (store: TestedStore) => void): void {
  let adapter: Adapter;
  const store: TestedStore = {
    get adapter() {
      return adapter;
    },
  };
  describe(`${name} on memory`, () => {
    beforeEach(() => {
      adapter = new MemoryAdapter({ logger: silentLogger });
      configure({ adapter, logger: silentLogger });
      return () => adapter.close();
    });
    tests(store);
  });
  describe.skipIf(missing("redis"))(`${name} on Redis`, () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.start();
    });
    afterAll(() => server?.dispose());
    beforeEach(async () => {
      const { adapter: ours, dispose } = await redisStore({
        url: server.url,
        tick: 0.15,
        elapse: () => Promise.resolve(),
      });
      adapter = ours;
      configure({ adapter, logger: silentLogger });
      return dispose;
    });
    tests(store);
  });
}
