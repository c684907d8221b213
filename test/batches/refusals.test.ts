import {
  Batch,
  BatchCancelledError,
  BatchClosedError,
  BatchTimeoutError,
  Command,
  deferAfter,
  MemoryAdapter,
} from "mandate";
import { travel, useTestAdapter } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { batchesOf } from "../../src/batches/store.ts";

class Work extends Command.initializeWith((name: string) => ({ name })) {
  call() {}
}

function refused(id: string, why: string, remedy: string): BatchClosedError {
  return new BatchClosedError(id, why, remedy);
}

describe("Batch.create", () => {
  it.each([
    [{ description: 7 }, "Cannot use 7 as description in Batch.create: give a text"],
    [
      { keepOpen: true, atomic: true },
      "Cannot keep a batch open whose jobs are sent all at once: leave keepOpen or atomic out",
    ],
    [
      { onSuccess: Work },
      "Cannot use a function as onSuccess of a batch: give what prepare() returned",
    ],
    [
      { onDone: 1 },
      'Cannot use option "onDone" in the options of Batch.create: there is no such option.',
    ],
  ])("refuses %j", async (options, message) => {
    using _ = useTestAdapter();

    await expect(Batch.create(options as never, () => undefined)).rejects.toThrow(message);
  });

  it("refuses to be without a block, unless it is kept open", async () => {
    using _ = useTestAdapter();

    await expect(Batch.create({})).rejects.toThrow(
      "Cannot use undefined in Batch.create: give a function that defers its jobs",
    );
  });

  it("refuses a callback that was enqueued, or waits for others", async () => {
    using _ = useTestAdapter();
    const done = await Work.defer("a");
    const waiting = Work.set({ prereqJobs: [done] }).prepare("b");

    await expect(Batch.create({ onDeath: done as never }, () => undefined)).rejects.toThrow(
      `Cannot use Work ${done.id} as onDeath of a batch: it was enqueued already. Prepare another`,
    );
    await expect(Batch.create({ onDeath: waiting }, () => undefined)).rejects.toThrow(
      `Cannot use Work ${waiting.id} as onDeath of a batch: it waits for other jobs. ` +
        "A callback waits for its batch alone: leave prereqJobs out, and add those jobs to the batch",
    );
  });

  it("refuses to be inside of a deferAfter", async () => {
    using _ = useTestAdapter();

    await expect(deferAfter(() => Batch.create({}, () => undefined))).rejects.toThrow(
      "Cannot create a batch inside of deferAfter: its jobs would come when the batch is closed already. " +
        "Do it once the deferAfter has resolved",
    );
  });

  it("says so where its opening has run out meanwhile", async () => {
    using _ = useTestAdapter();
    let id = "";

    const creating = Batch.create({}, async (batch) => {
      ({ id } = batch);
      await Work.defer("a");
      await travel("2 minutes");
    });

    await expect(creating).rejects.toThrow(
      "it was open for a minute without a word from here, and is closed as incomplete. " +
        "Block the event loop for less long while it is filled",
    );
    expect(await (await Batch.find(id))?.status()).toMatchObject({ incomplete: true });
  });

  it("may be closed, or cancelled, in its block", async () => {
    using _ = useTestAdapter();

    const closed = await Batch.create({}, (batch) => batch.close());
    expect((await closed.status()).incomplete).toBe(false);
    let id = "";
    const cancelled = Batch.create({}, async (batch) => {
      ({ id } = batch);
      await batch.cancel();
      await Work.defer("a");
    });

    const error: unknown = await cancelled.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BatchCancelledError);
    expect((error as Error).message).toBe(
      `Cannot add to batch ${id}: it was cancelled. Make another with Batch.create`,
    );
  });

  it("needs a store that keeps batches", () => {
    expect(() => batchesOf({ name: "small" })).toThrow(
      'Cannot use batches: the adapter "small" keeps none. Use one that does',
    );
  });
});

describe("a batch", () => {
  it("takes nothing once it is closed, over or unknown", async () => {
    using _ = useTestAdapter();
    const closed = await Batch.create({}, () => Work.defer("a"));
    const over = await Batch.create({}, () => undefined);
    const unknown = new Batch("unknown", new MemoryAdapter());

    await expect(closed.add(() => Work.defer("b"))).rejects.toThrow(
      refused(
        closed.id,
        "it is closed",
        "Add in one of its jobs, by this.batch.add, or create it with { keepOpen: true }",
      ),
    );
    await expect(over.add(() => Work.defer("b"))).rejects.toThrow(
      refused(over.id, "it is over", "Make another with Batch.create"),
    );
    await expect(unknown.status()).rejects.toThrow(
      refused(
        "unknown",
        "there is none, or it ended more than 30 days ago",
        "Make another with Batch.create",
      ),
    );
    await expect(unknown.completed()).rejects.toThrow(BatchClosedError);
    await expect(Batch.create({ parent: "unknown" }, () => undefined)).rejects.toThrow(
      BatchClosedError,
    );
  });

  it("is waited for no longer than was asked for", async () => {
    using _ = useTestAdapter();
    const batch = await Batch.create({}, () => Work.defer("a"));

    const waiting = batch.completed({ timeout: 0.05 });

    await expect(waiting).rejects.toThrow(
      `Cannot wait for batch ${batch.id} any longer: after 0.05 s it is not complete. ` +
        "Look at its status(), and whether workers run",
    );
    await expect(waiting).rejects.toThrow(BatchTimeoutError);
    await expect(batch.completed({ signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  });

  it("is its id where it is made text", async () => {
    using _ = useTestAdapter();
    const batch = await Batch.create({}, () => undefined);

    expect([String(batch), JSON.stringify(batch)]).toEqual([batch.id, `"${batch.id}"`]);
    expect(batch.id).toMatch(/^[\da-z]{12}$/);
  });

  it("does not belong to the one around where it says so", async () => {
    using _ = useTestAdapter();
    let inner: Batch | undefined;
    let beside: Batch | undefined;

    const outer = await Batch.create({}, async () => {
      inner = await Batch.create({}, () => Work.defer("a"));
      beside = await Batch.create({ parent: false }, () => Work.defer("b"));
    });

    expect((await inner?.status())?.parent).toBe(outer.id);
    expect((await beside?.status())?.parent).toBeUndefined();
    expect((await outer.status()).children).toBe(1);
  });
});
