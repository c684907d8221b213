import { Batch, Command } from "mandate";
import { performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { describe, expect, it } from "vitest";

const pushed: string[] = [];
const push = (text: string): void => void pushed.push(text);

class Total extends Command.initializeWith((orderId: number) => ({ orderId })) {
  call(): void {
    push(`total of ${this.orderId}`);
  }
}

class SendReceipt extends Command.initializeWith((order: number) => ({ order })) {
  call(): void {
    push(`receipt of ${this.order}`);
  }
}

class Report extends Command {
  async call(): Promise<void> {
    const status = await this.batch?.status();
    push(`report: ${status?.done} of ${status?.total}`);
  }
}

describe("batches", () => {
  it("are as Sidekiq Pro's", async () => {
    using _ = useTestAdapter();
    const orderIds = [1, 2];

    const batch = await Batch.create(
      { onSuccess: SendReceipt.prepare(7), onComplete: Report.prepare() },
      async () => {
        for (const id of orderIds) await Total.defer(id);
      },
    );

    await performEnqueuedJobs();
    expect(pushed).toEqual(["total of 1", "total of 2", "report: 2 of 2", "receipt of 7"]);
    expect((await batch.status()).succeededAt).toBeInstanceOf(Date);
  });

  it("are waited for, and cancelled", async () => {
    using _ = useTestAdapter();
    const onComplete = Report.set({ queue: "callbacks" }).prepare();
    const batch = await Batch.create({ onComplete }, () => Total.defer(3));
    const timeout = "1 minute";

    expect(await batch.cancel()).toBe(true);

    expect((await batch.completed({ timeout })).cancelledAt).toBeInstanceOf(Date);
  });
});
