import { Command } from "mandate";
import {
  assertEnqueuedJobs,
  assertEnqueuedWith,
  performEnqueuedJobs,
  useTestAdapter,
  within,
} from "mandate/testing";
import "mandate/vitest";
import { beforeEach, expect, it } from "vitest";

const sent: string[] = [];

class SendMail extends Command.initializeWith((to: string) => ({ to })) {
  static {
    this.queueAs("mailers");
  }

  call() {
    sent.push(this.to);
  }
}

class SignUp extends Command.initializeWith((email: string) => ({ email })) {
  async call() {
    await SendMail.defer(this.email, { wait: "1 day" });
  }
}

beforeEach(() => {
  useTestAdapter();
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

it("sends one mail", async () => {
  await assertEnqueuedJobs(1, () => SignUp.call("ada@example.org"));
});

it("reaches the address that signed up", async () => {
  await performEnqueuedJobs(() => SignUp.call("ada@example.org"));

  expect(sent).toEqual(["ada@example.org"]);
});

it("reads well in Vitest", async () => {
  await expect(() => SignUp.call("ada@example.org")).toEnqueue(SendMail, {
    args: ["ada@example.org"],
  });
});
