import { Batch, Command, MemoryAdapter } from "mandate";
import { useTestAdapter } from "mandate/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Batches } from "../../src/adapters/batches.ts";
import { onEachEngine } from "../guards/guard-rig.ts";

class Work extends Command {
  call() {}
}

function stopTimers(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

describe("completed", () => {
  onEachEngine((open) => {
    it("hears it of the store, and many ask no more than one", async () => {
      const rig = await open();
      const batches = rig.adapter.batches as Batches;
      const read = vi.spyOn(batches, "read");
      const batch = await Batch.create({}, () => Work.defer());
      // Nobody looks by the time.
      stopTimers();
      const waiting = Array.from({ length: 1_000 }, () => batch.completed());
      await expect.poll(() => read.mock.calls.length).toBe(1);

      await rig.work();
      const statuses = await Promise.all(waiting);

      expect(new Set(statuses.map(({ done }) => done))).toEqual(new Set([1]));
      expect(read.mock.calls.length).toBeLessThan(5);
    });

    it("sees what is complete already", async () => {
      await open();
      const batch = await Batch.create({}, () => undefined);

      expect((await batch.completed()).succeededAt).toBeInstanceOf(Date);
    });
  });

  it("looks now and then, should a message get lost", async () => {
    using _ = useTestAdapter();
    const adapter = new MemoryAdapter();
    const { batches } = adapter;
    const listening = { ready: Promise.resolve(), stop: () => undefined };
    vi.spyOn(batches, "listen").mockReturnValue(listening);
    await batches.open({ id: "b", text: "{}", seconds: 60, keep: 60 });
    stopTimers();
    const waiting = new Batch("b", adapter).completed();
    await batches.close("b");

    await vi.advanceTimersByTimeAsync(5_000);

    expect((await waiting).open).toBe(false);
  });

  it("goes on while the store is away, and says so if it stays away", async () => {
    using _ = useTestAdapter();
    const adapter = new MemoryAdapter();
    const { batches } = adapter;
    await batches.open({ id: "b", text: "{}", seconds: 60, keep: 60 });
    const away = vi.spyOn(batches, "read").mockRejectedValue(new Error("away"));
    const batch = new Batch("b", adapter);

    await expect(batch.completed({ timeout: 0.05 })).rejects.toThrow(
      "Cannot wait for batch b any longer: after 0.05 s its store does not answer. " +
        "Look at its status(), and whether workers run",
    );
    const waiting = batch.completed({ timeout: 30 });
    away.mockRestore();
    await batches.close("b");

    expect((await waiting).completedAt).toBeInstanceOf(Date);
  });

  it("ends where its signal is aborted meanwhile", async () => {
    using _ = useTestAdapter();
    const batch = await Batch.create({}, () => Work.defer());
    const ending = new AbortController();

    const waiting = batch.completed({ signal: ending.signal });
    ending.abort("enough");

    await expect(waiting).rejects.toBe("enough");
  });
});
