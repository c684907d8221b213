import { Command } from "mandate";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  assertNoEnqueuedJobs,
  assertPerformedWith,
  assertRetried,
  clearJobs,
  drainEnqueuedJobs,
  enqueuedJobs,
  inline,
  performedJobs,
  performEnqueuedJobs,
  useTestAdapter,
  within,
} from "mandate/testing";
import "mandate/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const sent: string[] = [];
afterEach(() => void (sent.length = 0));

class BusyError extends Error {}

class SendMail extends Command.initializeWith((to: string) => ({ to })) {
  static {
    this.queueAs("mailers");
    this.retryIn(() => 5);
  }

  call() {
    if (this.to === "busy@example.org") throw new BusyError("come again");
    sent.push(this.to);
  }
}

class SignUp extends Command.initializeWith((email: string) => ({ email })) {
  async call() {
    await SendMail.defer(this.email, { wait: "1 day" });
  }
}

class Invite extends Command.initializeWith((emails: string[]) => ({ emails })) {
  async call() {
    for (const email of this.emails) await SignUp.defer(email);
  }
}

beforeEach(() => void useTestAdapter());

it("mails whoever signs up", async () => {
  await expect(() => SignUp.call("ada@example.org")).toEnqueue(SendMail, { queue: "mailers" });

  await performEnqueuedJobs();

  expect(sent).toEqual(["ada@example.org"]);
});

it("sends a mail a day later", async () => {
  const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000);

  await assertEnqueuedWith(
    {
      command: SendMail,
      args: ["ada@example.org"],
      queue: "mailers",
      at: within("1 minute").of(tomorrow),
    },
    () => SignUp.call("ada@example.org"),
  );
});

it("counts", async () => {
  await assertEnqueuedJobs(1, () => SignUp.call("ada@example.org"));
  await assertEnqueuedJobs(1, { only: SendMail }, () => SignUp.call("bob@example.org"));
  await assertNoEnqueuedJobs({ queue: "default" }, () => SignUp.call("cyd@example.org"));
});

it("performs", async () => {
  await performEnqueuedJobs(() => SignUp.call("ada@example.org")); // what the block defers, and what that defers

  await SignUp.call("bob@example.org");
  await performEnqueuedJobs({ only: SendMail }); // what waits

  await Invite.defer(["cyd@example.org", "dan@example.org"]);
  await drainEnqueuedJobs(); // what waits, and all that those jobs enqueue

  expect(sent).toHaveLength(4);
  await assertPerformedWith({ command: SendMail, args: ["ada@example.org"] });
});

it("runs at once", async () => {
  await inline(() => SignUp.call("ada@example.org"));

  expect(sent).toEqual(["ada@example.org"]);
});

it("lists", async () => {
  await SignUp.call("ada@example.org");
  expect(enqueuedJobs(SendMail)[0]?.arguments).toEqual(["ada@example.org"]);

  await performEnqueuedJobs();
  expect(performedJobs(SendMail)).toHaveLength(1);

  clearJobs();
  expect(SendMail.jobs.size).toBe(0); // as in Sidekiq's testing
});

it("tries again in five seconds", async () => {
  await SendMail.defer("busy@example.org");

  await expect(performEnqueuedJobs()).rejects.toThrow(BusyError); // what no rule of the class takes care of

  assertRetried(SendMail, { in: "5 seconds" });
});

describe("matchers of mandate/vitest", () => {
  it("read well", async () => {
    await expect(() => SignUp.call("ada@example.org")).toEnqueue(SendMail, {
      args: ["ada@example.org"],
    });
    await expect(() => SignUp.call("ada@example.org")).toEnqueueTimes(1);
    await expect(() => SignUp.call("ada@example.org")).toPerform(SendMail);
  });
});
