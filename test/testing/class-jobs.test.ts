import { AssertionError } from "node:assert";
import {
  Command,
  configure,
  ConfigurationError,
  Job,
  MandateJob,
  MemoryAdapter,
  silentLogger,
} from "mandate";
import { enqueuedJobs, performedJobs, useTestAdapter } from "mandate/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { classJobs } from "../../src/job/declare/class-jobs.ts";
import { shared } from "../../src/support/shared-state.ts";

const ran: unknown[] = [];

class Countdown extends Command.initializeWith((from: number) => ({ from })) {
  async call() {
    ran.push(this.from);
    if (this.from > 0) await Countdown.defer(this.from - 1);
  }
}
class CleanUp extends Job {
  perform(folder: string) {
    ran.push(folder);
  }
}
class Broken extends Command {
  static {
    this.retry(false);
  }

  call() {
    throw new RangeError("broken");
  }
}

configure({ logger: silentLogger });
beforeEach(() => {
  useTestAdapter();
  ran.length = 0;
});

describe("X.jobs", () => {
  it("are the jobs of the class that wait", async () => {
    const first = await Countdown.defer(2, { queue: "low" });
    await CleanUp.performLater("tmp");
    await Countdown.defer(1, { wait: "5 minutes" });

    expect(Countdown.jobs.size).toBe(2);
    expect(Countdown.jobs.map((job) => job.arguments)).toEqual([[2], [1]]);
    expect(Countdown.jobs[0]).toMatchObject({ id: first.id, queueName: "low" });
    expect(CleanUp.jobs).toEqual(enqueuedJobs(CleanUp));
    expect(Broken.jobs).toStrictEqual([]);
    expect(MandateJob.jobs.size).toBe(2);
  });

  it("are deleted by clear()", async () => {
    await Countdown.defer(1);
    await CleanUp.performLater("tmp");
    await Countdown.defer(2, { wait: 60 });

    Countdown.jobs.clear();

    expect(enqueuedJobs().map(({ className }) => className)).toEqual(["CleanUp"]);
  });

  it("run by drain(), with those of the class that they enqueue", async () => {
    await Countdown.defer(2);
    await CleanUp.performLater("tmp");

    expect(await Countdown.jobs.drain()).toBe(3);

    expect(ran).toEqual([2, 1, 0]);
    expect(CleanUp.jobs.size).toBe(1);
  });

  it("run one by one by performOne()", async () => {
    await Countdown.defer(1);
    await Countdown.defer(0);

    const job = await Countdown.jobs.performOne();

    expect(job.arguments).toEqual([1]);
    expect(performedJobs(Countdown)).toHaveLength(1);
    expect(Countdown.jobs.map((each) => each.arguments)).toEqual([[0], [0]]);
  });

  it("fail as their job does", async () => {
    await Broken.defer();

    await expect(Broken.jobs.performOne()).rejects.toThrow(new RangeError("broken"));
  });

  it("cannot be performed where none waits", async () => {
    const failure = Countdown.jobs.performOne();

    await expect(failure).rejects.toThrow(AssertionError);
    await expect(failure).rejects.toThrow("Expected a job of Countdown to wait, found none");
  });

  it("are there in a test only", () => {
    useTestAdapter().restore();
    configure({ adapter: new MemoryAdapter() });

    expect(() => Countdown.jobs).toThrow(
      new ConfigurationError(
        "Cannot look at the jobs of Countdown: another adapter was configured after useTestAdapter(). " +
          "Call useTestAdapter() again, after configure()",
      ),
    );
  });

  it("are nothing where no test has begun", () => {
    const testing = shared<{ list: unknown }>("class-jobs", () => ({ list: undefined }));
    const { list } = testing;
    testing.list = undefined;

    expect(() => classJobs(Countdown)).toThrow(
      new ConfigurationError(
        "Cannot look at the jobs of Countdown: that is for tests, and no test adapter is in use. Call useTestAdapter() from " +
          'mandate/testing before; elsewhere jobs({ command: "Countdown" }) finds what waits',
      ),
    );
    testing.list = list;
  });

  it("leave a class's own alone", () => {
    class Own extends Command {
      call() {}
    }
    const assigned: { jobs: unknown } = Own;
    assigned.jobs = 3;

    expect(Own.jobs).toBe(3);
    expect(Countdown.jobs.size).toBe(0);
  });
});
