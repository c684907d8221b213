import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JobList } from "../../../src/adapters/memory/job-list.ts";
import { Job } from "../../../src/adapters/memory/job.ts";

describe("JobList", () => {
  it("keeps jobs by rank, then by order", () => {
    const list = new JobList("enqueued");

    for (const [rank, order] of [
      [1, 1],
      [0, 3],
      [0, 2],
      [-1, 4],
      [1, 0],
    ] as const) {
      list.add(jobAt(rank, order));
    }

    expect(positions(list)).toEqual(["-1/4", "0/2", "0/3", "1/0", "1/1"]);
  });

  it("knows where its jobs are", () => {
    const list = new JobList("scheduled");
    const job = jobAt(0, 0);

    list.add(job);
    expect(job.list).toBe(list);
    expect(list.shift()).toBe(job);

    expect(job.list).toBeUndefined();
    expect(list.shift()).toBeUndefined();
    expect(list.size).toBe(0);
  });

  it("does what a sorted array does, also when it is far longer than a chunk", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const list = new JobList("enqueued");
        const array: Job[] = [];
        let order = 0;
        for (const { kind, rank, times } of sequence) {
          for (let time = 0; time < times; time += 1) {
            order += 1;
            play(kind, { list, array, job: jobAt(rank, kind === "head" ? -order : order), order });
          }
        }

        expect(list.size).toBe(array.length);
        expect(list.first).toBe(array[0]);
        expect(forwards(list, 37)).toEqual(array);
        expect(backwards(list, 37)).toEqual(array.toReversed());
      }),
      { numRuns: 60 },
    );
  });

  it("goes on behind a job that has gone", () => {
    const list = new JobList("enqueued");
    const jobs = Array.from({ length: 1_000 }, (_, index) => jobAt(0, index));
    jobs.forEach((job) => list.add(job));

    for (const job of jobs.slice(300, 700)) {
      list.remove(job);
    }

    expect(list.after({ rank: 0, order: 500 }, 2)).toEqual([jobs[700], jobs[701]]);
    expect(list.before({ rank: 0, order: 500 }, 2)).toEqual([jobs[299], jobs[298]]);
  });
});

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("add", "add", "head", "shift", "remove"),
    rank: fc.oneof(fc.constant(0), fc.double({ min: -2, max: 2, noNaN: true })),
    times: fc.constantFrom(1, 3, 200, 700),
  }),
  { maxLength: 12 },
);

function play(
  kind: string,
  { list, array, job, order }: { list: JobList; array: Job[]; job: Job; order: number },
): void {
  if (kind === "shift") {
    assert.equal(list.shift(), array.shift());
  } else if (kind === "remove") {
    const [gone] = array.splice((order * 7919) % Math.max(1, array.length), 1);
    if (gone !== undefined) {
      list.remove(gone);
    }
  } else {
    const behind = array.findIndex(
      (other) => other.rank > job.rank || (other.rank === job.rank && other.order > job.order),
    );
    array.splice(behind < 0 ? array.length : behind, 0, job);
    list.add(job);
  }
}

function forwards(list: JobList, page: number): Job[] {
  const seen: Job[] = [];
  for (
    let jobs = list.after(undefined, page);
    jobs.length > 0;
    jobs = list.after(seen.at(-1), page)
  ) {
    seen.push(...jobs);
  }
  return seen;
}

function backwards(list: JobList, page: number): Job[] {
  const seen: Job[] = [];
  for (
    let jobs = list.before(undefined, page);
    jobs.length > 0;
    jobs = list.before(seen.at(-1), page)
  ) {
    seen.push(...jobs);
  }
  return seen;
}

function jobAt(rank: number, order: number): Job {
  return Object.assign(new Job({ jid: `${rank}/${order}`, queue: "q", payload: "" }), {
    rank,
    order,
  });
}

function positions(list: JobList): string[] {
  return list.after(undefined, 100).map(({ rank, order }) => `${rank}/${order}`);
}
