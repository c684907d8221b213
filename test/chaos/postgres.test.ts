import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { missing } from "../support/requires.ts";
import { PostgresChaos } from "./postgres/postgres-chaos.ts";

const ROUNDS = Number(process.env["CHAOS_ROUNDS"] ?? 3);
const JOBS = ROUNDS * 250;

describe.skipIf(missing("postgres"))("workers of a Postgres, in processes of their own", () => {
  it(
    `do ${JOBS} jobs once though they are killed, lose connections, and Postgres is restarted`,
    { timeout: 120_000 },
    async () => {
      const seed = Date.now() % 1_000_000;
      const chaos = await PostgresChaos.start({ seed, jobs: JOBS, workers: 3, leaseTtl: 8 });
      onTestFinished(() => chaos.dispose());

      for (let round = 0; round < ROUNDS; round += 1) {
        await sleep(chaos.random.next() * 300);
        await chaos.endConnection();
        await sleep(chaos.random.next() * 300);
        await chaos.kill();
        await chaos.endConnection();
        if (round < 2) await chaos.restart();
      }
      const { problems, ...counts } = await chaos.finish();

      console.log({ seed, ...counts });
      expect(problems.slice(0, 10)).toEqual([]);
      expect(counts).toMatchObject({ kills: ROUNDS, restarts: 2, lost: 0 });
      expect(counts.duplicates).toBeLessThanOrEqual(counts.inFlight);
    },
  );
});
