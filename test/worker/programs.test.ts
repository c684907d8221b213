import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectedOutput, runProgram } from "../repository/program.ts";

describe("a process with a worker", () => {
  it.each([
    ["ends by itself once the worker is stopped", "stop"],
    ["lives as long as the worker", "alive"],
    ["ends by itself once the worker has drained", "drain"],
  ])("%s", { timeout: 60_000 }, async (_what, program) => {
    const file = fileURLToPath(new URL(`programs/${program}.ts`, import.meta.url));

    const { exit, stdout, stderr } = await runProgram(file, { deadlineMs: 50_000 });

    // What the memory adapter says of jobs that are lost goes to the console's logger.
    expect(stderr.split("\n").filter((line) => !/lost with this process|^$/.test(line))).toEqual(
      [],
    );
    expect(stdout.trimEnd().split("\n")).toEqual(expectedOutput(file));
    expect(exit).toBe(0);
  });
});
