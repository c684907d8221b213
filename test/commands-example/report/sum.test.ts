import { describe, expect, it, vi } from "vitest";
import { type Report, SumReport } from "../../../commands-example/commands/report/sum.ts";
import { exercises, solutions } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createExercise, createIteration } = await useAcademy();

describe("SumReport", () => {
  it("hands its sums to onSuccess", async () => {
    const { id: iterationId, exerciseId } = await createIteration();
    await database
      .insert(solutions)
      .values({ iterationId, exerciseId, linesOfCode: 12, snippet: "" });
    const [exercise] = await database.select().from(exercises);
    const onSuccess = vi.fn<(report: Report) => void>();

    const results = await SumReport.call(exercise!);
    results.onSuccess(onSuccess).onFailure(() => expect.unreachable());

    expect(onSuccess).toHaveBeenCalledExactlyOnceWith({ solutions: 1, linesOfCode: 12 });
  });

  it("hands its reason to onFailure if there is nothing to add up", async () => {
    const exercise = await createExercise({ folder: "src/cli" });
    const onFailure = vi.fn<(errors: readonly unknown[]) => void>();

    const results = await SumReport.call(exercise);
    results.onSuccess(() => expect.unreachable()).onFailure(onFailure);

    expect(onFailure).toHaveBeenCalledExactlyOnceWith(["nobody has solved src/cli yet"]);
  });
});
