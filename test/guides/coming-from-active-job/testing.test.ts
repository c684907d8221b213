import { configure, Job, silentLogger } from "mandate";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  assertNoEnqueuedJobs,
  assertNoPerformedJobs,
  assertNotEnqueuedWith,
  assertPerformedJobs,
  assertPerformedWith,
  clearJobs,
  enqueuedJobs,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
  within,
} from "mandate/testing";
import "mandate/vitest";
import { beforeEach, expect, it } from "vitest";

const billed: string[] = [];

class BillingJob extends Job {
  static {
    this.queueAs("billing");
  }

  async perform(account: string) {
    billed.push(account);
    await ReceiptJob.performLater(account);
  }
}

class ReceiptJob extends Job {
  perform(_account: string) {}
}

const closeAccount = (account: string) =>
  BillingJob.set({ waitUntil: new Date("2030-01-01T12:00:00Z") }).performLater(account);

configure({ logger: silentLogger });
beforeEach(() => void (billed.length = 0));

beforeEach(() => {
  useTestAdapter();
});

it("bills the account when it is closed", async () => {
  await assertEnqueuedWith(
    {
      job: BillingJob,
      args: ["ada"],
      queue: "billing",
      at: new Date("2030-01-01T12:00:00Z"),
    },
    () => closeAccount("ada"),
  );
});

it("charges", async () => {
  await performEnqueuedJobs(() => closeAccount("ada"));

  expect(billed).toEqual(["ada"]);
  expect(performedJobs(BillingJob)).toHaveLength(1);
});

it("counts", async () => {
  await assertEnqueuedJobs(1, { only: BillingJob }, () => closeAccount("ada"));
  await assertNoEnqueuedJobs({ queue: "mailers" }, () => closeAccount("eve"));
  await assertPerformedJobs(2, () => closeAccount("bob")); // and its receipt
  await assertPerformedWith({ job: ReceiptJob, args: ["bob"] });
  await assertNotEnqueuedWith({ job: ReceiptJob, args: ["eve"] });
  await assertNoPerformedJobs({ only: ReceiptJob }, () => undefined);

  expect(enqueuedJobs(BillingJob)).toHaveLength(2);
});

it("performs some", async () => {
  const noon = new Date("2030-01-01T12:00:00Z");
  await closeAccount("ada");
  await ReceiptJob.performLater("ada");
  await performEnqueuedJobs({ only: ReceiptJob });
  await performEnqueuedJobs({ at: noon }); // those due by then
  await performEnqueuedJobs({ drain: true }); // and what they enqueue
  clearJobs();

  expect(enqueuedJobs()).toEqual([]);
  expect(billed).toEqual(["ada"]);
});

it("has matchers", async () => {
  const at = within("1 minute").of(new Date("2030-01-01T12:00:30Z"));
  await expect(() => closeAccount("ada")).toEnqueue(BillingJob, { args: ["ada"], at });
  await expect(() => closeAccount("ada")).toPerform(ReceiptJob);
  await expect(() => closeAccount("ada")).toEnqueueTimes(1);
});
