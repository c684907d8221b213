import {
  byValue,
  Command,
  configure,
  deferAll,
  deferAfter,
  globalId,
  Job,
  performAllLater,
  silentLogger,
} from "mandate";
import {
  assertEnqueuedWith,
  enqueuedJobs,
  performedJobs,
  interruptJobDuringStep,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { beforeEach, expect, it, vi } from "vitest";

const done: string[] = [];
const push = (text: string) => void done.push(text);
const mail = push;
const importFile = async (file: string) => push(file);

class HardJob extends Job {
  perform(name: string, count: number) {
    this.logger.info({ count }, `works hard for ${name}`);
  }
}

class SendReceipt extends Command.initializeWith((orderId: number, copies = 1) => ({
  orderId,
  copies,
})) {
  call() {
    return `receipt of order ${this.orderId}, ${this.copies} times`;
  }
}

class ImportJob extends Job {
  static {
    this.queueAs("low");
    this.retry(5);
    this.tags("import", "nightly");
    this.jobOptions({ dead: false, backtrace: 20, retryQueue: "retries", retryFor: "2 days" });
  }

  async perform(file: string) {
    await importFile(file);
  }
}

class OtherJob extends Job {
  static override readonly jobName = "Reports::OtherJob"; // what the worker that has it calls it

  perform(_id: number): void {
    throw new Error("runs in another program");
  }
}

class Total extends Command.initializeWith((orderId: number) => ({ orderId })) {
  static {
    this.queueAs("low");
  }

  call() {
    done.push(`total of ${this.orderId}`);
  }
}

class ImportRowsJob extends Job {
  perform(file: string, rows: readonly { name: string }[]) {
    done.push(`${file}: ${rows.map(({ name }) => name).join()}`);
  }
}

class User {
  constructor(readonly id: number) {}
}
globalId.register(User, { find: (id) => new User(Number(id)) }); // your query

class WelcomeUser extends Command.initializeWith((user: User) => ({ user })) {
  call() {
    mail(`welcomes user ${this.user.id}`);
  }
}

class PushQuote extends Command.initializeWith((symbol: string) => ({ symbol })) {
  static {
    this.expiresIn("1 hour"); // or for one job: { expiresIn: "5 minutes" }
  }

  call() {
    push(`quote of ${this.symbol}`);
  }
}

class SyncAccount extends Command.initializeWith((accountId: number) => ({ accountId })) {
  static {
    this.unique({ ttl: "10 minutes" });
  }

  call() {
    push(`synced ${this.accountId}`);
  }
}

class Reindex extends Command {
  async call() {
    await this.iterate("products", productsAfter, (product) => index(product));
  }
}

interface Product {
  readonly id: number;
}
const products: Product[] = [1, 2, 3, 4, 5].map((id) => ({ id }));
async function* productsAfter(lastId = 0): AsyncIterable<readonly [Product, number]> {
  for (const product of products.filter(({ id }) => id > lastId)) yield [product, product.id];
}
const index = ({ id }: Product) => void done.push(`indexed ${id}`);

configure({ logger: silentLogger });
beforeEach(() => {
  done.length = 0;
  useTestAdapter();
});

it("enqueues", async () => {
  await HardJob.performAsync("bob", 5);
  await HardJob.performIn("5 minutes", "bob", 5);
  await HardJob.performAt(new Date("2030-01-01T08:00:00Z"), "bob", 5);

  expect(enqueuedJobs(HardJob).map(({ scheduledAt }) => scheduledAt !== undefined)).toEqual([
    false,
    true,
    true,
  ]);
  await performEnqueuedJobs();
  expect(performedJobs(HardJob)).toHaveLength(3);
});

it("calls inline, and defers", async () => {
  console.log(SendReceipt.call(7)); // now, here: what call() returns
  const job = await SendReceipt.defer(7); // in a worker
  await SendReceipt.defer(7, 2, { wait: "5 minutes" }); // options follow the arguments
  await SendReceipt.set({ waitUntil: new Date("2030-01-01T08:00:00Z") }).defer(7);
  console.log(job.id); // the jid

  expect(SendReceipt.call(7, 2)).toBe("receipt of order 7, 2 times");
  expect(job.id).toMatch(/^[0-9a-f]{24}$/);
  expect(enqueuedJobs(SendReceipt)).toHaveLength(3);
});

it("sets", async () => {
  await ImportJob.set({ queue: "critical", tags: ["by hand"] }).performAsync("a.csv");

  const [job] = enqueuedJobs(ImportJob);
  expect(job?.record).toMatchObject({
    queue: "critical",
    retry: 5,
    dead: false,
    backtrace: 20,
    retry_queue: "retries",
    retry_for: 172_800,
    tags: ["import", "nightly", "by hand"],
  });
});

it("performs what was set", async () => {
  await performEnqueuedJobs(() => ImportJob.performAsync("a.csv"));
  await performEnqueuedJobs(() => SyncAccount.defer(7));

  expect(done).toEqual(["a.csv", "synced 7"]);
});

it("says what is meant by Sidekiq's names", () => {
  const options = { retry_queue: "low" };

  expect(() => ImportJob.jobOptions(options as object)).toThrow(/retryQueue/);
});

it("enqueues in bulk", async () => {
  await performAllLater([1, 2, 3].map((count) => HardJob.prepare("bob", count)));
  await deferAll([SendReceipt.prepare(7), Total.set({ wait: "1 hour" }).prepare(7)]);

  expect(enqueuedJobs()).toHaveLength(5);
});

it("enqueues for another program", async () => {
  await OtherJob.set({ queue: "reports" }).performAsync(42);

  expect(enqueuedJobs()[0]?.record).toMatchObject({
    class: "Reports::OtherJob",
    args: [42],
    queue: "reports",
  });
});

it("takes records", async () => {
  const user = new User(7);
  await WelcomeUser.defer(user); // as gid://app/User/7

  expect(enqueuedJobs()[0]?.record.args).toEqual(["WelcomeUser", "gid://app/User/7"]);
  await performEnqueuedJobs();
  expect(done).toEqual(["welcomes user 7"]);
});

it("takes copies of rows", async () => {
  const rows = [{ id: 1, name: "tea" }];
  await ImportRowsJob.performAsync("a.csv", rows.map(byValue)); // copies, as they are now
  await performEnqueuedJobs();

  expect(done).toEqual(["a.csv: tea"]);
});

it("holds back until a transaction is committed", async () => {
  const database = { transaction: <Output>(work: () => Promise<Output>) => work() };
  const order = { id: 7 };
  await deferAfter(() =>
    database.transaction(async () => {
      await SendReceipt.defer(order.id); // enqueued once this is committed
    }),
  );

  expect(enqueuedJobs(SendReceipt)).toHaveLength(1);
});

it("lets a job be too late", async () => {
  await performEnqueuedJobs(() => PushQuote.defer("AAPL"));
  expect(done).toEqual(["quote of AAPL"]);

  await PushQuote.defer("MSFT");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7_200_000 });
  await performEnqueuedJobs();
  vi.useRealTimers();

  expect(done).toEqual(["quote of AAPL"]);
});

it("makes no second job of a unique one", async () => {
  const first = await SyncAccount.defer(42);
  const second = await SyncAccount.defer(42); // no second job
  console.log(second.isDuplicate, second.id === first.id); // true true

  expect(first.id).toBe(second.id);
  expect(enqueuedJobs(SyncAccount)).toHaveLength(1);
});

it("goes on where it was", async () => {
  await Reindex.defer();
  await interruptJobDuringStep({ command: Reindex, step: "products", cursor: 3 }, () =>
    performEnqueuedJobs(),
  );
  expect(done).toEqual([1, 2, 3].map((id) => `indexed ${id}`));

  await performEnqueuedJobs();

  expect(done).toEqual([1, 2, 3, 4, 5].map((id) => `indexed ${id}`));
});

it("waits for others", async () => {
  const orderIds = [1, 2];
  const jobs = await deferAll(orderIds.map((id) => Total.prepare(id)));
  const prereqJobs = jobs.filter((job) => job !== undefined);
  await SendReceipt.set({ prereqJobs, prereqFailure: "cancel" }).defer(7); // on success of all
  await HardJob.set({ prereqJobs }).performAsync("report", 2); // on complete, however they ended

  await assertEnqueuedWith({ job: HardJob, args: ["report", 2] });
  await performEnqueuedJobs({ drain: true });
  expect(done).toEqual(["total of 1", "total of 2"]);
  expect(performedJobs(HardJob)).toHaveLength(1);
  expect(performedJobs(SendReceipt)).toHaveLength(1);
});
