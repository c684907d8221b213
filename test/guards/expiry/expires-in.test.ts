import {
  Command,
  configure,
  finishedSet,
  Job,
  subscribe,
  type JobEntry,
  type JobRecord,
} from "mandate";
import { describe, expect, it, onTestFinished } from "vitest";
import { performedJobs, performEnqueuedJobs, travelTo, useTestAdapter } from "mandate/testing";
import { jobDetails, JobExpiredError } from "../../../src/index.ts";
import { expiryOf } from "../../../src/job/record/recorded-expiry.ts";
import { clock } from "../../../src/support/clock.ts";
import { queue, Rig, SCHEDULED } from "../../job/rig.ts";

const MESSAGE =
  "Cannot run Quote: its time was over before it was its turn. " +
  "Raise the expiresIn of its class, or start more workers";

let runs: string[] = [];

class Quote extends Command.initializeWith((symbol: string) => ({ symbol })) {
  static {
    this.expiresIn("1 hour");
  }

  call(): void {
    runs.push(this.symbol);
  }
}

function begin(): Rig {
  runs = [];
  return new Rig();
}

describe("expiresIn", () => {
  it("discards a job that has not started in time, and lets one run that has", async () => {
    const rig = begin();
    await Quote.defer("in time");
    rig.elapse(3_599);
    await rig.run();
    await Quote.defer("late");
    rig.elapse(3_601);

    const outcome = await rig.run();

    expect(outcome).toMatchObject({ kind: "done", ended: "expired" });
    expect(runs).toEqual(["in time"]);
    expect(await rig.adapter.store.counters()).toEqual({ processed: 2, failed: 0 });
    expect(rig.log.troubles).toEqual(["Discarded Quote: its time was over before it was its turn"]);
  });

  it("counts from when the job is due", async () => {
    const rig = begin();
    await Quote.defer("scheduled", { wait: "2 hours" });
    rig.elapse(2.5 * 3_600);

    await rig.run();

    expect(runs).toEqual(["scheduled"]);
  });

  it("writes down what Sidekiq Pro does: the option, and the moment", async () => {
    const rig = begin();
    await Quote.defer("at once");
    await Quote.defer("later", { wait: 60 });

    expect(await rig.only(queue())).toMatchObject({
      expires_in: 3_600,
      expiry: rig.now + 3_600,
    });
    expect(await rig.only(SCHEDULED)).toMatchObject({ expiry: rig.now + 3_660 });
  });

  it("may be said for one job, and taken back", async () => {
    const rig = begin();
    class Patient extends Quote {
      static {
        this.expiresIn(false);
      }
    }
    await Quote.defer("a", { expiresIn: 10 });
    await Quote.set({ expiresIn: false }).defer("b");
    await Patient.defer("c");
    rig.elapse(11);
    await rig.work();
    await Quote.set({ expiresIn: false }).defer("d");
    await Patient.defer("e");
    rig.elapse(1e6);
    await rig.work();

    expect(runs).toEqual(["b", "c", "d", "e"]);
  });

  it("is fixed once: neither a retry nor a requeue puts it off", async () => {
    const rig = begin();
    let attempts = 0;
    class Again extends Job {
      static {
        this.expiresIn("1 hour");
      }
      perform(): void {
        attempts += 1;
        if (attempts === 1) this.requeueJob("20 minutes");
        throw new Error("busy");
      }
    }
    await Again.performLater();
    const { expiry } = await rig.only(queue());
    await rig.run();
    rig.elapse(1_201);
    await rig.run();
    expect((await rig.only({ set: "retry" })).expiry).toBe(expiry);
    rig.elapse(3_600);

    expect(await rig.run()).toMatchObject({ kind: "done", ended: "expired" });
    expect(attempts).toBe(2);
  });

  it("tells what waits for the job that it has expired", async () => {
    const rig = begin();
    const job = await Quote.defer("late");
    await Quote.set({ prereqJobs: [job], expiresIn: false }).defer("goes on");
    await Quote.set({ prereqJobs: [job], prereqFailure: "cancel" }).defer("goes too");
    rig.elapse(3_601);

    await rig.work();

    expect(runs).toEqual(["goes on"]);
    expect(await job.status()).toBe("finished");
  });

  it("does not look at the prerequisites of a job that is over", async () => {
    const rig = begin();
    await rig.put(
      JSON.stringify({
        class: "MandateJob",
        args: ["Quote", "late"],
        jid: "poison",
        queue: "default",
        prereq_jobs: ["0".repeat(24)],
        expires_in: 5,
        expiry: rig.now - 1.5,
      }),
    );

    expect(await rig.run()).toMatchObject({ ended: "expired" });
  });

  it("calls afterDiscard, and keeps the job where its class keeps finished ones", async () => {
    const rig = begin();
    const told: unknown[] = [];
    class Kept extends Job {
      static {
        this.expiresIn(60);
        this.keepFinished(5);
        this.afterDiscard((_job, error) => void told.push(error));
      }
      perform(): void {}
    }
    await Kept.performLater();
    rig.elapse(61);

    await rig.run();

    expect(told).toEqual([new JobExpiredError("Kept")]);
    const entries: JobEntry[] = [];
    for await (const each of finishedSet().each()) entries.push(each);
    const [entry] = entries;
    expect(entry).toMatchObject({
      outcome: "expired",
      errorClass: "JobExpiredError",
      errorMessage: new JobExpiredError("Kept").message,
    });
    // Whoever puts it back by hand wants it run.
    await entry?.retry();
    expect(await rig.run()).toMatchObject({ kind: "done" });
    expect(new JobExpiredError("Quote")).toMatchObject({
      code: "MANDATE_JOB_EXPIRED",
      message: MESSAGE,
    });
  });

  it("is published as expire, and as nothing else that ends a run", async () => {
    const rig = begin();
    const events: string[] = [];
    onTestFinished(
      subscribe({
        start: () => events.push("start"),
        finish: () => events.push("finish"),
        expire: ({ className, jid, attempt }) => events.push(`${className} ${jid} ${attempt}`),
      }),
    );
    const job = await Quote.defer("late");
    rig.elapse(3_601);

    await rig.run();

    expect(events).toEqual(["start", `Quote ${job.id} 1`]);
  });

  it("is seen by operators", async () => {
    const rig = begin();
    const job = await Quote.defer("soon");

    const details = await jobDetails(job.id);

    expect(details?.entry.expiresAt).toEqual(new Date((rig.now + 3_600) * 1000));
  });

  it("holds in tests, where it takes no time", async () => {
    using _ = useTestAdapter();
    runs = [];
    await Quote.defer("kept");
    await performEnqueuedJobs();
    await Quote.defer("late");
    clock.now = (
      (now) => () =>
        now() + 3_601
    )(clock.now);
    await performEnqueuedJobs();

    expect(runs).toEqual(["kept"]);
    expect(performedJobs()).toHaveLength(1);
  });

  it("lets what time travel performs run in time", async () => {
    using _ = useTestAdapter();
    runs = [];
    await Quote.defer("scheduled", { wait: "1 day" });

    await travelTo(new Date(Date.now() + 2 * 86_400_000));

    expect(runs).toEqual(["scheduled"]);
  });

  it.each([
    [0, "Cannot use 0 as expiresIn of Quote: give more, or false for any time"],
    [-1, "Cannot read -1 as expiresIn of Quote: it is negative."],
    [NaN, "Cannot read NaN as expiresIn of Quote: it is not a number"],
    [Infinity, "Cannot read Infinity as expiresIn of Quote: it never ends."],
    ["1 minuet", 'Cannot read "1 minuet" as expiresIn of Quote: "minuet" is not a unit of time.'],
    [true, "Cannot read a value of type boolean as expiresIn of Quote: it is neither"],
    [1e13, "Cannot use 10000000000000 seconds as expiresIn of Quote: no date is that far away."],
  ])("refuses %s, of a class and of a call", async (time, message) => {
    begin();

    expect(() => Quote.expiresIn(time as number)).toThrow(message);
    expect(() => Quote.set({ expiresIn: time as number })).toThrow(message);
    await expect(Quote.defer("a", { expiresIn: time as number })).rejects.toThrow(message);
  });
});

describe("Ruby's expires_in", () => {
  const ruby = { class: "MandateJob", args: ["Quote", "ruby"], jid: "poison", queue: "default" };
  const base: JobRecord = { ...ruby, expires_in: 60 };

  it.each([
    ["the moment that Pro worked out", { expiry: 1_000.5, created_at: 5.5 }, 1_000.5],
    ["that in milliseconds, too", { expiry: 1_700_000_000_500 }, 1_700_000_000.5],
    ["without one, when it came to its queue", { enqueued_at: 500.5, created_at: 5.5 }, 560.5],
    ["its first failure", { failed_at: 400.5, enqueued_at: 900.5, retry_count: 2 }, 460.5],
    ["its making, where there is nothing else", { created_at: 5.5 }, 65.5],
    ["nothing, where it has no times", {}, undefined],
    ["nothing, where they are none", { expiry: "x", enqueued_at: "y" as never }, undefined],
  ])("counts from %s", (_what, times, expected) => {
    expect(expiryOf({ ...base, ...times } as JobRecord)).toBe(expected);
  });

  it("is honoured", async () => {
    const rig = begin();
    await rig.put(JSON.stringify({ ...base, created_at: rig.now - 1_000 }));
    rig.elapse(59);
    expect(await rig.run()).not.toHaveProperty("ended");
    await rig.put(JSON.stringify(base), { jid: "other" });
    rig.elapse(61);

    expect(await rig.run()).toMatchObject({ ended: "expired" });
    expect(runs).toEqual(["ruby"]);
  });

  it.each(["soon", -5, 0, null, {}])("is no limit where it is %j", async (given) => {
    const rig = begin();
    await rig.put(JSON.stringify({ ...ruby, expires_in: given }));
    rig.elapse(1e6);

    await rig.run();

    expect(runs).toEqual(["ruby"]);
  });
});

describe("a recurring job's expiry", () => {
  it("counts from each occurrence", async () => {
    using _ = useTestAdapter();
    configure({ keepFinished: false });
    runs = [];
    class Hourly extends Command {
      static {
        this.expiresIn("5 minutes");
        this.recurring("0 * * * *");
      }
      call(): void {
        runs.push("ran");
      }
    }

    await travelTo(new Date(Date.now() + 3 * 3_600_000));

    expect(runs.length).toBeGreaterThanOrEqual(2);
    expect(performedJobs(Hourly)).toHaveLength(runs.length);
  });
});
