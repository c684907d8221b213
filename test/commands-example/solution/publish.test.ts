import { performEnqueuedJobs } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { PublishSolution } from "../../../commands-example/commands/solution/publish.ts";
import { iterations, solutions } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createIteration } = await useAcademy();

const found = { linesOfCode: 1, snippet: "export const one = 1;" };

describe("PublishSolution", () => {
  it("publishes what was found out about the iteration", async () => {
    const { id: iterationId, exerciseId, ...rest } = await createIteration(found);

    await PublishSolution.call({ id: iterationId, exerciseId, ...rest });

    const published = await database.select().from(solutions);
    expect(published).toMatchObject([{ iterationId, exerciseId, ...found }]);
  });

  it("publishes what the row says when the job runs", async () => {
    const iteration = await createIteration();
    await PublishSolution.defer(iteration);
    await database.update(iterations).set(found);

    await performEnqueuedJobs();

    expect(await database.select().from(solutions)).toMatchObject([found]);
  });

  it("publishes once, however often it runs", async () => {
    const iteration = await createIteration(found);

    await PublishSolution.call(iteration);
    await PublishSolution.call(iteration);

    expect(await database.$count(solutions)).toBe(1);
  });

  it("refuses what has not been looked at", async () => {
    const iteration = await createIteration();

    await expect(PublishSolution.call(iteration)).rejects.toThrow(
      `Iteration ${iteration.id} has no line count or no snippet yet`,
    );
  });
});
