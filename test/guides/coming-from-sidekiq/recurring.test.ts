import { Command, configure, MemoryAdapter, recurring, silentLogger } from "mandate";
import { Worker } from "mandate/worker";
import { expect, it, onTestFinished } from "vitest";

const Session = { deleteExpired: () => Promise.resolve() };

class CleanUp extends Command {
  static {
    this.recurring("0 4 * * *");
  }

  call() {
    return Session.deleteExpired();
  }
}

it("is defined by a worker that knows the class", async () => {
  configure({ adapter: new MemoryAdapter(), logger: silentLogger });
  const worker = new Worker({ queues: ["default"] });
  onTestFinished(() => worker.stop());

  await worker.start();

  const key = CleanUp.name;
  await expect
    .poll(() =>
      recurring
        .job(key)
        .read()
        .catch(() => undefined),
    )
    .toBeDefined();
  const [next] = (await recurring.job(key).read()).nextRuns(1, new Date("2026-03-01T12:00:00Z"));
  expect(next?.toISOString()).toBe("2026-03-02T04:00:00.000Z");
});
