import { CallbacksCommand, Command, globalId, Job, type JobHandle } from "mandate";
import { describe, expect, it } from "vitest";
import { DEAD, Rig } from "../rig.ts";

class GoneError extends Error {}
class BusyError extends Error {}

const told: unknown[] = [];

/** Fails with what it is given, and tells of its end. */
abstract class Base extends Command.initializeWith((error: string) => ({ error })) {
  static {
    this.afterDiscard("tell");
    this.discardOn(GoneError, () => told.push("handler"));
  }

  attempts = 0;

  tell(error: unknown, job: JobHandle): void {
    told.push(`${job.className} ${this.attempts}: ${String(error)}`);
  }

  call(): void {
    this.attempts += 1;
    if (this.error === "gone") throw new GoneError("it is gone");
    if (this.error === "busy") throw new BusyError("it is busy");
    if (this.error !== "") throw new Error(this.error);
  }
}
class Once extends Base {
  static {
    this.retry(0);
    this.retriesExhausted((_job, _error, command) => told.push(`exhausted ${command?.attempts}`));
  }
}
class Never extends Base {
  static {
    this.retry(false);
  }
}
class Often extends Base {
  static {
    this.retry(1);
    this.retryIn((_count, error) => (String(error).includes("no use") ? "discard" : 5));
    this.retryOn(BusyError, { attempts: 2, wait: 1 });
  }
}
class GaveUp extends Base {
  static {
    this.retryOn(BusyError, { attempts: 1 }, () => told.push("exhausted"));
  }
}

function rigged(): Rig {
  told.length = 0;
  return new Rig();
}

describe("afterDiscard", () => {
  it.each<[string, () => Promise<unknown>, readonly unknown[]]>([
    ["a rule discards it", () => Once.defer("gone"), ["handler", "Once 1: Error: it is gone"]],
    ["it is out of retries", () => Once.defer("broken"), ["exhausted 1", "Once 1: Error: broken"]],
    ["it is not retried", () => Never.defer("broken"), ["Never 1: Error: broken"]],
    ["retryIn says so", () => Often.defer("no use"), ["Often 1: Error: no use"]],
    [
      "its attempts end in a handler",
      () => GaveUp.defer("busy"),
      ["exhausted", "GaveUp 1: Error: it is busy"],
    ],
    ["it does well", () => Once.defer(""), []],
  ])("is told of a job once %s", async (_why, defer, expected) => {
    const rig = rigged();
    await defer();

    await rig.work();

    expect(told).toEqual(expected);
  });

  it.each([["busy"], ["broken"]])(
    "is told of the last run alone, where it is %s",
    async (error) => {
      const rig = rigged();
      await Often.defer(error);

      await rig.work();
      expect(told).toEqual([]);
      rig.elapse(3600);
      await rig.work();

      expect(told).toEqual([expect.stringMatching(/^Often 1: Error: /)]);
      expect(await rig.stored(DEAD)).toHaveLength(1);
    },
  );

  it("is told of one whose records are gone, without a command", async () => {
    const rig = rigged();
    class Row {
      readonly id = 1;
    }
    globalId.register(Row, { find: () => undefined });
    class Show extends Command.initializeWith((row: Row) => ({ row })) {
      static {
        this.afterDiscard((job, error, command) => {
          told.push(job.className, (error as Error).name, command);
        });
        this.afterDiscard("tell");
      }

      tell(): void {}
      call(): void {}
    }
    await Show.defer(new Row());

    await rig.run();
    rig.elapse(6);
    await rig.work();

    expect(told).toEqual(["Show", "DeserializationError", undefined]);
    expect(rig.log.lines).toContainEqual({
      level: "error",
      message: "afterDiscard of Show threw",
      fields: expect.objectContaining({
        err: new TypeError(
          'Cannot call "tell" in afterDiscard of Show: there is no command, since its arguments were not found, or it could not be ' +
            "made. Give a function, which is called all the same",
        ),
      }),
    });
  });

  it("gets the command that callbacks made, where its own run never came", async () => {
    const rig = rigged();
    class Refused extends Base {
      static {
        this.retry(0);
        this.beforePerform((_job, command) => {
          command.attempts = 7;
          throw new Error("refused");
        });
      }
    }
    await Refused.defer("");

    await rig.work();

    expect(told).toEqual(["Refused 7: Error: refused"]);
  });

  it("ends nothing when it throws, and the others are told", async () => {
    const rig = rigged();
    class Throwing extends Job {
      static {
        this.retry(0);
        this.afterDiscard(() => {
          throw new Error("cannot tell");
        });
        this.afterDiscard((job) => told.push(job.className));
      }

      perform(): void {
        throw new Error("broken");
      }
    }
    await Throwing.performLater();

    await rig.work();

    expect(told).toEqual(["Throwing"]);
    expect(await rig.only(DEAD)).toMatchObject({ error_message: "broken" });
  });

  it("is told by performNow, of what it throws too", async () => {
    rigged();

    await Once.set({}).performNow("gone");
    await expect(Once.set({}).performNow("broken")).rejects.toThrow("broken");
    await GaveUp.set({}).performNow("busy");
    await Often.set({}).performNow("busy");

    expect(told).toEqual([
      "handler",
      "Once 1: Error: it is gone",
      "Once 1: Error: broken",
      "exhausted",
      "GaveUp 1: Error: it is busy",
    ]);
  });

  it("is not told of an abort, which is no error", async () => {
    const rig = rigged();
    class Aborting extends CallbacksCommand {
      static {
        this.afterDiscard(() => told.push("told"));
      }

      call(): void {
        this.abort("not today");
      }
    }
    await Aborting.defer();

    await rig.work();

    expect(told).toEqual([]);
  });

  it("refuses what is neither a function nor a name", () => {
    const misused: any = Once;

    expect(() => misused.afterDiscard(null)).toThrow(
      new TypeError(
        "Cannot use null in afterDiscard of Once: give a function, or the name of a method",
      ),
    );
  });
});
