import { describe, expect, it } from "vitest";
import { missing } from "../../support/requires.ts";
import { Processes } from "./worker-process.ts";

const TIMEOUT = { timeout: 90_000 };

describe.skipIf(missing("redis"))("worker processes", () => {
  it("run a job once that computes for three times as long as a lease lasts", TIMEOUT, async () => {
    const processes = await Processes.start();
    const environment = { LEASE_TTL: "2", CONCURRENCY: "1" };
    const workers = [await processes.worker(environment), await processes.worker(environment)];

    await processes.enqueue(["long"], 7);
    await processes.until("ran", 1);
    await Promise.all(workers.map((worker) => worker.kill("SIGTERM")));

    expect(await processes.list("begun")).toEqual(["long"]);
    expect(workers.map(({ output }) => output).join("")).not.toContain("lease");
    expect(await processes.redis.exists("mandate:jobs", "mandate:leases")).toBe(0);
  });

  it(
    "refuse the late result of one that stood still for too long, and say so",
    TIMEOUT,
    async () => {
      const processes = await Processes.start();
      const paused = await processes.worker({ LEASE_TTL: "2", CONCURRENCY: "1" });
      await processes.enqueue(["late"], 1);
      await processes.until("begun", 1);
      paused.pause();

      const other = await processes.worker({ LEASE_TTL: "2", CONCURRENCY: "1" });
      await processes.until("ran", 1);
      paused.resume();
      await paused.said(/Dropped the outcome of job .*: its lease was lost/);

      expect(await processes.list("begun")).toEqual(["late", "late"]);
      expect(other.output).toMatch(/Took 1 jobs? back from dead worker/);
      await Promise.all([paused.kill("SIGTERM"), other.kill("SIGTERM")]);
      expect(await processes.redis.exists("mandate:jobs")).toBe(0);
    },
  );
});
