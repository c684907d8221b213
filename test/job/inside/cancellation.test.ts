import { Job, JobCancelledError, TimeoutError } from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import type { FetchedJob } from "../../../src/adapters/adapter.ts";
import { cancelRun } from "../../../src/job/inside/cancellation.ts";
import { runningJob } from "../../../src/job/surroundings/current-job.ts";
import type { JobRun } from "../../../src/job/inside/job-run.ts";
import { Rig } from "../rig.ts";

class BusyError extends Error {}

let begun: Promise<FetchedJob>;
let begin: (job: FetchedJob) => void;
let ended: Promise<void>;
let end: () => void;

beforeEach(() => {
  begun = new Promise((resolve) => (begin = resolve));
  ended = new Promise((resolve) => (end = resolve));
});

/** A job that goes on until the test ends it. */
abstract class Long extends Job {
  protected async untilEnded(): Promise<void> {
    begin((runningJob() as JobRun).fetched);
    await ended;
  }
}

describe("a job that is cancelled while it runs", () => {
  it("gets its signal, and is done with that", async () => {
    const rig = new Rig();
    const told: unknown[] = [];
    rig.errorHandlers.push((error) => told.push(error));
    const reasons: unknown[] = [];
    class Import extends Long {
      static {
        this.retriesExhausted(() => told.push("exhausted"));
        this.retryOn(JobCancelledError);
      }

      async perform(): Promise<void> {
        const { signal } = this;
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason);
          end();
        });
        await this.untilEnded();
        signal.throwIfAborted();
      }
    }
    const job = await Import.performLater();

    const run = rig.run();
    cancelRun(await begun);

    expect(await run).toMatchObject({ kind: "done", jid: job?.id });
    expect(reasons).toEqual([new JobCancelledError()]);
    expect(reasons[0]).toMatchObject({
      code: "MANDATE_JOB_CANCELLED",
      message: "The job was cancelled while it ran; it is not run again",
    });
    expect(rig.log.lines.at(-1)).toEqual({
      level: "warn",
      message: "Cancelled Import while it ran",
      fields: { jid: job?.id, job: "Import", queue: "default" },
    });
    expect(told).toEqual([]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 1, failed: 0 });
  });

  it("does not run again whatever it throws", async () => {
    const rig = new Rig();
    class Import extends Long {
      async perform(): Promise<void> {
        await this.untilEnded();
        throw new BusyError("closed");
      }
    }
    await Import.performLater();

    const run = rig.run();
    cancelRun(await begun);
    end();

    expect((await run).kind).toBe("done");
    expect(rig.log.troubles).toEqual(["Cancelled Import while it ran"]);
  });

  it.each([true, false])(
    "is not requeued, whether that is swallowed (%s) or not",
    async (swallowed) => {
      const rig = new Rig();
      class Import extends Long {
        async perform(): Promise<void> {
          await this.untilEnded();
          try {
            this.requeueJob(60);
          } catch (requeued) {
            if (!swallowed) throw requeued;
          }
        }
      }
      await Import.performLater();

      const run = rig.run();
      cancelRun(await begun);
      end();

      expect((await run).kind).toBe("done");
      expect(rig.log.troubles).toEqual(["Cancelled Import while it ran"]);
    },
  );

  it("is performed where it ends well in spite of that", async () => {
    const rig = new Rig();
    class Import extends Long {
      perform(): Promise<void> {
        return this.untilEnded();
      }
    }
    await Import.performLater();

    const run = rig.run();
    cancelRun(await begun);
    end();

    expect((await run).kind).toBe("done");
    expect(rig.log.troubles).toEqual([]);
    expect(rig.log.messages("info").at(-1)).toMatch(/^Performed Import in /);
  });

  it("tells whoever waits for its result that it was cancelled, and why", async () => {
    const rig = new Rig();
    class Import extends Long {
      static {
        this.keepResult("1 hour");
      }

      async perform(): Promise<void> {
        await this.untilEnded();
        throw new BusyError("closed");
      }
    }
    const job = await Import.performLater();

    const run = rig.run();
    cancelRun(await begun);
    end();
    await run;

    await expect(job?.result({ timeout: 5 })).rejects.toMatchObject({
      outcome: "cancelled",
      errorClass: "JobCancelledError",
    });
  });

  it("finds its signal aborted when it asks late, and is cancelled once", async () => {
    const rig = new Rig();
    const reasons: unknown[] = [];
    class Import extends Long {
      async perform(): Promise<void> {
        await this.untilEnded();
        reasons.push(this.signal.reason);
      }
    }
    await Import.performLater();

    const run = rig.run();
    const job = await begun;
    cancelRun(job);
    cancelRun(job);
    end();
    await run;

    expect(reasons).toEqual([new JobCancelledError()]);
  });

  it("is neither given back by a shutdown, nor failed by a timeout", async () => {
    const rig = new Rig();
    const reasons: unknown[] = [];
    class Import extends Long {
      static {
        this.timeout(0.001);
      }

      async perform(): Promise<void> {
        const { signal } = this;
        const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
        void this.untilEnded();
        await aborted;
        reasons.push(signal.reason);
        await ended;
        signal.throwIfAborted();
      }
    }
    await Import.performLater();

    const run = rig.run();
    const job = await begun;
    await new Promise((resolve) => setTimeout(resolve, 2));
    cancelRun(job);
    rig.shutdown.abort(new Error("The worker shuts down"));
    end();

    expect((await run).kind).toBe("done");
    expect(reasons).toEqual([new TimeoutError("Import", 0.001)]);
    expect(rig.log.troubles).toEqual(["Cancelled Import while it ran"]);
  });
});

describe("JobHandle.cancel", () => {
  it("deletes a job that waits, and says whether there was one", async () => {
    const rig = new Rig();
    class Import extends Job {
      perform(): void {}
    }
    const job = await Import.performLater();

    expect(await job?.cancel()).toBe(true);
    expect(await job?.cancel()).toBe(false);

    expect(await job?.status()).toBe("cancelled");
    expect(await rig.waiting()).toBe(0);
  });

  it("is false of a job that was only prepared", async () => {
    new Rig();
    class Import extends Job {
      perform(): void {}
    }

    expect(await Import.prepare().cancel()).toBe(false);
  });
});
