import {
  AdapterError,
  Command,
  JobCancelledError,
  ResumptionLimitError,
  TimeoutError,
  type Step,
} from "mandate";
import { describe, expect, it, onTestFinished } from "vitest";
import { clock } from "../../src/support/clock.ts";
import { onEach } from "./steps-rig.ts";

class Rows extends Command {
  static work: (step: Step<number>, rows: Rows) => unknown = () => undefined;

  call(): Promise<unknown> {
    return this.step("rows", (step: Step<number>) => Rows.work(step, this));
  }

  get aborted(): boolean {
    return this.signal.aborted;
  }
}

/** Rows up to a number; each takes as long as `each` says. */
function upTo(last: number, each: (row: number) => unknown = () => undefined) {
  return async (step: Step<number>): Promise<void> => {
    for (let row = (step.cursor ?? 0) + 1; row <= last; row += 1) {
      await each(row);
      await step.advance(row);
    }
  };
}

/** Time passes only where a test says. */
function stopTime(): { pass(seconds: number): void } {
  const monotonic = clock.monotonic;
  let now = 1_000;
  clock.monotonic = () => now;
  onTestFinished(() => {
    clock.monotonic = monotonic;
  });
  return {
    pass(seconds) {
      now += seconds;
    },
  };
}

describe("a run of steps", () => {
  onEach((open) => {
    it("takes maxRunTime at most, and goes on behind what else waits", async () => {
      const rig = await open();
      const time = stopTime();
      class Import extends Rows {
        static {
          this.maxRunTime("1 minute");
        }
      }
      Rows.work = upTo(5, () => time.pass(25));
      const first = await Import.defer();
      await Import.defer();

      const { kind } = await rig.run();

      const records = await rig.records();
      expect(kind).toBe("requeue");
      expect(records.map(({ steps }) => steps)).toEqual([
        undefined,
        [{ name: "rows", value: { json: 3 } }],
      ]);
      expect(records[1]?.jid).toBe(first.id);
      expect(await rig.records({ set: "retry" })).toEqual([]);
    });

    it("does something in each run, however short its maxRunTime is", async () => {
      const rig = await open();
      const time = stopTime();
      class Import extends Rows {
        static {
          this.maxRunTime(1);
        }
      }
      Rows.work = upTo(3, () => time.pass(10));
      await Import.defer();

      expect(await rig.work()).toEqual(["requeue", "requeue", "requeue", "done"]);
    });

    it("is resumed maxResumptions times, and fails then", async () => {
      const rig = await open();
      class Import extends Rows {
        static {
          this.maxResumptions(2);
        }
      }
      Rows.work = upTo(9, () => rig.stop());
      await Import.defer();

      const kinds = await rig.work();

      expect(kinds).toEqual(["release", "release", "retry"]);
      expect(rig.errors).toEqual([expect.any(ResumptionLimitError)]);
      expect(rig.errors[0]).toMatchObject({
        resumptions: 2,
        message:
          "Cannot put Import back at its checkpoint: it was resumed 2 times, and its maxResumptions allows no more. " +
          "Raise that, or let a run do more",
      });
      await rig.retryNow();
      expect((await rig.records({ set: "retry" }))[0]).toMatchObject({
        retry_count: 1,
        resumptions: 3,
        steps: [{ name: "rows", value: { json: 4 } }],
      });
    });

    it("writes a checkpoint once a second, and not more often", async () => {
      const rig = await open();
      const time = stopTime();
      class Import extends Rows {}
      const { adapter } = rig.store;
      const seen: unknown[] = [];
      Rows.work = upTo(8, async () => {
        const [running] = await adapter.store.running();
        seen.push(
          (JSON.parse(running!.payload) as { steps?: [{ value?: object }] }).steps?.[0].value,
        );
        time.pass(0.4);
      });
      await Import.defer();

      await rig.run();

      const [none, third, sixth] = [undefined, { json: 3 }, { json: 6 }];
      expect(seen).toEqual([none, none, none, third, third, third, sixth, sixth]);
    });

    it("goes on where a checkpoint could not be written, and says so", async () => {
      const rig = await open();
      const time = stopTime();
      class Import extends Rows {}
      Rows.work = upTo(4, () => time.pass(0.6));
      await Import.defer();
      rig.checkpoint = () => Promise.reject(new AdapterError("the store is away"));

      const { kind } = await rig.run();

      expect(kind).toBe("retry");
      expect(rig.log.troubles.slice(0, 2)).toEqual([
        "Could not write a checkpoint of Import",
        "Could not write a checkpoint of Import",
      ]);
      // The end of a step is durable, or the run fails; what it has done is kept all the same.
      expect(rig.errors).toEqual([new AdapterError("the store is away")]);
      expect((await rig.records({ set: "retry" }))[0]?.steps).toEqual([
        { name: "rows", done: true },
      ]);
    });

    it("ends where its job was given to another worker", async () => {
      const rig = await open();
      class Import extends Rows {}
      const rows: number[] = [];
      Rows.work = upTo(3, (row) => rows.push(row));
      await Import.defer();
      rig.checkpoint = () => Promise.resolve(false);

      const { kind } = await rig.run();

      expect(kind).toBe("release");
    });

    it("ends at the next row where it is cancelled", async () => {
      const rig = await open();
      class Import extends Rows {}
      const rows: number[] = [];
      Rows.work = upTo(9, async (row) => {
        rows.push(row);
        if (row === 2) await rig.cancel();
      });
      const job = await Import.defer();

      const outcome = await rig.run();

      expect(outcome).toMatchObject({ kind: "done", ended: "cancelled" });
      expect(rows).toEqual([1, 2]);
      expect(await job.status()).toBe("cancelled");
      expect(rig.errors).toEqual([]);
      expect(JobCancelledError.name).toBe("JobCancelledError");
    });

    it("fails where its timeout is over, and has gone on by then", async () => {
      const rig = await open();
      class Import extends Rows {
        static {
          // A busy machine has time to come to the fifth row.
          this.timeout(0.5);
        }
      }
      Rows.work = upTo(1_000_000, (row) => (row === 5 ? clock.sleep(0.6) : undefined));
      await Import.defer();

      const { kind } = await rig.run();

      expect(kind).toBe("retry");
      expect(rig.errors).toEqual([expect.any(TimeoutError)]);
      expect((await rig.records({ set: "retry" }))[0]?.steps).toEqual([
        { name: "rows", value: { json: 5 } },
      ]);
    });

    it("keeps what it has done at a shutdown's deadline", async () => {
      const rig = await open();
      class Import extends Rows {}
      Rows.work = async (step, rows) => {
        await step.advance(7);
        rig.abort(new Error("the worker ends"));
        expect(rows.aborted).toBe(true);
        await step.advance(8);
      };
      await Import.defer();

      expect((await rig.run()).kind).toBe("release");
      expect((await rig.records())[0]?.steps).toEqual([{ name: "rows", value: { json: 8 } }]);
    });

    it("goes on after requeueJob, too, and from the dead set", async () => {
      const rig = await open();
      class Import extends Rows {
        static {
          this.retry(0);
        }
      }
      const from: unknown[] = [];
      Rows.work = async (step, rows) => {
        from.push(step.cursor);
        await step.advance((step.cursor ?? 0) + 1);
        if (step.cursor === 1) rows["requeueJob"](0);
        throw new Error("a row is broken");
      };
      await Import.defer();

      const kinds = [(await rig.run()).kind, (await rig.run()).kind];
      const [record] = await rig.records({ set: "dead" });

      expect(kinds).toEqual(["requeue", "dead"]);
      expect(from).toEqual([undefined, 1]);
      expect(record).toMatchObject({
        resumptions: 1,
        steps: [{ name: "rows", value: { json: 2 } }],
      });
    });
  });
});

describe("what limits runs of steps", () => {
  class Import extends Command {
    call(): void {}
  }

  it("is a duration that is not 0, or false", () => {
    Import.maxRunTime(false);

    expect(() => Import.maxRunTime(0)).toThrow(
      new RangeError("Cannot use 0 as maxRunTime of Import: give more, or false for any time"),
    );
  });

  it("is a number of resumptions, or false", () => {
    Import.maxResumptions(false);

    expect(() => Import.maxResumptions(-1)).toThrow(
      new RangeError("Cannot use -1 as maxResumptions of Import: give an integer of at least 0"),
    );
  });
});
