import {
  Command,
  ConfigurationError,
  deferAll,
  InvalidLimitError,
  Job,
  type ConcurrencyOptions,
  type RateOptions,
} from "mandate";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../../src/adapters/adapter.ts";
import type { Hold } from "../../../src/adapters/hold.ts";
import { LastingAdapter, Rig } from "../../job/rig.ts";

/** What the jobs of a class must hold, as its store is told. */
async function holdsOf(defer: () => Promise<unknown>, rig = new Rig()): Promise<readonly Hold[]> {
  const entries: Entry[] = [];
  const enqueue = rig.adapter.enqueue.bind(rig.adapter);
  rig.adapter.enqueue = (given, ...rest) => {
    entries.push(...given);
    return enqueue(given, ...rest);
  };
  await defer();
  return entries.flatMap(({ holds = [] }) => holds);
}

const concurrency = (key: string, to: number, whenFull: Hold["whenFull"] = "park"): Hold => ({
  key,
  from: "fetch",
  until: "settled",
  whenFull,
  to,
});
const rate = (key: string, to: number, seconds: number, burst: number): Hold => ({
  key,
  from: "fetch",
  until: "fetched",
  whenFull: "park",
  rate: { to, seconds, burst },
});

describe("limits of a class", () => {
  it("count its jobs together", async () => {
    class Sync extends Command {
      static {
        this.limitConcurrency({ to: 2 });
        this.limitRate({ to: 100, per: "1 minute" });
      }
      call(): void {}
    }

    expect(await holdsOf(() => Sync.defer())).toEqual([
      concurrency("limit:Sync", 2),
      rate("rate:Sync", 100, 60, 10),
    ]);
  });

  it("count by what a function of the arguments returns, and by a group", async () => {
    class Charge extends Command.initializeWith((account: number, cents: number) => ({
      account,
      cents,
    })) {
      static {
        this.limitConcurrency({ to: 10, group: "stripe" });
        this.limitConcurrency({ to: 2, by: (account) => account, group: "stripe" });
        this.limitRate({ to: 5, per: 1, burst: 3, by: (_, cents) => ({ cents }), group: "money" });
      }
      call(): void {}
    }

    expect(await holdsOf(() => Charge.defer(42, 5))).toEqual([
      concurrency("limit:stripe", 10),
      concurrency("limit:stripe:42", 2),
      rate('rate:money:{"cents":5}', 5, 1, 3),
    ]);
  });

  it("have a usual burst of a tenth, at least 1", async () => {
    class Few extends Job {
      static {
        this.limitRate({ to: 9, per: 60 });
      }
      perform(): void {}
    }

    expect(await holdsOf(() => Few.performLater())).toEqual([rate("rate:Few", 9, 60, 1)]);
  });

  it("may be a function of the arguments, which may say that there is none", async () => {
    const plans: Readonly<Record<string, number>> = { small: 1, large: Infinity };
    class Export extends Command.initializeWith((plan: string) => ({ plan })) {
      static {
        this.limitConcurrency({ to: (plan) => plans[plan] ?? 5, by: (plan) => plan });
        this.limitRate({ to: (plan) => plan.length * 10, per: "1 hour" });
      }
      call(): void {}
    }

    const rig = new Rig();
    expect(
      await holdsOf(
        () => deferAll(["small", "large", "other"].map((plan) => Export.prepare(plan))),
        rig,
      ),
    ).toEqual([
      concurrency("limit:Export:small", 1),
      rate("rate:Export", 50, 3_600, 5),
      rate("rate:Export", 50, 3_600, 5),
      concurrency("limit:Export:other", 5),
      rate("rate:Export", 50, 3_600, 5),
    ]);
  });

  it("discard what is over them, if they say so", async () => {
    class Poll extends Command {
      static {
        this.limitConcurrency({ to: 1, onLimit: "discard" });
      }
      call(): void {}
    }

    expect(await holdsOf(() => Poll.defer())).toEqual([concurrency("limit:Poll", 1, "refuse")]);
  });

  it("are inherited, each class by itself; one of the same group replaces a parent's", async () => {
    abstract class Call extends Command {
      static {
        this.limitConcurrency({ to: 2 });
        this.limitConcurrency({ to: 3, group: "api" });
        this.limitRate({ to: 10, per: 1 });
      }
    }
    class First extends Call {
      call(): void {}
    }
    class Second extends Call {
      static {
        this.limitConcurrency({ to: 5, group: "api" });
        this.limitRate({ to: Infinity, per: 1 });
      }
      call(): void {}
    }

    expect(await holdsOf(() => First.defer())).toEqual([
      concurrency("limit:First", 2),
      concurrency("limit:api", 3),
      rate("rate:First", 10, 1, 1),
    ]);
    expect(await holdsOf(() => Second.defer())).toEqual([
      concurrency("limit:Second", 2),
      concurrency("limit:api", 5),
    ]);
  });

  it("travel with the arguments as they were when a job was prepared", async () => {
    class Sum extends Command.initializeWith((numbers: number[]) => ({ numbers })) {
      static {
        this.limitConcurrency({ to: 1, by: (numbers) => numbers });
      }
      call(): void {}
    }
    const numbers = [1];
    const rig = new Rig();
    const holds = await holdsOf(async () => {
      const job = Sum.prepare(numbers);
      numbers.push(2);
      await deferAll([job]);
    }, rig);

    expect(holds).toEqual([concurrency("limit:Sum:[1]", 1)]);
  });

  it("are not for calls inline", () => {
    class Never extends Command {
      static {
        this.limitConcurrency({ to: () => NaN });
      }
      call(): string {
        return "called";
      }
    }

    expect(Never.call()).toBe("called");
  });

  it("need a store that keeps holds", async () => {
    class Sync extends Command {
      static {
        this.limitConcurrency({ to: 1 });
      }
      call(): void {}
    }
    const { adapter } = new Rig(new LastingAdapter());

    await expect(Sync.defer()).rejects.toThrow(
      new ConfigurationError(
        'Cannot limit Sync: adapter "memory" keeps no holds. Use one that does, such as Redis\'s',
      ),
    );
    expect(await adapter.store.size({ queue: "default" })).toBe(0);
  });
});

describe("a limit that is a function", () => {
  it.each<[string, () => unknown, string]>([
    [
      "throws",
      () => {
        throw new RangeError("secret");
      },
      "threw RangeError. It is called with what defer was given: have it cope with that",
    ],
    [
      "answers 0",
      () => 0,
      "returned 0. Return an integer of at least 1 at once, or Infinity for no limit",
    ],
    [
      "answers NaN",
      () => NaN,
      "returned NaN. Return an integer of at least 1 at once, or Infinity for no limit",
    ],
    [
      "answers a fraction",
      () => 1.5,
      "returned 1.5. Return an integer of at least 1 at once, or Infinity for no limit",
    ],
    [
      "answers a text",
      () => "secret",
      "returned a string. Return an integer of at least 1 at once, or Infinity for no limit",
    ],
    [
      "answers nothing",
      () => undefined,
      "returned undefined. Return an integer of at least 1 at once, or Infinity for no limit",
    ],
    [
      "answers later",
      () => Promise.reject(new Error("later")),
      "returned a promise. Return an integer of at least 1 at once, or Infinity for no limit",
    ],
  ])("that %s is an error, and nothing is enqueued", async (_, to, problem) => {
    const { adapter } = new Rig();
    class Sync extends Command {
      static {
        this.limitConcurrency({ to: to as () => number });
      }
      call(): void {}
    }

    const refusal: unknown = await Sync.defer().catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(InvalidLimitError);
    expect(refusal).toMatchObject({
      name: "InvalidLimitError",
      code: "MANDATE_INVALID_LIMIT",
      className: "Sync",
      macro: "limitConcurrency",
      message: `Cannot limit Sync by limitConcurrency: its function "to" ${problem}`,
    });
    expect(await adapter.store.size({ queue: "default" })).toBe(0);
  });

  it("tells what was thrown as its cause, and of a key that cannot be made", async () => {
    new Rig();
    const cause = new RangeError("no plan");
    class Throws extends Command {
      static {
        this.limitRate({
          per: 1,
          to: () => {
            throw cause;
          },
        });
      }
      call(): void {}
    }
    class Keyless extends Command {
      static {
        this.limitRate({ to: 1, per: 1, by: () => undefined });
      }
      call(): void {}
    }

    await expect(Throws.defer()).rejects.toMatchObject({ cause, macro: "limitRate" });
    await expect(Keyless.defer()).rejects.toThrow(
      'Cannot make the key of Keyless for limitRate: its function "by" returned undefined',
    );
  });
});

describe("a declaration of a limit", () => {
  const integer = "give an integer of at least 1, or Infinity";

  it.each<[string, object, string]>([
    ["0", { to: 0 }, `Cannot use 0 as to in limitConcurrency of Sync: ${integer}`],
    [
      "a negative number",
      { to: -1 },
      `Cannot use -1 as to in limitConcurrency of Sync: ${integer}`,
    ],
    ["NaN", { to: NaN }, `Cannot use NaN as to in limitConcurrency of Sync: ${integer}`],
    ["a fraction", { to: 2.5 }, `Cannot use 2.5 as to in limitConcurrency of Sync: ${integer}`],
    ["a text", { to: "2" }, `Cannot use "2" as to in limitConcurrency of Sync: ${integer}`],
    ["nothing", {}, `Cannot use undefined as to in limitConcurrency of Sync: ${integer}`],
    [
      "no object",
      2 as unknown as object,
      "Cannot use 2 as limitConcurrency of Sync: give an object",
    ],
    [
      "a key that is no function",
      { to: 1, by: "account" },
      'Cannot use "account" in by in limitConcurrency of Sync: give a function of the arguments',
    ],
    [
      "an odd group",
      { to: 1, group: "a b" },
      'Cannot use "a b" as a group in limitConcurrency of Sync: give a name of letters, digits and the signs _ : . -',
    ],
    [
      "an odd end",
      { to: 1, onLimit: "raise" },
      'Cannot use "raise" as onLimit in limitConcurrency of Sync: give "wait" or "discard"',
    ],
    [
      "Solid Queue's word",
      { to: 1, key: () => 1 },
      'Cannot use option "key" in limitConcurrency of Sync: there is no such option. Did you mean "by"? There are: to, by, group, onLimit',
    ],
    [
      "a rate's word",
      { to: 1, burst: 2 },
      'Cannot use option "burst" in limitConcurrency of Sync: there is no such option. There are: to, by, group, onLimit',
    ],
  ])("of concurrency with %s is refused", (_, options, message) => {
    class Sync extends Command {
      call(): void {}
    }

    expect(() => Sync.limitConcurrency(options as ConcurrencyOptions)).toThrow(message);
  });

  it.each<[string, object, string]>([
    ["0", { to: 0, per: 1 }, `Cannot use 0 as to in limitRate of Sync: ${integer}`],
    [
      "no time",
      { to: 1 },
      'Cannot use limitRate of Sync without per: give the time in which so many start, such as "1 minute"',
    ],
    [
      "a time of 0",
      { to: 1, per: 0 },
      "Cannot use 0 as per in limitRate of Sync: give more than 0 seconds",
    ],
    [
      "an odd time",
      { to: 1, per: "a while" },
      'Cannot read "a while" as per in limitRate of Sync: it is not a number followed by a unit. Write a number of seconds, or a string such as "30s", "5 minutes", "1.5 hours", "2 days" or "1 week"',
    ],
    [
      "a burst of 0",
      { to: 1, per: 1, burst: 0 },
      "Cannot use 0 as burst in limitRate of Sync: give an integer of at least 1",
    ],
    [
      "a burst of half",
      { to: 1, per: 1, burst: 0.5 },
      "Cannot use 0.5 as burst in limitRate of Sync: give an integer of at least 1",
    ],
    [
      "Sidekiq's word",
      { to: 1, interval: 1 },
      'Cannot use option "interval" in limitRate of Sync: there is no such option. Did you mean "per"? There are: to, per, burst, by, group, onLimit',
    ],
  ])("of a rate with %s is refused", (_, options, message) => {
    class Sync extends Command {
      call(): void {}
    }

    expect(() => Sync.limitRate(options as RateOptions)).toThrow(message);
  });

  it("twice for the same jobs is refused", () => {
    class Sync extends Command.initializeWith((account: number) => ({ account })) {
      static {
        this.limitConcurrency({ to: 1 });
        this.limitConcurrency({ to: 1, by: (account) => account });
      }
      call(): void {}
    }

    expect(() => Sync.limitConcurrency({ to: 2 })).toThrow(
      new TypeError(
        "Cannot declare limitConcurrency of Sync twice: both would count the same jobs. Give one of them another group",
      ),
    );
    expect(() => Sync.limitConcurrency({ to: 2, by: () => 1 })).toThrow(
      new TypeError(
        "Cannot declare limitConcurrency of Sync by a function twice: both would count the same jobs. Give one of them another group",
      ),
    );
  });
});

describe("a job over a limit", () => {
  it("waits, and runs once it may", async () => {
    const rig = new Rig();
    const ran: number[] = [];
    class Paced extends Command.initializeWith((number: number) => ({ number })) {
      static {
        this.limitRate({ to: 1, per: "1 minute" });
      }
      call(): void {
        ran.push(this.number);
      }
    }
    const [, second] = await deferAll([Paced.prepare(1), Paced.prepare(2)]);
    await rig.run();

    await expect(rig.run()).rejects.toThrow("Expected a job to be due, found none");
    expect(await second?.status()).toBe("blocked");
    rig.elapse(60);
    await rig.run();

    expect(ran).toEqual([1, 2]);
  });

  it("is discarded where its class says so, and tells why", async () => {
    const rig = new Rig();
    class Poll extends Command {
      static {
        this.limitRate({ to: 1, per: "1 minute", onLimit: "discard" });
        this.keepFinished(5);
      }
      call(): void {}
    }
    await deferAll([Poll.prepare(), Poll.prepare()]);
    await rig.run();

    const outcome = await rig.run();

    expect(outcome).toMatchObject({ kind: "done", ended: "discarded" });
    expect(rig.log.messages("warn")).toEqual(["Discarded Poll: it was over rate Poll"]);
  });
});
