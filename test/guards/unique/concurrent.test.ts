import { Command, deferAll } from "mandate";
import { expect, it, onTestFinished } from "vitest";
import { settings } from "../../../src/job/settings/settings.ts";
import { redisStore } from "../../adapters/redis/redis-store.ts";
import { RedisServer } from "../../support/redis-server.ts";
import { missing } from "../../support/requires.ts";
import { GuardRig } from "../guard-rig.ts";

class Sync extends Command.initializeWith((key: number) => ({ key })) {
  static {
    this.unique();
  }

  call(): void {}
}

/** `UNIQUE_ROUNDS=10000` is the full length. */
const ROUNDS = Number(process.env["UNIQUE_ROUNDS"] ?? 50);
const PROCESSES = 16;

it.skipIf(missing("redis"))(
  `makes one job of what ${PROCESSES} processes defer at once, and each is told which, ${ROUNDS} times`,
  { timeout: 20_000 + ROUNDS * 50 },
  async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());
    const store = await redisStore({ url: server.url, tick: 0, elapse: async () => undefined });
    onTestFinished(() => store.dispose());
    const rig = new GuardRig(store);
    const adapters = await Promise.all(Array.from({ length: PROCESSES }, () => store.connect()));
    const ids: string[] = [];
    for (let key = 0; key < ROUNDS; key += 1) {
      const handles = await Promise.all(
        adapters.map((adapter, index) => {
          // Each sends by its own connection.
          settings().adapter = adapter;
          return index % 2 === 0
            ? Sync.defer(key)
            : deferAll([Sync.prepare(key), Sync.prepare(key)]);
        }),
      );

      const all = handles.flat();
      const names = new Set(all.map(({ id }) => id));
      expect([names.size, all.filter((job) => !job.isDuplicate).length]).toEqual([1, 1]);
      ids.push(...names);
    }

    expect(await store.adapter.store.size({ queue: "default" })).toBe(ROUNDS);
    expect(new Set(ids).size).toBe(ROUNDS);
    expect((await rig.records()).every(({ jid }) => ids.includes(jid))).toBe(true);
  },
);
