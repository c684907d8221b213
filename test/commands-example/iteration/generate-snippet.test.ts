import { performEnqueuedJobs } from "mandate/testing";
import { describe, expect, it } from "vitest";
import { GenerateSnippet } from "../../../commands-example/commands/iteration/generate-snippet.ts";
import { iterations } from "../../../commands-example/database/schema.ts";
import { useAcademy } from "../academy.ts";

const { database, createIteration } = await useAcademy();

describe("GenerateSnippet", () => {
  it("starts at the first export, and takes ten lines", async () => {
    const body = Array.from({ length: 12 }, (_, index) => `  // line ${index}`);
    const code = ['import { one } from "./one.ts";', "", "export function two() {", ...body].join(
      "\n",
    );
    const iteration = await createIteration({ code });

    const snippet = await GenerateSnippet.call(iteration);

    expect(snippet).toBe(["export function two() {", ...body.slice(0, 9)].join("\n"));
  });

  it("starts at the top where nothing is exported", async () => {
    const iteration = await createIteration({ code: "const one = 1;" });

    expect(await GenerateSnippet.call(iteration)).toBe("const one = 1;");
  });

  it("changes nothing when it runs twice", async () => {
    const iteration = await createIteration({ code: "export const one = 1;" });

    await GenerateSnippet.call(iteration);
    const once = await database.select().from(iterations);
    await GenerateSnippet.call(iteration);

    expect(await database.select().from(iterations)).toEqual(once);
  });

  it("stores the snippet and the time, as a job too", async () => {
    const iteration = await createIteration({ code: "export const one = 1;" });

    await performEnqueuedJobs(() => GenerateSnippet.defer(iteration));

    const stored = await database.select().from(iterations);
    expect(stored).toMatchObject([
      { snippet: "export const one = 1;", snippetAt: expect.any(Date) },
    ]);
  });
});
