import { Batch, Command, limiter, type Adapter } from "mandate";
import { Worker } from "mandate/worker";
import { TestLease } from "../../src/adapter-contract/test-lease.ts";

/** Long, from right to left, and what a page must not take for its own. */
const MESSAGES = [
  "connect ECONNREFUSED 10.0.4.17:5432 while reading the account's settings; the pool was exhausted for 30,000 ms and 214 callers waited",
  "لم يتم العثور على الحساب 4711 في قاعدة البيانات",
  "Cannot read properties of undefined (reading '<script>')",
];

export class SendInvoice extends Command.initializeWith((order: { id: number; to: string }) => ({
  order,
})) {
  static {
    this.queueAs("invoices");
    this.tags("billing", "eu");
    this.retryIn(() => 3_600);
  }

  call(): void {
    throw new RangeError(MESSAGES[this.order.id % MESSAGES.length]);
  }
}

class ConvertDocument extends Command.initializeWith((file: string, options: object) => ({
  file,
  options,
})) {
  static {
    this.queueAs("documents");
    this.retry(0);
    this.jobOptions({ backtrace: 20 });
  }

  call(): void {
    throw new TypeError(`unsupported page size in ${this.file}`);
  }
}

class ImportRow extends Command.initializeWith((row: number) => ({ row })) {
  static {
    this.keepFinished("1 day");
  }

  call(): void {}
}

class LoadRow extends Command.initializeWith((row: number) => ({ row })) {
  static {
    this.queueAs("etl");
  }

  call(): void {}
}

class SyncAccount extends Command.initializeWith((account: string) => ({ account })) {
  static {
    this.queueAs("sync");
    this.unique();
    this.limitConcurrency({ to: 1, group: "crm" });
    this.recurring("every day at 8am Europe/Amsterdam", {
      key: "nightly-sync",
      args: ["all"],
      description: "Brings the CRM up to date",
    });
  }

  call(): void {}
}

/** A store as it is on a busy day: some of everything. */
export async function fillStore(adapter: Adapter): Promise<{ close(): Promise<void> }> {
  for (let id = 0; id < 24; id += 1) await SendInvoice.defer({ id, to: `user${id}@example.org` });
  for (let id = 0; id < 7; id += 1) {
    await ConvertDocument.defer(`reports/2026/quarterly-${id}.pdf`, {
      pages: 40 + id,
      password: "hunter2",
    });
  }
  for (let row = 0; row < 30; row += 1) await ImportRow.defer(row);
  const worker = new Worker({ queues: ["invoices", "documents", "default"], concurrency: 5 });
  await worker.start();
  const done = async (): Promise<boolean> =>
    (await adapter.store.size({ queue: "invoices" })) === 0 &&
    (await adapter.store.size({ queue: "documents" })) === 0 &&
    (await adapter.store.running()).length === 0;
  while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
  await worker.stop();

  const extract = await LoadRow.defer(1);
  await Batch.create({ description: "Import of customers.csv" }, async () => {
    const rows = [];
    for (let row = 0; row < 4; row += 1) {
      rows.push(await LoadRow.defer(row, { prereqJobs: [extract] }));
    }
    await SyncAccount.defer("after-import", { prereqJobs: rows });
  });
  for (const account of ["acme", "globex", "initech"]) await SyncAccount.defer(account);
  for (let id = 0; id < 8; id += 1) {
    await SendInvoice.defer({ id, to: `user${id}@example.org` }, { wait: `${id + 1} hours` });
  }
  await SendInvoice.set({ queue: "reports" }).defer({ id: 1, to: "a@example.org" });
  await adapter.store.pause("reports");
  await limiter.window("stripe", { to: 100, per: "1 minute" }).within(() => undefined);
  const lease = await TestLease.open(adapter, {
    identity: "web-1:4711:abc",
    ttl: 3_600,
    info: {
      hostname: "worker-1.eu-west",
      pid: 4711,
      tag: "shop",
      startedAt: Date.now() / 1000 - 86_400,
      concurrency: 10,
      queues: [
        ["sync", 5],
        ["etl", 1],
      ],
    },
  });
  await lease.exchange([], { queues: ["etl", "sync"], limit: 2 });
  return { close: () => lease.close() };
}
