import { configure, deadSet, MemoryAdapter } from "mandate";
import {
  assertEnqueuedWith,
  assertRetried,
  drainEnqueuedJobs,
  enqueuedJobs,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
} from "mandate/testing";
import { startWorker } from "mandate/worker";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { repositoryFiles } from "../../repository/source-files.ts";
import {
  Current,
  failures,
  held,
  log,
  Money,
  orders,
  PaymentsUnavailableError,
  posts,
  PushUnavailableError,
  responses,
  SmtpBusyError,
  StorageFullError,
  tenants,
  TokenGoneError,
  users,
} from "./application.ts";
import { ArchiveOrdersJob } from "./jobs/archive-orders-job.ts";
import { AuditJob } from "./jobs/audit-job.ts";
import { ChargeSubscriptionJob } from "./jobs/charge-subscription-job.ts";
import { CleanupUploadsJob } from "./jobs/cleanup-uploads-job.ts";
import { CloseAccountJob } from "./jobs/close-account-job.ts";
import { DeleteOrdersJob } from "./jobs/delete-orders-job.ts";
import { DeliverInvoiceJob } from "./jobs/deliver-invoice-job.ts";
import { DeliverWebhookJob } from "./jobs/deliver-webhook-job.ts";
import { FinishImportJob } from "./jobs/finish-import-job.ts";
import { GenerateExportJob } from "./jobs/generate-export-job.ts";
import { GeocodeAddressJob } from "./jobs/geocode-address-job.ts";
import { ImportCsvJob } from "./jobs/import-csv-job.ts";
import { ImportRowsJob } from "./jobs/import-rows-job.ts";
import { LegacyReportJob } from "./jobs/legacy-report-job.ts";
import { NightlyRollupJob } from "./jobs/nightly-rollup-job.ts";
import { NotifyFollowersJob } from "./jobs/notify-followers-job.ts";
import { ProcessImageJob } from "./jobs/process-image-job.ts";
import { PublishPostJob } from "./jobs/publish-post-job.ts";
import { PushNotificationJob } from "./jobs/push-notification-job.ts";
import { RecalculateTotalsJob } from "./jobs/recalculate-totals-job.ts";
import { RefreshSearchJob } from "./jobs/refresh-search-job.ts";
import { RefundOrderJob } from "./jobs/refund-order-job.ts";
import { ReindexProductsJob } from "./jobs/reindex-products-job.ts";
import { RollupAccountJob } from "./jobs/rollup-account-job.ts";
import { SendWelcomeEmailJob } from "./jobs/send-welcome-email-job.ts";
import { SyncCrmContactJob } from "./jobs/sync-crm-contact-job.ts";
import { WarmCacheJob } from "./jobs/warm-cache-job.ts";

const [ada, bob] = users as [(typeof users)[0], (typeof users)[0]];
const [order] = orders as [(typeof orders)[0]];

beforeEach(() => {
  useTestAdapter();
  log.length = 0;
  failures.length = 0;
  responses.length = 0;
});
afterEach(() => vi.useRealTimers());

/** Performs what waits; what a job throws is looked at by the test. */
const perform = () => performEnqueuedJobs().catch((error: unknown) => error);

it("has a port of each of Rails's jobs", () => {
  const stems = (extension: string) =>
    repositoryFiles(`test/guides/rails-app/jobs/*.${extension}`).map(({ path }) =>
      path.replace(/\.\w+$/, "").replaceAll("_", "-"),
    );

  expect(stems("rb").length).toBeGreaterThan(24);
  expect(stems("ts")).toEqual(stems("rb"));
});

describe("of Active Job", () => {
  it("welcomes a user, later where the mail server is busy", async () => {
    failures.push(["welcome", new SmtpBusyError("450")]);
    await SendWelcomeEmailJob.performLater(ada);
    await perform();
    assertRetried(SendWelcomeEmailJob, { in: 3, count: 1 });

    await perform();
    expect(log).toEqual(["welcome to Ada"]);
    expect(performedJobs(SendWelcomeEmailJob)[0]?.queueName).toBe("mailers");
  });

  it("delivers an invoice, with a copy", async () => {
    await performEnqueuedJobs(() => DeliverInvoiceJob.performLater(order, { copyTo: "office" }));

    expect(log).toEqual(["invoice 7 to customer and office"]);
  });

  it("tells support of an invoice that cannot be delivered", async () => {
    failures.push(["invoice 7", new SmtpBusyError("450")], ["invoice 7", new SmtpBusyError("450")]);
    await performEnqueuedJobs(() => DeliverInvoiceJob.performLater(order)).catch(() => undefined);

    expect(log).toEqual(["support: DeliverInvoiceJob: Error: 450"]);
  });

  it("notifies each device, and forgets those that are gone", async () => {
    failures.push(
      ["token-a", new PushUnavailableError("503")],
      ["token-b", new TokenGoneError("410")],
    );
    await NotifyFollowersJob.performLater(ada, "hi");
    await performEnqueuedJobs({ only: NotifyFollowersJob });
    await assertEnqueuedWith({ job: PushNotificationJob, args: ["token-a", "hi"], queue: "push" });
    await drainEnqueuedJobs();

    expect(log).toEqual(["forgot token-b", "hi to token-a"]);
  });

  it("processes an image, and removes its file", async () => {
    const job = await ProcessImageJob.performLater({ key: "cat", bytes: 20_000_000 });
    await perform();

    expect(job.queueName).toBe("slow");
    expect(log).toEqual(["put cat-thumb from /tmp/cat", "removed /tmp/cat"]);
  });

  it("generates an export, and has its path", async () => {
    const job = await GenerateExportJob.performLater(2025);
    expect(job.priority).toBe(50);
    await perform();
    expect(await job.result()).toEqual({ path: "exports/2025.csv", rows: 2 });

    failures.push(["storage", new StorageFullError("full")]);
    await GenerateExportJob.performLater(2025);
    await perform();
    expect(log).toEqual(["support: export: full"]);
  });

  it("closes an account once, and says who did it", async () => {
    await Current.run({ user: bob, requestId: "req-1" }, () => CloseAccountJob.performLater(ada));
    await drainEnqueuedJobs();
    expect(log).toEqual(["committed", "closed account of Ada, by Bob in req-1"]);
    expect(performedJobs(AuditJob)).toHaveLength(1);

    expect(await CloseAccountJob.performLater(ada)).toBeUndefined();
    ada.isClosed = false;
  });

  it("publishes a post when it is time, in its latest version", async () => {
    const at = new Date("2030-01-01T08:00:00Z");
    await PublishPostJob.set({ waitUntil: at }).performLater(5, 1);
    await PublishPostJob.set({ waitUntil: at }).performLater(5, 2);
    await assertEnqueuedWith({ job: PublishPostJob, args: [5, 2], at });

    await performEnqueuedJobs({ at });
    expect(posts.get(5)?.isPublished).toBe(true);
  });

  it("recalculates, again after a deadlock, and by priority", async () => {
    const deadlock = Object.assign(new Error("deadlock detected"), { code: "40P01" });
    failures.push(["totals", deadlock]);
    const jobs = [
      await RecalculateTotalsJob.performLater(bob),
      await RecalculateTotalsJob.performLater(ada),
    ];
    expect(jobs.map(({ priority }) => priority)).toEqual([10, 0]);

    await drainEnqueuedJobs();
    expect(log.toSorted()).toEqual(["totals of Ada", "totals of Bob"]);
  });

  it("refunds, or gives up and says so in the order", async () => {
    const amount = new Money(250, "EUR");
    await performEnqueuedJobs(() => RefundOrderJob.performLater(order, amount));
    expect([order.state, ...log]).toEqual(["refunded", "refunded 250 EUR"]);

    const down = new PaymentsUnavailableError("down");
    failures.push(["refund", down], ["refund", down], ["refund", down]);
    await performEnqueuedJobs(() => RefundOrderJob.performLater(order, amount));
    expect(order.state).toBe("refund failed");
  });
});

describe("of Sidekiq", () => {
  const answer = (status: number, headers = {}) => new Response(null, { status, headers });

  it("delivers a webhook by what its server answers", async () => {
    responses.push(answer(503), answer(429, { "retry-after": "120" }), answer(404));
    const deliver = async () => {
      await DeliverWebhookJob.performAsync("https://a.example", { kind: "order.paid" });
      await perform();
    };
    await deliver();
    assertRetried(DeliverWebhookJob, { in: 15 });
    await deliver();
    assertRetried(DeliverWebhookJob, { in: 120 });
    await deliver();

    expect(log).toContain("disabled https://a.example");
    expect(await deadSet().size()).toBe(1);
  });

  it("syncs a contact when it may", async () => {
    responses.push(answer(429, { "retry-after": "30" }));
    const job = await SyncCrmContactJob.performAsync(3);
    await perform();
    expect(await job.status()).toBe("scheduled");

    await perform();
    expect(log).toEqual(["asked /contacts/3", "asked /contacts/3"]);
  });

  it("imports a file in slices, and finishes once all are in", async () => {
    await ImportCsvJob.performAsync("a.csv");
    await drainEnqueuedJobs();

    expect(log).toEqual(["a.csv: 1, 2", "a.csv: 3, 4", "a.csv: 5", "a.csv is imported"]);
    expect(performedJobs(ImportRowsJob)).toHaveLength(3);
    expect(performedJobs(FinishImportJob)).toHaveLength(1);
  });

  it("cleans up, and does not try again", async () => {
    const job = await CleanupUploadsJob.performAsync();
    await perform();

    expect(job.record.retry).toBe(false);
    expect(log).toEqual(["removed uploads"]);
  });

  it("rolls up each account", async () => {
    await NightlyRollupJob.performAsync("2026-11-27");
    await drainEnqueuedJobs();

    expect(log).toEqual([1, 2, 3].map((id) => `rolled up ${id} on 2026-11-27`));
    expect(performedJobs(RollupAccountJob)[0]?.record.retry_for).toBe(21_600);
  });

  it("reindexes page by page", async () => {
    await performEnqueuedJobs(() => ReindexProductsJob.performAsync());

    expect(log).toEqual(["indexed 1, 2", "indexed 3, 4", "indexed 5"]);
  });

  it("warms the cache unless it is too late", async () => {
    await performEnqueuedJobs(() => WarmCacheJob.performAsync("home"));
    await WarmCacheJob.performAsync("late");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7_200_000 });
    await perform();

    expect(log).toEqual(["warmed home"]);
  });

  it("refreshes an index once", async () => {
    await RefreshSearchJob.performAsync("products");
    await RefreshSearchJob.performAsync("products");
    await perform();

    expect(log).toEqual(["refreshed products"]);
  });

  it("locates one address at a time", async () => {
    held.add("geocoder");
    const job = await GeocodeAddressJob.performAsync(4);
    await perform();
    expect(await job.status()).toBe("scheduled");

    held.delete("geocoder");
    await perform();
    expect(log).toEqual(["located 4"]);
  });

  it("charges, or leaves it to a person", async () => {
    configure({ adapter: new MemoryAdapter() }); // death handlers are a worker's
    failures.push(["charge", new Error("declined")]);
    await ChargeSubscriptionJob.performAsync(2);
    await (await startWorker()).drain();
    await ChargeSubscriptionJob.performAsync(1);
    await (await startWorker()).drain();

    expect(log).toEqual(["ChargeSubscriptionJob is dead: Error: declined", "charged 1"]);
    expect(await deadSet().count({ tag: "billing" })).toBe(1);
  });

  it("deletes what was archived", async () => {
    const archived = await ArchiveOrdersJob.performAsync(2025);
    const rule = { prereqJobs: [archived], prereqFailure: "bury" } as const;
    await DeleteOrdersJob.set(rule).performAsync(2025);
    await drainEnqueuedJobs();

    expect(log).toEqual(["archived 7, 8", "deleted orders of 2025"]);
  });

  it("enqueues for another application, and keeps the tenant", async () => {
    await tenants.run("acme", () => LegacyReportJob.performAsync(2026));

    expect(enqueuedJobs()[0]?.record).toMatchObject({
      class: "Legacy::ReportJob",
      args: [2026],
      queue: "legacy",
      tenant: "acme",
      backtrace: 5,
    });
  });
});
