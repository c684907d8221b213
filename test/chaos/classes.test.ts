import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../support/redis-server.ts";
import { missing } from "../support/requires.ts";
import { Chaos } from "./chaos.ts";

/** A kill takes the time of a lease until all is over. With them: CHAOS_KILLS=30 */
const KILLS = Number(process.env["CHAOS_KILLS"] ?? 0);
const JOBS = 1_000 + KILLS * 500;

describe.skipIf(missing("redis"))("workers that run classes with guards of every kind", () => {
  it("keep to what they declare, and lose none", { timeout: 600_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const server = await RedisServer.start();
    onTestFinished(() => server.dispose());
    const chaos = await Chaos.start({ server, seed, jobs: JOBS, leaseTtl: 10, load: "classes" });
    onTestFinished(() => chaos.dispose());

    await chaos.deploy();
    await chaos.breakConnection();
    for (let kills = 0; kills < KILLS; kills += 1) {
      await sleep(chaos.random.next() * 300);
      await chaos.kill();
    }
    await chaos.deploy();
    const report = await chaos.finish();

    const { problems, ...counts } = report;
    console.log({ seed, ...counts });
    expect(problems.slice(0, 10)).toEqual([]);
    expect(counts).toMatchObject({ kills: KILLS, lost: 0, uncertain: 0, excesses: 0 });
    expect(counts.jobs).toBeGreaterThanOrEqual(JOBS);
    expect(counts.duplicates).toBeLessThanOrEqual(counts.inFlight);
  });
});
