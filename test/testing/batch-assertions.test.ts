import { Batch, Command } from "mandate";
import { assertBatch, performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { describe, expect, it } from "vitest";

class Row extends Command.initializeWith((row: number) => ({ row })) {
  call() {}
}

const seen: string[] = [];

class Note extends Command.initializeWith((text: string) => ({ text })) {
  call() {
    seen.push(this.text);
  }
}

describe("assertBatch", () => {
  it("returns the batch that its block creates", async () => {
    using _ = useTestAdapter();
    let created: Batch | undefined;

    const batch = await assertBatch({ description: "rows", total: 1, done: 0 }, async () => {
      created = await Batch.create({ description: "rows" }, () => Row.defer(1));
    });

    expect(batch.id).toBe(created?.id);
  });

  it("finds one after its callbacks were performed", async () => {
    using _ = useTestAdapter();
    seen.length = 0;
    await Batch.create({ onSuccess: Note.prepare("success") }, () => Row.defer(1));

    await performEnqueuedJobs();

    expect(seen).toEqual(["success"]);
    await assertBatch({ done: 1, pending: 0, dead: 0, open: false });
  });

  it("shows those that there are where none is as expected", async () => {
    using _ = useTestAdapter();
    const batch = await Batch.create({ description: "rows" }, () => Row.defer(1));

    await expect(assertBatch({ total: 2 })).rejects.toThrow(
      `Expected a batch with total 2, found:\n  ${batch.id} description "rows", total 1, pending 1, ` +
        "done 0, failed 0, dead 0, open false, incomplete false, children 0",
    );
    await expect(assertBatch({}, () => undefined)).rejects.toThrow("Expected a batch, found none");
  });
});
