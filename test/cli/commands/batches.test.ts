import { Batch, Command, configure, deferAll } from "mandate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "../../../src/support/logger.ts";
import { missing } from "../../support/requires.ts";
import { JobsInRedis } from "./jobs-in-redis.ts";
import { jsonOf, run } from "./recording-terminal.ts";

class Row extends Command.initializeWith((row: number) => ({ row })) {
  call(): void {}
}

describe.skipIf(missing("redis"))("mandate batches", () => {
  let redis: JobsInRedis;

  beforeAll(async () => {
    redis = await JobsInRedis.start();
    configure({ adapter: redis.adapter, logger: silentLogger });
  });
  afterAll(() => redis?.dispose());

  const told = (...argv: readonly string[]): ReturnType<typeof run> =>
    run(["batches", ...argv, ...redis.url]);
  const shown = (line: string): string => line.replaceAll(/ +/g, " ").trim();

  it("says that there are none", async () => {
    const { exit, notes } = await told("list");

    expect([exit, notes]).toEqual([0, ["There are no batches"]]);
    const unknown = await told("show", "unknown");
    expect(unknown.exit).toBe(1);
  });

  it("lists batches, and shows one with its graph", async () => {
    const [one, two] = [Row.prepare(1), Row.prepare(2)];
    const last = Row.set({ prereqJobs: [one, two] }).prepare(3);
    const batch = await Batch.create({ description: "rows" }, () => deferAll([one, two, last]));

    const { lines } = await told("list");
    expect(lines.map(shown)).toEqual([
      "BATCH STATE JOBS PENDING DONE FAILED DEAD CREATED DESCRIPTION",
      expect.stringMatching(new RegExp(`^${batch.id} running 3 3 0 0 0 .* ago rows$`)),
    ]);
    expect(jsonOf(await told("list", "--json"))).toMatchObject([{ id: batch.id, total: 3 }]);

    const show = await told("show", batch.id, "--graph");
    expect(show.lines.map(shown)).toEqual(
      expect.arrayContaining([
        `Batch: ${batch.id}`,
        "State: running",
        "Pending: 3, 0 of them run, 0 are to be retried",
        `Row ${one.id} enqueued`,
        `└─ Row ${last.id} blocked (waits for 2)`,
        `└─ → Row ${last.id}`,
      ]),
    );
    expect(jsonOf(await told("show", batch.id, "--graph", "--json"))).toMatchObject([
      { id: batch.id, graph: { jobs: [{ id: one.id }, { id: two.id }, { id: last.id }] } },
    ]);
  });

  it("cancels a batch, and retries its dead jobs", async () => {
    const batch = await Batch.create({}, () => Row.defer(1));

    const { lines } = await told("cancel", batch.id, "--yes");
    expect(lines).toEqual([`Cancelled batch ${batch.id}`]);
    const again = await told("cancel", batch.id, "--yes");
    expect([again.exit, again.notes]).toEqual([
      1,
      [`Batch ${batch.id} is over, or was cancelled before`],
    ]);
    expect((await told("retry", batch.id)).notes).toEqual([`Batch ${batch.id} has no dead jobs`]);
    expect((await told("cancel", batch.id)).exit).not.toBe(0);
  });
});
