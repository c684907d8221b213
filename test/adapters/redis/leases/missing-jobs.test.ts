import { describe, expect, it } from "vitest";
import type { Held } from "../../../../src/adapters/redis/leases/lease-scripts.ts";
import { MissingJobs } from "../../../../src/adapters/redis/leases/missing-jobs.ts";

function held(jobs: readonly (readonly [receipt: string, bytes: number])[]): Map<string, Held> {
  return new Map(jobs.map(([receipt, bytes]) => [receipt, { bytes, unheld: undefined }]));
}

describe("MissingJobs", () => {
  it("are known in the turn in which they are missing no more", async () => {
    const missing = new MissingJobs();
    missing.replace(held([["1:000:1:default", 5]]));
    const known: string[] = [];
    let answer!: (payloads: string[]) => void;
    const asked = new Promise<string[]>((resolve) => (answer = resolve));
    const loading = missing.load(
      () => asked,
      (receipt) => known.push(receipt),
    );
    // An answer right behind it: of whoever compares what the lease holds with what is known.
    const compared = asked.then(() => ({ known: [...known], isMissing: missing.any }));

    answer(["{…}"]);

    expect(await compared).toEqual({ known: ["1:000:1:default"], isMissing: false });
    await loading;
  });

  it("are taken once, whoever asks for them at a time", async () => {
    const missing = new MissingJobs();
    missing.replace(held([["a", 1]]));
    const taken: string[] = [];
    const take = (receipt: string, payload: string) => taken.push(receipt, payload);

    await Promise.all([
      missing.load(async () => ["first"], take),
      missing.load(async () => ["second"], take),
    ]);

    expect(taken).toEqual(["a", "first"]);
  });

  it("are forgotten where the lease holds them no more", async () => {
    const missing = new MissingJobs();
    missing.replace(held([["a", 1]]));
    const taken: string[] = [];

    await missing.load(
      async () => [null],
      (receipt) => taken.push(receipt),
    );

    expect([taken, missing.any]).toEqual([[], false]);
  });

  it("are asked for a megabyte at a time, or one by one", async () => {
    const missing = new MissingJobs();
    missing.replace(
      held([
        ["a", 600_000],
        ["b", 400_000],
        ["c", 100_000],
        ["d", 5_000_000],
      ]),
    );
    const asked: string[][] = [];
    while (missing.any) {
      await missing.load(
        async (...receipts) => {
          asked.push([...receipts]);
          return receipts.map(() => "{}");
        },
        () => undefined,
      );
    }

    expect(asked).toEqual([["a", "b"], ["c"], ["d"]]);
  });
});
