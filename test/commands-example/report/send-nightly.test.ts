import { performEnqueuedJobs, recurringJobs, travelTo } from "mandate/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { SendNightlyReport } from "../../../commands-example/commands/report/send-nightly.ts";
import { iterations, solutions } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, mailServer, createIteration } = await useAcademy();
const { editors } = SendNightlyReport;

beforeEach(() => {
  mailServer.mailbox.length = 0;
  mailServer.greylisted.push(editors);
});

describe("SendNightlyReport", () => {
  it("is due at five in the morning, in Amsterdam", async () => {
    const [report] = await recurringJobs(SendNightlyReport);

    expect(report?.nextRuns(2, new Date("2026-03-27T12:00:00Z"))).toEqual([
      new Date("2026-03-28T04:00:00Z"),
      new Date("2026-03-29T03:00:00Z"),
    ]);
  });

  it("tells what was published within the day before it was due", async () => {
    const { id: _, ...iteration } = await createIteration();
    const old = { ...iteration, path: "src/globalid/old.ts" };
    await database.insert(iterations).values(old);
    const [today, before] = await database.select().from(iterations).orderBy(iterations.id);
    const published = { exerciseId: iteration.exerciseId, snippet: "", linesOfCode: 12 };
    await database.insert(solutions).values([
      { ...published, iterationId: today!.id },
      { ...published, iterationId: before!.id, publishedAt: new Date(0) },
    ]);
    const [report] = await recurringJobs(SendNightlyReport);
    const [due = new Date()] = report?.nextRuns() ?? [];

    await travelTo(due);

    const [mail, ...others] = mailServer.mailTo(editors);
    expect(others).toEqual([]);
    expect(mail?.id).toBe(`<nightly-report-${due.getTime()}@academy.example>`);
    expect(mail?.source).toContain("1 solutions, 12 lines of code");
  });

  it("sends a report of nothing, too, and of the day that ends where nothing says when it is due", async () => {
    await performEnqueuedJobs(() => SendNightlyReport.defer());

    expect(mailServer.mailTo(editors)[0]?.source).toContain("0 solutions, 0 lines of code");
  });
});
