import { eq } from "drizzle-orm";
import { performEnqueuedJobs } from "mandate/testing";
import "mandate/vitest";
import { describe, expect, it } from "vitest";
import { RefreshStatistics } from "../../../commands-example/commands/exercise/refresh-statistics.ts";
import { exercises, solutions } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createExercise, createIteration } = await useAcademy();

describe("RefreshStatistics", () => {
  it("waits in the low queue", async () => {
    const exercise = await createExercise();

    await expect(() => RefreshStatistics.performLater(exercise)).toEnqueue(RefreshStatistics, {
      args: [exercise],
      queue: "low",
    });
  });

  it("counts the solutions of its exercise", async () => {
    const { id: iterationId, exerciseId } = await createIteration();
    await database
      .insert(solutions)
      .values({ iterationId, exerciseId, linesOfCode: 1, snippet: "" });
    const [exercise] = await database.select().from(exercises).where(eq(exercises.id, exerciseId));

    await RefreshStatistics.performNow(exercise!);

    expect(await database.select().from(exercises)).toMatchObject([{ solutionCount: 1 }]);
  });

  it("does not count those of others", async () => {
    const { id: iterationId, exerciseId } = await createIteration();
    await database
      .insert(solutions)
      .values({ iterationId, exerciseId, linesOfCode: 1, snippet: "" });
    const exercise = await createExercise({ folder: "src/support", solutionCount: 7 });

    await performEnqueuedJobs(() => RefreshStatistics.performLater(exercise));

    const refreshed = await database.select().from(exercises).where(eq(exercises.id, exercise.id));
    expect(refreshed).toMatchObject([{ solutionCount: 0 }]);
  });
});
