import { performEnqueuedJobs } from "mandate/testing";
import "mandate/vitest";
import { describe, expect, it } from "vitest";
import { ProcessBatch } from "../../../commands-example/commands/exercise/process-batch.ts";
import { exercises, iterations, solutions } from "../../../commands-example/database/schema.ts";
import { repository } from "../../../commands-example/application/source-tree.ts";
import { useAcademy } from "../academy.ts";

const { database, createExercise, createUser } = await useAcademy();

describe("ProcessBatch", () => {
  it("takes in one page, and defers the next", async () => {
    const user = await createUser();
    const exercise = await createExercise({ folder: "src/support" });
    const paths = (await repository.files(exercise.folder)).map(({ path }) => path);

    await expect(() => ProcessBatch.call(user, exercise)).toEnqueue(ProcessBatch, {
      args: [user, exercise, paths[3]],
    });

    const stored = await database.select().from(iterations).orderBy(iterations.id);
    expect(stored.map(({ path }) => path)).toEqual(paths.slice(0, 4));
  });

  it("ends with the last page", async () => {
    const user = await createUser();
    const exercise = await createExercise({ folder: "src/support" });
    const files = await repository.files(exercise.folder);

    await expect(() => ProcessBatch.call(user, exercise, files.at(-2)?.path)).not.toEnqueue(
      ProcessBatch,
    );

    expect(await database.$count(iterations)).toBe(1);
  });

  it("has all files of the folder published and counted in the end", async () => {
    const user = await createUser();
    const exercise = await createExercise({ folder: "src/support" });
    const { length } = await repository.files(exercise.folder);

    await performEnqueuedJobs(() => ProcessBatch.defer(user, exercise));

    expect(await database.$count(solutions)).toBe(length);
    expect(await database.select().from(exercises)).toMatchObject([{ solutionCount: length }]);
  });
});
