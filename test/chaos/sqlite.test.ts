import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { SqliteChaos } from "./sqlite/sqlite-chaos.ts";

const KILLS = Number(process.env["CHAOS_KILLS"] ?? 8);
const JOBS = KILLS * 150;

describe("eight worker processes on one SQLite file, one of which is killed at random", () => {
  it(`lose none of ${JOBS} jobs in ${KILLS} kills`, { timeout: 600_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const chaos = await SqliteChaos.start({ seed, jobs: JOBS, workers: 8, leaseTtl: 8 });
    onTestFinished(() => chaos.dispose());

    for (let kills = 0; kills < KILLS; kills += 1) {
      await sleep(chaos.random.next() * 300);
      await chaos.kill();
    }
    const { problems, ...counts } = await chaos.finish();

    console.log({ seed, ...counts });
    expect(problems.slice(0, 10)).toEqual([]);
    expect(counts).toMatchObject({ kills: KILLS, lost: 0 });
    expect(counts.duplicates).toBeLessThanOrEqual(counts.inFlight);
  });
});
