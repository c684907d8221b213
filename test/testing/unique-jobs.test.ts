import { beforeEach, describe, expect, it } from "vitest";
import { Command, deferAll } from "mandate";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  assertNoEnqueuedJobs,
  assertPerformedJobs,
  enqueuedJobs,
  performEnqueuedJobs,
  travel,
  useTestAdapter,
} from "mandate/testing";

const ran: string[] = [];

class Sync extends Command.initializeWith((id: number, text = "") => ({ id, text })) {
  static {
    this.unique({ by: (id) => id });
  }

  call(): void {
    ran.push(`${this.id} ${this.text}`);
  }
}

class Index extends Command.initializeWith((id: number, text: string) => ({ id, text })) {
  static {
    this.debounce("5 seconds", { by: (id) => id });
  }

  call(): void {
    ran.push(this.text);
  }
}

describe("unique jobs in a test", () => {
  beforeEach(() => {
    useTestAdapter();
    ran.length = 0;
  });

  it("are enqueued once", async () => {
    await assertEnqueuedJobs(2, () =>
      deferAll([Sync.prepare(1), Sync.prepare(1, "again"), Sync.prepare(2)]),
    );

    await assertNoEnqueuedJobs(() => Sync.defer(1));
    await assertEnqueuedWith({ command: Sync, args: [1] });
    await expect(
      assertEnqueuedWith({ command: Sync, args: [1, "again"] }, () => Sync.defer(1, "again")),
    ).rejects.toThrow("Expected");
  });

  it("are one job with the last arguments, where one replaces another", async () => {
    await Index.defer(1, "before");

    await assertEnqueuedWith({ command: Index, args: [1, "c"] }, async () => {
      await assertEnqueuedJobs(1, async () => {
        for (const text of ["a", "b", "c"]) await Index.defer(1, text);
      });
    });

    expect(enqueuedJobs(Index).map((job) => job.arguments[1])).toEqual(["c"]);
  });

  it("let go of their keys when they are performed", async () => {
    await Sync.defer(1);
    await performEnqueuedJobs();

    await assertPerformedJobs(2, () =>
      performEnqueuedJobs(async () => {
        await Sync.defer(1, "second");
        await Sync.defer(1, "third");
      }),
    );

    expect(ran).toEqual(["1 ", "1 second", "1 third"]);
  });

  it("are performed once so long after the last call as time passes", async () => {
    await Index.defer(1, "a");
    await travel("3 seconds");
    await Index.defer(1, "b");
    await travel("3 seconds");
    expect(ran).toEqual([]);

    await travel("3 seconds");

    expect(ran).toEqual(["b"]);
  });
});
