import { Command } from "mandate";
import { recurringJobs, travel, useTestAdapter } from "mandate/testing";
import { afterEach, beforeEach, expect, it } from "vitest";

const sent: string[] = [];
afterEach(() => void (sent.length = 0));

class Remind extends Command.initializeWith((to: string) => ({ to })) {
  call() {
    sent.push(`remind ${this.to}`);
  }
}

class SendDigest extends Command {
  static {
    this.recurring("every day at 8am Europe/Amsterdam");
  }

  call() {
    sent.push("digest");
  }
}

let inUse: Disposable;
beforeEach(() => void (inUse = useTestAdapter()));
afterEach(() => inUse[Symbol.dispose]());

it("reminds after two days, and sends a digest each morning", async () => {
  await Remind.defer("ada@example.org", { wait: "60 hours" });

  await travel("3 days"); // or travelTo(date)

  expect(sent.filter((each) => each === "digest")).toHaveLength(3);
  expect(sent).toContain("remind ada@example.org");
});

it("sends the digest at eight", async () => {
  const [digest] = await recurringJobs(SendDigest);

  expect(digest?.schedule).toBe("every day at 8am Europe/Amsterdam");
  expect(digest?.nextRuns(1, new Date("2026-03-02T12:00:00Z"))).toEqual([
    new Date("2026-03-03T07:00:00Z"),
  ]);
});
