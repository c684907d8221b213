import { Command, jobById, type JobStatus } from "mandate";
import { describe, expect, it } from "vitest";
import { DEAD, Rig } from "../job/rig.ts";

class AddUp extends Command.initializeWith((rows: number[]) => ({ rows })) {
  static {
    this.keepResult("1 hour");
    this.retry(0);
  }

  call(): { sum: number } {
    if (this.rows.length === 0) throw new RangeError("nothing to add up");
    this.progress(this.rows.length, this.rows.length, "adding");
    return { sum: this.rows.reduce((sum, row) => sum + row, 0) };
  }
}

describe("jobById", () => {
  it("tells of a job what its handle tells", async () => {
    const rig = new Rig();
    const { id } = await AddUp.set({ wait: 60 }).defer([40, 2]);
    const job = jobById<typeof AddUp>(id);
    const statuses: JobStatus[] = [await job.status()];

    rig.elapse(60);
    await rig.run();

    statuses.push(await job.status());
    expect(job.id).toBe(id);
    expect(statuses).toEqual(["scheduled", "finished"]);
    expect(await job.result()).toEqual({ sum: 42 });
    expect(await job.progress()).toMatchObject({ done: 2, total: 2, note: "adding" });
  });

  it("cancels it, wherever it waits", async () => {
    const rig = new Rig();
    const { id } = await AddUp.set({ queue: "bulk" }).defer([1]);

    expect(await jobById(id).cancel()).toBe(true);
    expect(await jobById(id).cancel()).toBe(false);

    expect(await rig.waiting()).toBe(0);
  });

  it("says by its id which job is dead", async () => {
    const rig = new Rig();
    const { id } = await AddUp.defer([]);
    await rig.run();

    await expect(jobById(id).result()).rejects.toThrow(
      `Cannot get the result of job ${id}: the job is dead. It failed with RangeError: nothing to add up`,
    );
    expect(await rig.stored(DEAD)).toHaveLength(1);
  });

  it("says of an id that the store does not know that the job is over", async () => {
    new Rig();
    const job = jobById("0123456789abcdef01234567");

    expect(await job.status()).toBe("finished");
    expect(await job.cancel()).toBe(false);
    expect(await job.progress()).toBeUndefined();
    await expect(job.result()).rejects.toMatchObject({ reason: "gone" });
  });

  it("may be waited for", async () => {
    const rig = new Rig();
    const { id } = await AddUp.defer([1]);

    const second = await AddUp.defer([2], { prereqJobs: [jobById(id)] });

    expect(second.record.prereq_jobs).toEqual([id]);
    expect(await second.status()).toBe("blocked");
    expect(await rig.work()).toEqual(["done", "done"]);
  });

  it("refuses what is no id", () => {
    expect(() => jobById(undefined as unknown as string)).toThrow(
      "Cannot use undefined as a jid in jobById: give a name of letters, digits and the signs _ : . -",
    );
  });
});
