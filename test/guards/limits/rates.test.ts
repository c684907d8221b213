import { Command, deferAll } from "mandate";
import { describe, expect, it } from "vitest";
import { Rig } from "../../job/rig.ts";
import { jidOf } from "../../../src/worker/jid-of.ts";

const RATE = { to: 100, per: 60, burst: 5 };

class Paced extends Command {
  static {
    this.limitRate(RATE);
  }

  call(): void {}
}

/** Steps of a clock, the same each time: mostly short, now and then a pause. */
function* steps(): Generator<number> {
  let seed = 42;
  for (;;) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    yield seed % 17 === 0 ? 2.5 : (seed % 1_000) / 2_000;
  }
}

describe("limitRate", () => {
  it("starts no more than it says in any window, and as many as it may", async () => {
    const rig = new Rig();
    await deferAll(Array.from({ length: 400 }, () => Paced.prepare()));
    const lease = await rig.adapter.lease({
      identity: "host:1:abc",
      ttl: Infinity,
      info: { hostname: "", pid: 1, tag: "", startedAt: 0, concurrency: 10, queues: [] },
      state: () => ({ quiet: false, busy: 0 }),
      onWork: () => undefined,
      onDue: () => undefined,
    });
    const began = rig.now;
    const starts: number[] = [];
    for (const step of steps()) {
      await rig.adapter.promoteDue();
      const { jobs, isMore } = await lease.exchange([], { queues: ["default"], limit: 10 });
      starts.push(...jobs.map(() => rig.now));
      await lease.exchange(jobs.map((job) => ({ kind: "done", job, jid: jidOf(job) })));
      if (starts.length === 400) break;
      if (isMore !== true) rig.elapse(step);
    }
    await lease.close();

    const beyond = starts.flatMap((first, index) =>
      starts.slice(index).flatMap((last, more) => {
        const most = ((last - first) * RATE.to) / RATE.per + RATE.burst;
        return more + 1 > most + 1e-6 ? [{ first, last, count: more + 1, most }] : [];
      }),
    );
    expect(beyond).toEqual([]);
    // What comes due while more than the burst is unspent is lost: that is what a burst is.
    const inTime = ((rig.now - began) * RATE.to) / RATE.per + RATE.burst;
    expect(starts.length).toBeGreaterThan(inTime * 0.9);
  });
});
