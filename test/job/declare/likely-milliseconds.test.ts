import { Command, configure, currentJob, InvalidDurationError, Job, MemoryAdapter } from "mandate";
import { beforeEach, describe, expect, it } from "vitest";
import { recordingLogger } from "../../command/recording-logger.ts";
import { Rig } from "../rig.ts";

const FIVE_MINUTES = 5 * 60 * 1000;

let log: ReturnType<typeof recordingLogger>;

beforeEach(() => {
  log = recordingLogger();
  configure({ logger: log.logger, adapter: new MemoryAdapter(), reloading: true });
});

let count = 0;
/** What was said once is not said again: each class has a name of its own. */
function remind() {
  const Remind = class extends Command {
    call() {}
  };
  Object.defineProperty(Remind, "name", { value: `Remind${++count}` });
  return Remind;
}

describe("a number that was most likely meant as milliseconds", () => {
  it("is told once for each place, with what to write", async () => {
    const Remind = remind();

    const job = await Remind.defer({ wait: FIVE_MINUTES });
    await Remind.set({ wait: FIVE_MINUTES }).defer();
    await Remind.defer({ wait: 2 * FIVE_MINUTES });

    expect(log.lines("warn")).toEqual([
      `The wait of ${Remind.name} is 300000, and a number is seconds: 3.5 days. Write "5 minutes" ` +
        `if milliseconds were meant, else "5000 minutes". This is said once`,
    ]);
    expect(job.scheduledAt!.getTime()).toBeCloseTo(Date.now() + FIVE_MINUTES * 1000, -5);

    await remind().defer({ wait: FIVE_MINUTES });
    expect(log.lines("warn")).toHaveLength(2);
  });

  it.each([
    [90_000, "90 seconds"],
    [180_000, "3 minutes"],
    [100_001, "100.001 seconds"],
    [1000, undefined],
    [86_400, undefined],
    [86_401, "86.401 seconds"],
    [3_600_000, "1 hour"],
    [86_400_000, "1 day"],
    [2 * 86_400_000, "2 days"],
    [60_001_000, "60001 seconds"],
    [1_000_000, "1000 seconds"],
  ])("is %d: %s", async (wait, written) => {
    await remind().defer({ wait });

    const found = log.lines("warn").map((text) => /Write "(.*?)"/.exec(text)?.[1]);
    expect(found).toEqual(written === undefined ? [] : [written]);
  });

  it.each<number | `${number} days`>([
    3600,
    86_400,
    7 * 86_400,
    365 * 86_400,
    36 * 3_600,
    100_000.25,
    "400 days",
  ])("is not %s", async (wait) => {
    await remind().defer({ wait });

    expect(log.lines("warn")).toEqual([]);
  });

  it("is told of where a class declares it", () => {
    class Sync extends Command {
      static {
        this.timeout(FIVE_MINUTES);
        this.keepResult(FIVE_MINUTES);
        this.retryOn(Error, { wait: FIVE_MINUTES });
        this.jobOptions({ retryFor: FIVE_MINUTES });
      }

      call() {}
    }

    expect(log.lines("warn").map((text) => text.replace(/ is 300000.*/, ""))).toEqual([
      `The timeout of ${Sync.name}`,
      "The keepResult of Sync",
      "The wait of retryOn of Sync",
      "The retryFor in jobOptions of Sync",
    ]);
  });

  it.each<[string, () => typeof Job]>([
    [
      "delay of requeueJob in",
      () =>
        class extends Job {
          perform() {
            this.requeueJob(FIVE_MINUTES);
          }
        },
    ],
    [
      "wait of retryOn of",
      () =>
        class extends Job {
          static {
            this.retryOn(Error, { wait: () => FIVE_MINUTES });
          }

          perform() {
            throw new Error("boom");
          }
        },
    ],
    [
      "retryIn of",
      () =>
        class extends Job {
          static {
            this.retryIn(() => FIVE_MINUTES);
          }

          perform() {
            throw new Error("boom");
          }
        },
    ],
  ])("is told of where a run says it: %s", async (where, make) => {
    const rig = new Rig();
    const Work = make() as any;
    Work.jobName = `Work${++count}`;

    for (let run = 0; run < 2; run++) {
      await Work.performLater();
      await rig.run();
    }

    const said = rig.log.lines.filter(({ message }) => message.includes("a number is seconds"));
    expect(said).toHaveLength(1);
    expect(said[0]!.message).toContain(`The ${where} `);
    expect(currentJob()).toBeUndefined();
  });

  it("is told of in configure, and of a result that is waited for", async () => {
    configure({ enqueueTimeout: 100_000 });
    configure({ enqueueTimeout: 5, deadTimeout: 100_000 });
    configure({ deadTimeout: 180 * 86_400 });
    class Kept extends Command {
      static {
        this.keepResult("1 hour");
      }

      call() {}
    }
    const job = await Kept.defer();
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(job.result({ timeout: FIVE_MINUTES, signal: stop })).rejects.toThrow("enough");

    expect(log.lines("warn").map((text) => text.slice(0, 36))).toEqual([
      "The enqueueTimeout of configure is 1",
      "The deadTimeout of configure is 1000",
      "The timeout of result of Kept is 300",
    ]);
  });

  it("is refused first where it is no duration", async () => {
    await expect(remind().defer({ wait: -FIVE_MINUTES })).rejects.toThrow(InvalidDurationError);

    expect(log.lines("warn")).toEqual([]);
  });
});
