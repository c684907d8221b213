import { performEnqueuedJobs, recurringJobs, travel } from "mandate/testing";
import "mandate/vitest";
import { describe, expect, it } from "vitest";
import { PublishSolution } from "../../../commands-example/commands/solution/publish.ts";
import { SweepUnpublished } from "../../../commands-example/commands/solution/sweep-unpublished.ts";
import { solutions } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createIteration } = await useAcademy();
const ready = { linesOfCode: 1, snippet: "", snippetAt: new Date(0) };

describe("SweepUnpublished", () => {
  it("comes every quarter of an hour", async () => {
    const [sweep] = await recurringJobs(SweepUnpublished);

    expect(sweep?.scheduleInEnglish).toBe("every 15 minutes");
  });

  it("publishes what was ready for a while and is not published", async () => {
    const { id: iterationId } = await createIteration(ready);

    await travel("15 minutes");

    expect(await database.select().from(solutions)).toMatchObject([{ iterationId }]);
  });

  it.each([
    ["has just become ready", { ...ready, snippetAt: new Date() }],
    ["is not ready", { ...ready, linesOfCode: null }],
  ])("leaves alone what %s", async (_what, iteration) => {
    await createIteration(iteration);

    await expect(() => SweepUnpublished.call()).not.toEnqueue(PublishSolution);
  });

  it("leaves alone what is published", async () => {
    const iteration = await createIteration(ready);
    await performEnqueuedJobs(() => PublishSolution.defer(iteration));

    await expect(() => SweepUnpublished.call()).not.toEnqueue(PublishSolution);
  });
});
