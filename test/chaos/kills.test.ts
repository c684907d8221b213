import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Chaos } from "./chaos.ts";

/** Two minutes of it: CHAOS_KILLS=200 */
const KILLS = Number(process.env["CHAOS_KILLS"] ?? 60);
const JOBS = KILLS * 500;

describe.skipIf(missing("redis"))(
  "three worker processes, one of which is killed at random",
  () => {
    it(`loses none of ${JOBS} jobs in ${KILLS} kills`, { timeout: 600_000 }, async () => {
      const seed = Date.now() % 1_000_000;
      const server = await RedisServer.start();
      onTestFinished(() => server.dispose());
      const chaos = await Chaos.start({ server, seed, jobs: JOBS, leaseTtl: 10 });
      onTestFinished(() => chaos.dispose());

      for (let kills = 0; kills < KILLS; kills += 1) {
        await sleep(chaos.random.next() * 300);
        await chaos.kill();
      }
      const report = await chaos.finish();

      const { problems, ...counts } = report;
      console.log({ seed, ...counts });
      expect(problems.slice(0, 10)).toEqual([]);
      expect(counts).toMatchObject({ kills: KILLS, lost: 0, uncertain: 0 });
      expect(counts.jobs).toBeGreaterThanOrEqual(JOBS);
      expect(counts.duplicates).toBeLessThanOrEqual(counts.inFlight);
    });
  },
);
