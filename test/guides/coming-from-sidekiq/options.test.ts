import { configure, Job } from "mandate";
import { RedisAdapter } from "mandate/redis";
import { disable, fake, inline, useTestAdapter } from "mandate/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

class HardJob extends Job {
  perform(name: string, count = 1) {
    return `${name} ${count}`;
  }
}

beforeEach(() => {
  useTestAdapter();
});
afterEach(() => configure({ logArguments: true }));

/** What a job's record says, of a class that declares this. */
async function recordOf(declaring: (declare: typeof Job) => void): Promise<object> {
  class Declared extends Job {
    perform() {}
  }
  declaring(Declared);
  return (await Declared.performLater()).record;
}

it.each<[string, (this: typeof Job) => void, object]>([
  [
    "queue",
    function () {
      this.queueAs("low");
    },
    { queue: "low" },
  ],
  [
    "retry",
    function () {
      this.retry(5);
    },
    { retry: 5 },
  ],
  [
    "no retry",
    function () {
      this.retry(false);
    },
    { retry: false },
  ],
  [
    "death",
    function () {
      this.retry(0);
    },
    { retry: 0 },
  ],
  [
    "dead",
    function () {
      this.jobOptions({ dead: false });
    },
    { dead: false },
  ],
  [
    "backtrace",
    function () {
      this.jobOptions({ backtrace: true });
    },
    { backtrace: true },
  ],
  [
    "retry_queue",
    function () {
      this.jobOptions({ retryQueue: "low" });
    },
    { retry_queue: "low" },
  ],
  [
    "retry_for",
    function () {
      this.jobOptions({ retryFor: "48 hours" });
    },
    { retry_for: 172_800 },
  ],
  [
    "tags",
    function () {
      this.tags("a");
    },
    { tags: ["a"] },
  ],
])("declares %s", async (_name, declare, record) => {
  expect(await recordOf((job) => declare.call(job))).toMatchObject(record);
});

it("performs inline", async () => {
  expect(await HardJob.performNow("bob", 5)).toBe("bob 5");
  expect(new HardJob().perform("bob", 5)).toBe("bob 5");
});

it("hides arguments", () => {
  expect(() => configure({ logArguments: false })).not.toThrow();
  class Secret extends Job {
    static {
      this.logArguments(false);
    }

    perform() {}
  }
  expect(Secret.jobs.size).toBe(0);
});

it("has modes", async () => {
  fake();
  expect(await inline(() => HardJob.performLater("bob"))).toBeDefined();
  disable();
  fake();
  expect(HardJob.jobs.size).toBe(0);
});

it("names a Redis", async () => {
  const url = "redis://127.0.0.1:1";
  expect(() => configure({ adapter: new RedisAdapter({ url }) })).not.toThrow();
});
