import { assertEnqueuedWith, assertNoEnqueuedJobs } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { CountLinesOfCode } from "../../../commands-example/commands/iteration/count-lines-of-code.ts";
import { GenerateSnippet } from "../../../commands-example/commands/iteration/generate-snippet.ts";
import { CreateSubmission } from "../../../commands-example/commands/submission/create.ts";
import { iterations } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createExercise, createUser } = await useAcademy();

const file = { path: "src/globalid/one.ts", code: "export const one = 1;\n" };

describe("CreateSubmission", () => {
  it("stores the file", async () => {
    const user = await createUser();
    const exercise = await createExercise();

    await CreateSubmission.call(user, exercise, file);

    const stored = await database.select().from(iterations);
    expect(stored).toMatchObject([{ userId: user.id, exerciseId: exercise.id, ...file }]);
  });

  it("stores a file that comes again in the same place", async () => {
    const user = await createUser();
    const exercise = await createExercise();

    await CreateSubmission.call(user, exercise, file);
    await CreateSubmission.call(user, exercise, { ...file, code: "export const one = 2 - 1;\n" });

    const stored = await database.select().from(iterations);
    expect(stored).toMatchObject([{ code: "export const one = 2 - 1;\n" }]);
  });

  it("has it published behind a count and a snippet", async () => {
    const user = await createUser();
    const exercise = await createExercise();

    const published = await CreateSubmission.call(user, exercise, file);

    const [iteration] = await database.select().from(iterations);
    const count = await assertEnqueuedWith({ command: CountLinesOfCode, args: [iteration!] });
    const snippet = await assertEnqueuedWith({ command: GenerateSnippet, args: [iteration!] });
    expect(published.className).toBe("PublishSolution");
    expect(published.record.prereq_jobs).toEqual([count.id, snippet.id]);
    expect(await published.status()).toBe("blocked");
  });

  it("defers nothing if the file is not stored", async () => {
    const user = await createUser();
    const exercise = await createExercise();

    await assertNoEnqueuedJobs(async () => {
      const unknown = { ...exercise, id: exercise.id + 1 };
      await expect(CreateSubmission.call(user, unknown, file)).rejects.toThrow(
        "Failed query: insert into",
      );
    });
  });
});
