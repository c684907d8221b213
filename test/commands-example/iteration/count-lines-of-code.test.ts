import { assertNoEnqueuedJobs, performEnqueuedJobs } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { CountLinesOfCode } from "../../../commands-example/commands/iteration/count-lines-of-code.ts";
import { iterations } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createIteration } = await useAcademy();

describe("CountLinesOfCode", () => {
  it("counts neither blank lines nor comments", async () => {
    const code =
      "/**\n * One.\n */\n\n// Really.\nexport function one() {\n  return 1; // So.\n}\n";
    const iteration = await createIteration({ code });

    expect(await CountLinesOfCode.call(iteration)).toBe(3);
  });

  it("stores the count and the time, as a job too", async () => {
    const iteration = await createIteration();

    await performEnqueuedJobs(() => CountLinesOfCode.defer(iteration));

    const stored = await database.select().from(iterations);
    expect(stored).toMatchObject([{ linesOfCode: 1, countedAt: expect.any(Date) }]);
  });

  it("changes nothing when it runs twice", async () => {
    const iteration = await createIteration();

    await CountLinesOfCode.call(iteration);
    const once = await database.select().from(iterations);
    await CountLinesOfCode.call(iteration);

    expect(await database.select().from(iterations)).toEqual(once);
  });

  it("is dropped if the iteration is gone when it runs", async () => {
    const iteration = await createIteration();
    await CountLinesOfCode.defer(iteration);
    await database.delete(iterations);

    await performEnqueuedJobs();

    await assertNoEnqueuedJobs();
  });
});
