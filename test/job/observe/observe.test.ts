import { abort, Command, deferAll, JobCancelledError, type Events } from "mandate";
import { describe, expect, it, onTestFinished } from "vitest";
import { subscribe } from "../../../src/instrumentation/subscribe.ts";
import { cancelRun } from "../../../src/job/inside/cancellation.ts";
import { runningJob } from "../../../src/job/surroundings/current-job.ts";
import type { JobRun } from "../../../src/job/inside/job-run.ts";
import { Rig } from "../rig.ts";

type Told = [keyof Events, object];

/** All that is published until the test ends. */
function listen(...events: readonly (keyof Events)[]): Told[] {
  const told: Told[] = [];
  const listeners = events.map((name) => [name, (event: object) => told.push([name, event])]);
  onTestFinished(subscribe(Object.fromEntries(listeners)));
  return told;
}

const runs = [
  "start",
  "finish",
  "cancel",
  "fail",
  "retry",
  "dead",
  "requeue",
  "block",
  "release",
] as const satisfies readonly (keyof Events)[];

class Broken extends Error {}

describe("events", () => {
  it("tell of a job that the store took, and never of its arguments", async () => {
    const rig = new Rig();
    const told = listen("enqueue");
    class Greet extends Command.initializeWith((secret: string) => ({ secret })) {
      call(): void {}
    }

    const job = await Greet.defer("s3cret");
    const later = await Greet.set({ wait: 60, queue: "slow" }).defer("s3cret");

    expect(told).toEqual([
      [
        "enqueue",
        { jid: job.id, className: "Greet", queue: "default", at: undefined, batchSize: 1 },
      ],
      [
        "enqueue",
        { jid: later.id, className: "Greet", queue: "slow", at: rig.now + 60, batchSize: 1 },
      ],
    ]);
  });

  it("tell how many jobs were enqueued together, without those that were halted", async () => {
    new Rig();
    const told = listen("enqueue");
    class Greet extends Command.initializeWith((n: number) => ({ n })) {
      static {
        this.beforeEnqueue((job) => {
          if (job.arguments[0] === 2) throw abort;
        });
      }
      call(): void {}
    }

    await deferAll([Greet.prepare(1), Greet.prepare(2), Greet.prepare(3)]);

    expect(told.map(([, event]) => event)).toMatchObject([{ batchSize: 2 }, { batchSize: 2 }]);
  });

  it("tell that a run begins, how long its job had waited, and that it finished", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    class Greet extends Command {
      call(): void {}
    }
    const { id: jid } = await Greet.defer();
    rig.elapse(3);

    await rig.run();

    const event = {
      jid,
      className: "Greet",
      queue: "default",
      attempt: 1,
      latency: expect.closeTo(3, 2) as number,
    };
    expect(told).toEqual([
      ["start", event],
      ["finish", { ...event, seconds: expect.any(Number) as number, error: undefined }],
    ]);
  });

  it("tell for how long a job ran that had to be awaited", async () => {
    const rig = new Rig();
    const told = listen("finish");
    class Greet extends Command {
      async call(): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    await Greet.defer();

    await rig.run();

    const [[, event]] = told as [[string, { seconds: number }]];
    expect(event.seconds).toBeGreaterThan(0.015);
  });

  it("tell of failures, of retries, and in the end of a death", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    const error = new Broken("out of paper");
    class Print extends Command {
      static {
        this.retry(1);
        this.retryIn(() => 10);
      }
      call(): void {
        throw error;
      }
    }
    await Print.defer();

    await rig.run();
    rig.elapse(10);
    await rig.run();

    expect(told.map(([name]) => name)).toEqual(["start", "fail", "retry", "start", "fail", "dead"]);
    expect(told.map(([, event]) => event)).toMatchObject([
      { attempt: 1 },
      { attempt: 1, error, outcome: "retry" },
      { attempt: 1, error, outcome: "retry", at: rig.now },
      { attempt: 2, latency: 0 },
      { attempt: 2, error, outcome: "dead" },
      { attempt: 2, error, outcome: "dead" },
    ]);
  });

  it("tell of a failure that drops its job", async () => {
    const rig = new Rig();
    const told = listen("fail", "retry", "dead", "finish");
    class Print extends Command {
      static {
        this.retry(false);
      }
      call(): void {
        throw new Broken();
      }
    }
    await Print.defer();

    await rig.run();

    expect(told).toMatchObject([["fail", { outcome: "dropped", error: expect.any(Broken) }]]);
  });

  it("tell which error discarded a job that counts as done", async () => {
    const rig = new Rig();
    const told = listen("finish", "fail");
    class Print extends Command {
      static {
        this.discardOn(Broken);
      }
      call(): void {
        throw new Broken();
      }
    }
    await Print.defer();

    await rig.run();

    expect(told).toMatchObject([["finish", { error: expect.any(Broken) }]]);
  });

  it("tell of the error that a rule's handler threw in place of the first", async () => {
    const rig = new Rig();
    const told = listen("fail");
    const second = new TypeError("the handler is wrong");
    class Print extends Command {
      static {
        this.rescueFrom(Broken, () => {
          throw second;
        });
      }
      call(): void {
        throw new Broken();
      }
    }
    await Print.defer();

    await rig.run();

    expect(told).toMatchObject([["fail", { error: second }]]);
  });

  it("take a halted job for one that finished without an error", async () => {
    const rig = new Rig();
    const told = listen("finish", "fail");
    class Print extends Command {
      call(): void {
        throw abort;
      }
    }
    await Print.defer();

    await rig.run();

    expect(told).toMatchObject([["finish", { error: undefined }]]);
  });

  it("tell of a job that asked to come again", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    class Poll extends Command {
      call(): void {
        this.requeueJob(30);
      }
    }
    await Poll.defer();

    await rig.run();

    expect(told).toMatchObject([
      ["start", {}],
      ["requeue", { at: rig.now + 30 }],
    ]);
  });

  it("tell of a job that was fetched too early, and waits for others", async () => {
    const rig = new Rig();
    const told = listen("start", "block");
    class Greet extends Command {
      call(): void {}
    }
    const first = await Greet.set({ wait: 60 }).defer();
    const record = { class: "MandateJob", args: ["Greet"], jid: "b".repeat(24), queue: "default" };
    await rig.put(JSON.stringify({ ...record, prereq_jobs: [first.id] }), { jid: record.jid });

    await rig.run();

    expect(told).toMatchObject([
      ["start", { jid: record.jid, latency: expect.any(Number) }],
      ["block", { jid: record.jid, prereqs: [first.id] }],
    ]);
  });

  it("tell of a job that was cancelled while it ran, and of no failure", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    class Greet extends Command {
      call(): void {
        cancelRun((runningJob() as JobRun).fetched);
        this.signal.throwIfAborted();
      }
    }
    const { id: jid } = await Greet.defer();

    await rig.run();

    expect(told).toMatchObject([
      ["start", { jid }],
      ["cancel", { jid, attempt: 1, seconds: expect.any(Number), error: new JobCancelledError() }],
    ]);
  });

  it("tell of one that asked to come again, and was cancelled", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    class Poll extends Command {
      call(): void {
        cancelRun((runningJob() as JobRun).fetched);
        try {
          this.requeueJob(30);
        } catch {
          // It ends as if it were done.
        }
      }
    }
    await Poll.defer();

    await rig.run();

    expect(told).toMatchObject([
      ["start", {}],
      ["cancel", { error: undefined }],
    ]);
  });

  it("take one for finished that ended well although it was cancelled", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    class Greet extends Command {
      call(): void {
        cancelRun((runningJob() as JobRun).fetched);
      }
    }
    await Greet.defer();

    await rig.run();

    expect(told.map(([name]) => name)).toEqual(["start", "finish"]);
  });

  it("tell of a job that was given back at a shutdown", async () => {
    const rig = new Rig();
    const told = listen("release", "fail");
    class Greet extends Command {
      call(): void {
        rig.shutdown.abort(new Error("shutting down"));
        throw new Broken();
      }
    }
    const { id: jid } = await Greet.defer();

    await rig.run();

    expect(told).toMatchObject([["release", { jid, seconds: expect.any(Number) }]]);
  });

  it("tell of the death of what cannot be read", async () => {
    const rig = new Rig();
    const told = listen(...runs);
    await rig.put("{", { queue: "odd" });

    await rig.run();

    expect(told).toMatchObject([
      ["fail", { jid: undefined, className: "?", queue: "odd", outcome: "dead" }],
      ["dead", { error: { code: "MANDATE_DESERIALIZATION" } }],
    ]);
  });

  it("count the failures that only Ruby counted", async () => {
    const rig = new Rig();
    const told = listen("start");
    class Greet extends Command {
      call(): void {}
    }
    const { id: jid } = await Greet.prepare();
    const record = { class: "MandateJob", args: ["Greet"], jid, queue: "default", retry_count: 2 };
    await rig.put(JSON.stringify(record), { jid });

    await rig.run();

    expect(told).toMatchObject([["start", { attempt: 4 }]]);
  });
});
