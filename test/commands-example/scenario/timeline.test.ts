import { stripVTControlCharacters } from "node:util";
import { Command, configure, silentLogger } from "mandate";
import { performEnqueuedJobs, useTestAdapter } from "mandate/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { timeline } from "../../../commands-example/scenario/timeline.ts";

class Try extends Command.initializeWith((how: "work" | "fail" | "requeue") => ({ how })) {
  static {
    this.queueAs("trials");
  }

  call(): void {
    if (this.how === "fail") throw new Error("no luck");
    if (this.how === "requeue") this.requeueJob("1 hour");
  }
}

beforeEach(() => {
  useTestAdapter();
  configure({ logger: silentLogger, middleware: { perform: [timeline] } });
});

describe("timeline", () => {
  it("shows of a run when, what, where, how long and how it ended", async () => {
    const job = await Try.defer("work");

    const line = await lineOf(performEnqueuedJobs);

    const [time, command, jid, queue, waited, took, outcome] = line.split(/ {2,}/);
    expect([command, jid, queue, outcome]).toEqual(["Try", job.id, "trials", "done"]);
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
    expect([waited, took].join()).toMatch(/^\d+ ms,\d+ ms$/);
  });

  it("tells a requeue from a failure", async () => {
    await Try.defer("requeue");

    expect(await lineOf(performEnqueuedJobs)).toMatch(/ {2}requeued$/);
  });

  it("shows why a run failed, and lets the error pass", async () => {
    await Try.defer("fail");

    const line = await lineOf(() => expect(performEnqueuedJobs()).rejects.toThrow("no luck"));

    expect(line).toMatch(/ {2}failed: no luck$/);
  });
});

/** The one line that is printed meanwhile. */
async function lineOf(run: () => Promise<unknown>): Promise<string> {
  const log = vi.spyOn(console, "log").mockReturnValue();
  await run();
  const lines = log.mock.calls.map(([line]) => stripVTControlCharacters(String(line)));
  log.mockRestore();
  expect(lines).toHaveLength(1);
  return lines.join();
}
