import { AssertionError } from "node:assert";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  CallbacksCommand,
  Command,
  configure,
  deferAfter,
  deferAll,
  globalId,
  Job,
  MandateJob,
  reference,
  SerializationError,
  silentLogger,
  UnknownOptionError,
} from "mandate";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  assertNotEnqueuedWith,
  assertNoEnqueuedJobs,
  enqueuedJobs,
  inline,
  performEnqueuedJobs,
  useTestAdapter,
  within,
} from "mandate/testing";
import { rejection } from "./rejection.ts";

class User {
  readonly id: number;
  readonly name: string;

  constructor(id: number, name = "Ada") {
    this.id = id;
    this.name = name;
  }
}
globalId.register(User, { find: (id) => new User(Number(id), "from the database") });

class Welcome extends Command.initializeWith((user: User, locale?: string) => ({ user, locale })) {
  static {
    this.queueAs("mailers");
  }

  call() {}
}

class Store extends Command.initializeWith((value: unknown) => ({ value })) {
  call() {}
}

class Nothing extends Command {
  call() {}
}

class Sum extends CallbacksCommand.initializeWith((a: number, b: number) => ({ a, b })) {
  call() {
    return this.a + this.b;
  }
}

class CleanUp extends Job {
  perform(_folder: string) {}
}

class Again extends Command {
  call() {
    this.requeueJob("1 minute");
  }
}

class Greetings extends Command {
  static override commandName = "Mail::Greetings";

  call() {}
}

configure({ logger: silentLogger });
beforeEach(() => void useTestAdapter());

describe("assertEnqueuedWith", () => {
  it("finds the job that a block enqueues, and gives its handle", async () => {
    const job = await assertEnqueuedWith(
      { command: Welcome, args: [new User(1)], queue: "mailers", priority: 0 },
      () => Welcome.defer(new User(1)),
    );

    expect(job.className).toBe("Welcome");
    expect(await job.status()).toBe("enqueued");
  });

  it("finds a job that waits, without a block", async () => {
    const deferred = await Nothing.defer();

    const job = await assertEnqueuedWith({ command: Nothing });

    expect(job.id).toBe(deferred.id);
  });

  it("looks at the jobs of its block only", async () => {
    await Sum.defer(1, 2);

    const error = await rejection(assertEnqueuedWith({ command: Sum }, () => {}));

    expect(error.message).toBe("Expected Sum to be enqueued, found no job");
  });

  it("finds a job of its block that was performed since", async () => {
    await assertEnqueuedWith({ command: Nothing }, () =>
      performEnqueuedJobs(() => Nothing.defer()),
    );

    expect(enqueuedJobs()).toEqual([]);
    await expect(assertEnqueuedWith({ command: Nothing })).rejects.toThrow(AssertionError);
  });

  it.each<[string, object]>([
    ["a command", { command: Greetings }],
    ["a command's name", { command: "Mail::Greetings" }],
    ["a command, as job", { job: Greetings }],
    ["MandateJob", { job: MandateJob, args: ["Mail::Greetings"] }],
    ["MandateJob by name, and a command", { job: "MandateJob", command: Greetings, args: [] }],
  ])("knows a job by: %s", async (_, expected) => {
    await assertEnqueuedWith(expected, () => Greetings.defer());
  });

  it.each<[string, object]>([
    ["its class", { job: CleanUp }],
    ["its name", { job: "CleanUp" }],
  ])("knows a plain job by: %s", async (_, expected) => {
    await assertEnqueuedWith({ ...expected, args: ["tmp"] }, () => CleanUp.performLater("tmp"));
  });

  it("takes a CallbacksCommand", async () => {
    await assertEnqueuedWith({ command: Sum, args: [1, 2] }, () => Sum.defer(1, 2));
  });

  it("compares records by what they refer to", async () => {
    await assertEnqueuedWith({ command: Welcome, args: [new User(1, "Grace")] }, () =>
      Welcome.defer(reference<User>("User", 1)),
    );
    await assertEnqueuedWith({ command: Welcome, args: [reference<User>("User", 1)] }, () =>
      Welcome.defer(new User(1)),
    );
  });

  it.each([
    ["dates", new Date(5), new Date(5), new Date(6)],
    ["a date and its text", new Date(5), new Date(5), new Date(5).toISOString()],
    ["bigints", 1n, 1n, 1],
    ["maps", new Map([["a", [1]]]), new Map([["a", [1]]]), new Map([["a", [2]]])],
    ["sets", new Set([{ a: 1 }]), new Set([{ a: 1 }]), new Set([{ a: 2 }])],
    ["objects, whatever their order", { a: 1, b: 2 }, { b: 2, a: 1 }, { a: 1 }],
    ["what is undefined in an object", { a: undefined }, { a: undefined }, {}],
    ["nested records", [{ user: new User(1) }], [{ user: new User(1) }], [{ user: new User(2) }]],
  ])("compares by value: %s", async (_, enqueued, same, other) => {
    await Store.defer(enqueued);

    await assertEnqueuedWith({ command: Store, args: [same] });
    await expect(assertEnqueuedWith({ command: Store, args: [other] })).rejects.toThrow(
      AssertionError,
    );
  });

  it("takes an argument that was left out for undefined", async () => {
    await Welcome.defer(new User(1), undefined, { wait: 60 });
    await assertEnqueuedWith({ command: Welcome, args: [new User(1)] });

    await Welcome.defer(new User(2));
    await assertEnqueuedWith({ command: Welcome, args: [new User(2), undefined] });
  });

  it("compares all arguments", async () => {
    await Sum.defer(1, 2);

    await expect(assertEnqueuedWith({ command: "Sum", args: [1] })).rejects.toThrow(AssertionError);
    await expect(assertEnqueuedWith({ command: "Sum", args: [] })).rejects.toThrow(AssertionError);
  });

  it("asks matchers, at any depth", async () => {
    await Store.defer({ to: [{ name: "Ada", at: new Date(5) }], count: 3 });

    await assertEnqueuedWith({ command: Store, args: [expect.anything()] });
    await assertEnqueuedWith({ command: Store, args: [expect.objectContaining({ count: 3 })] });
    await assertEnqueuedWith({
      command: Store,
      args: [{ count: expect.any(Number), to: [{ name: "Ada", at: within(1).of(new Date(100)) }] }],
    });
    await expect(
      assertEnqueuedWith({ command: Store, args: [{ to: expect.anything(), count: 4 }] }),
    ).rejects.toThrow(AssertionError);
    await expect(
      assertEnqueuedWith({ command: Store, args: [{ to: expect.anything() }] }),
    ).rejects.toThrow(AssertionError);
  });

  it("shows matchers records as a worker would find them", async () => {
    await Welcome.defer(new User(1), "en");

    await assertEnqueuedWith({
      command: Welcome,
      args: [expect.objectContaining({ name: "from the database" }), "en"],
    });
    await assertEnqueuedWith({ command: Welcome, args: [expect.any(User), expect.any(String)] });
  });

  it("asks no matcher about the jobs of another class", async () => {
    const asked: unknown[] = [];
    const matcher = { asymmetricMatch: (value: unknown) => asked.push(value) > 1 };
    await Store.defer("store");
    await CleanUp.performLater("tmp");

    await rejection(assertEnqueuedWith({ job: CleanUp, args: [matcher], queue: "low" }));

    expect(asked).toEqual(["tmp"]);
  });

  it("compares when a job is due, to the second", async () => {
    const waitUntil = new Date(Date.now() + 60_000);
    const later = (ms: number) => new Date(waitUntil.getTime() + ms);
    await Nothing.defer({ waitUntil });

    for (const ms of [0, 1, 1000, -1000]) {
      await assertEnqueuedWith({ command: Nothing, at: later(ms) });
    }
    for (const at of [later(1001), later(-1001), within("0.1 s").of(later(101))]) {
      await expect(assertEnqueuedWith({ command: Nothing, at })).rejects.toThrow(AssertionError);
    }
  });

  it("tells one that is due at once from one that is due now", async () => {
    await Nothing.defer();

    await assertNotEnqueuedWith({ command: Nothing, at: new Date() });
  });

  it("goes by fake timers", async () => {
    vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
    try {
      await assertEnqueuedWith(
        { command: Nothing, at: new Date("2026-01-01T00:05:00Z") },
        async () => {
          await Nothing.defer({ wait: "5 minutes" });
        },
      );
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("sees what deferAfter and deferAll send", async () => {
    await assertEnqueuedWith({ command: Sum, args: [3, 4] }, () =>
      deferAfter(async () => {
        await deferAll([Sum.prepare(1, 2), Sum.prepare(3, 4)]);
        await assertNoEnqueuedJobs();
      }),
    );
  });

  it("lets the block's own error through", async () => {
    const error = new RangeError("from the block");

    const thrown = await rejection(
      assertEnqueuedWith({ command: Nothing }, () => {
        throw error;
      }),
    );

    expect(thrown).toBe(error);
  });

  it("fails with what was enqueued instead, the nearest first", async () => {
    const at = new Date("2030-01-01T00:00:00Z");

    const error = await rejection(
      assertEnqueuedWith(
        { command: Welcome, args: [new User(1)], queue: "mailers", at },
        async () => {
          await Sum.set({ queue: "mailers", priority: 5 }).defer(1, 2);
          await Welcome.defer(new User(2), "en", { queue: "low" });
          await Welcome.defer(new User(1), undefined, {
            waitUntil: new Date("2031-01-01T00:00:00Z"),
          });
        },
      ),
    );

    expect(error).toBeInstanceOf(AssertionError);
    expect(error.message).toBe(
      [
        'Expected Welcome(gid://app/User/1) in queue "mailers" at 2030-01-01T00:00:00.000Z ' +
          "to be enqueued, found others, the nearest first:",
        '  Welcome(gid://app/User/1, undefined) in queue "mailers" at 2031-01-01T00:00:00.000Z',
        '  Welcome(gid://app/User/2, "en") in queue "low"',
        '  Sum(1, 2) in queue "mailers" with priority 5',
      ].join("\n"),
    );
  });

  it("looks at tags, among others that a job may have", async () => {
    const deferred = (): Promise<unknown> => Sum.set({ tags: ["billing", "march"] }).defer(1, 2);

    await assertEnqueuedWith({ command: Sum, tags: ["march"] }, deferred);
    const error = await rejection(
      assertEnqueuedWith({ command: Sum, tags: ["april", "billing"] }, deferred),
    );

    expect(error.message).toBe(
      [
        'Expected Sum tagged "april", "billing" to be enqueued, found another:',
        '  Sum(1, 2) in queue "default" tagged "billing", "march"',
      ].join("\n"),
    );
    expect(error).toMatchObject({
      actual: { command: "Sum", tags: ["billing", "march"] },
      expected: { command: "Sum", tags: ["april", "billing"] },
    });
  });

  it("refuses tags in one text", async () => {
    await expect(assertEnqueuedWith({ tags: "a" as never }, () => {})).rejects.toThrow(
      new TypeError('Cannot use "a" as tags in assertEnqueuedWith: give an array of strings'),
    );
  });

  it("fails with what differs, as the test runner shows it", async () => {
    const error = await rejection(
      assertEnqueuedWith(
        { command: Store, args: [{ a: 1, b: expect.anything() }], queue: "low" },
        () => Store.defer({ a: 2, b: 3 }),
      ),
    );

    expect(error).toMatchObject({
      expected: { command: "Store", args: [{ a: 1, b: expect.anything() }], queue: "low" },
      actual: { command: "Store", args: [{ a: 2, b: 3 }], queue: "default" },
      operator: "assertEnqueuedWith",
    });
    expect(error.message).toBe(
      'Expected Store({ a: 1, b: Anything }) in queue "low" to be enqueued, found another:\n' +
        '  Store({ a: 2, b: 3 }) in queue "default"',
    );
  });

  it("shows MandateJob's arguments as they are on the wire", async () => {
    const error = await rejection(
      assertEnqueuedWith({ job: MandateJob, args: ["Product", 1, 2] }, () => Sum.defer(1, 2)),
    );

    expect(error).toMatchObject({
      expected: { job: "MandateJob", args: ["Product", 1, 2] },
      actual: { job: "MandateJob", args: ["Sum", 1, 2] },
    });
  });

  it("fails with nothing else where nothing was enqueued", async () => {
    const error = await rejection(assertEnqueuedWith({}, () => {}));

    expect(error).toMatchObject({
      message: "Expected any job to be enqueued, found no job",
      actual: undefined,
    });
  });

  it("refuses an expectation that cannot be met", async () => {
    const wrong = [
      { command: class Wrong {} as never },
      { job: 1 as never },
      { args: "Ada" as never },
      { at: 5 as never },
    ];

    const messages = await Promise.all(
      wrong.map(async (expected) => (await rejection(assertEnqueuedWith(expected))).message),
    );

    expect(messages).toEqual([
      "Cannot use Wrong as command of assertEnqueuedWith: give a command, a job, or its name",
      "Cannot use 1 as job of assertEnqueuedWith: give a command, a job, or its name",
      'Cannot use "Ada" as args of assertEnqueuedWith: give an array',
      'Cannot use 5 as at of assertEnqueuedWith: give a Date, or within("1 second").of(date)',
    ]);
    await expect(assertEnqueuedWith({ arguments: [] } as object)).rejects.toThrow(
      UnknownOptionError,
    );
    await expect(assertEnqueuedWith({ command: Store, args: [() => 1] })).rejects.toThrow(
      SerializationError,
    );
    await expect(assertEnqueuedWith({}, 5 as never)).rejects.toThrow(
      "Cannot use 5 in assertEnqueuedWith: give a function",
    );
  });
});

describe("assertNotEnqueuedWith", () => {
  it("passes where none is so, and shows the one that is", async () => {
    await assertNotEnqueuedWith({ command: Sum, args: [1, 2] });
    await assertNotEnqueuedWith({ command: Sum, args: [1, 2] }, () => Sum.defer(1, 3));

    const error = await rejection(
      assertNotEnqueuedWith({ command: Sum, args: [1, 2] }, () => Sum.defer(1, 2)),
    );

    expect(error.message).toBe(
      'Expected Sum(1, 2) not to be enqueued, found:\n  Sum(1, 2) in queue "default"',
    );
    expect(error).toHaveProperty("operator", "assertNotEnqueuedWith");
  });
});

describe("assertEnqueuedJobs", () => {
  it("counts what its block enqueues", async () => {
    await Nothing.defer();

    await assertEnqueuedJobs(2, async () => {
      await Nothing.defer();
      await Sum.defer(1, 2);
    });
  });

  it("counts what waits, without a block", async () => {
    await Nothing.defer();
    await Nothing.defer({ wait: 60 });
    await assertEnqueuedJobs(2);

    await performEnqueuedJobs();

    await assertEnqueuedJobs(0);
  });

  it("counts those that were performed since", async () => {
    await assertEnqueuedJobs(1, () => performEnqueuedJobs(() => Nothing.defer()));
    await assertEnqueuedJobs(1, () => inline(() => Nothing.defer()));
  });

  it("counts a requeue: the original, and the requeued", async () => {
    await assertEnqueuedJobs(2, () => performEnqueuedJobs(() => Again.defer()));

    await assertEnqueuedJobs(1, { only: Again });
  });

  it("picks jobs by class, name and queue", async () => {
    const block = async () => {
      await Nothing.defer();
      await Sum.defer(1, 2);
      await Welcome.defer(new User(1));
      await CleanUp.set({ queue: "mailers" }).performLater("tmp");
    };

    await assertEnqueuedJobs(1, { only: Nothing }, block);
    await assertEnqueuedJobs(2, { only: [Nothing, "CleanUp"] }, block);
    await assertEnqueuedJobs(3, { only: MandateJob }, block);
    await assertEnqueuedJobs(3, { except: Sum }, block);
    await assertEnqueuedJobs(2, { queue: "mailers" }, block);
    await assertEnqueuedJobs(1, { queue: "mailers", except: ["CleanUp"] }, block);
  });

  it("takes no second job of one jid for a job", async () => {
    await assertEnqueuedJobs(1, async () => {
      const { id } = await Nothing.defer();
      await Nothing.defer({ jid: id });
    });
  });

  it("counts for each of the blocks around", async () => {
    await assertEnqueuedJobs(3, async () => {
      await Nothing.defer();
      await assertEnqueuedJobs(2, async () => {
        await Nothing.defer();
        await assertEnqueuedWith({ command: Sum }, () => Sum.defer(1, 2));
      });
    });
  });

  it("tells blocks that run side by side apart", async () => {
    await Promise.all([
      assertEnqueuedJobs(1, async () => {
        await Promise.resolve();
        await Nothing.defer();
      }),
      assertEnqueuedJobs(2, async () => {
        await Nothing.defer();
        await Promise.resolve();
        await Nothing.defer();
      }),
    ]);
  });

  it("fails with what was enqueued", async () => {
    await Nothing.defer({ wait: 60, jid: "a1" });

    const error = await rejection(
      assertEnqueuedJobs(3, { only: [Sum, Again] }, async () => {
        await performEnqueuedJobs(() => Again.defer());
        await Greetings.defer();
      }),
    );

    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toMatchObject({ expected: 3, actual: 2, operator: "assertEnqueuedJobs" });
    expect(error.message.replace(/at \S+,/, "at …,")).toBe(
      [
        "Expected 3 jobs of Sum or Again to be enqueued, found 2:",
        '  Again() in queue "default"',
        '  Again() in queue "default" at …, requeued',
        "Other jobs were enqueued:",
        '  Mail::Greetings() in queue "default"',
      ].join("\n"),
    );
  });

  it("fails with nothing but that where nothing was enqueued", async () => {
    const one = await rejection(assertEnqueuedJobs(1, { queue: "low", except: Sum }, () => {}));
    const two = await rejection(assertEnqueuedJobs(2));

    expect(one.message).toBe('Expected 1 job not of Sum in queue "low" to be enqueued, found none');
    expect(two.message).toBe("Expected 2 jobs to be enqueued, found none");
  });

  it("shows so many jobs as can be read", async () => {
    const error = await rejection(
      assertEnqueuedJobs(1, () =>
        deferAll(Array.from({ length: 22 }, (_, index) => Sum.prepare(index, 0))),
      ),
    );

    const lines = error.message.split("\n");
    expect(lines).toHaveLength(22);
    expect(lines.slice(0, 2)).toEqual([
      "Expected 1 job to be enqueued, found 22:",
      '  Sum(0, 0) in queue "default"',
    ]);
    expect(lines.at(-1)).toBe("  and 2 more");
  });

  it("refuses what it cannot count", async () => {
    await expect(assertEnqueuedJobs(-1)).rejects.toThrow(
      "Cannot use -1 as the number of jobs of assertEnqueuedJobs: give an integer of at least 0",
    );
    await expect(assertEnqueuedJobs(1, { class: Sum } as object)).rejects.toThrow(
      UnknownOptionError,
    );
    await expect(assertEnqueuedJobs(1, { only: Sum, except: Again })).rejects.toThrow(
      "Cannot use both only and except in assertEnqueuedJobs: give one of them",
    );
    await expect(assertEnqueuedJobs(1, {}, {} as never)).rejects.toThrow(
      "Cannot use an object in assertEnqueuedJobs: give a function",
    );
  });
});

describe("assertNoEnqueuedJobs", () => {
  it("passes where nothing is enqueued", async () => {
    await assertNoEnqueuedJobs();
    await assertNoEnqueuedJobs(() => {});
    await assertNoEnqueuedJobs({ only: Sum }, () => Nothing.defer());
    await assertNoEnqueuedJobs({ queue: "low" });
  });

  it("fails with what is enqueued", async () => {
    const error = await rejection(assertNoEnqueuedJobs(() => Sum.defer(1, 2)));

    expect(error.message).toBe(
      'Expected no jobs to be enqueued, found 1:\n  Sum(1, 2) in queue "default"',
    );
    expect(error).toMatchObject({ expected: 0, actual: 1, operator: "assertNoEnqueuedJobs" });
  });
});
