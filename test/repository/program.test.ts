import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { comparableOutput, expectedOutput, runProgram } from "./program.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mandate-program-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("runProgram", () => {
  it("hands back what was printed, and the exit code", async () => {
    const file = write(
      'console.log("out" satisfies string);\nconsole.error("err");\nprocess.exitCode = 3;',
    );

    expect(await runProgram(file)).toEqual({ exit: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("ends a program that does not end by itself", async () => {
    const file = write("setInterval(() => {}, 1000);");

    expect(await runProgram(file, { deadlineMs: 1000 })).toMatchObject({ exit: "SIGKILL" });
  });
});

describe("expectedOutput", () => {
  it("is what stands after the Output comment", () => {
    expect(expectedOutput(write("a();\n\n// Output:\n// one\n//   two\n"))).toEqual([
      "one",
      "  two",
    ]);
  });

  it("is what stands behind it, on each line that has it", () => {
    const file = write("a();\n// Output: one\n\n  // Output:   two\n");

    expect(expectedOutput(file)).toEqual(["one", "  two"]);
  });

  it("is undefined without that comment", () => {
    expect(expectedOutput(write("a();\n"))).toBeUndefined();
  });
});

describe("comparableOutput", () => {
  it("equals what was expected where each … stands for something", () => {
    expect(comparableOutput("job 12 (3 ms)\n", ["job … (… ms)"])).toEqual(["job … (… ms)"]);
  });

  it("keeps what was printed where a line does not fit", () => {
    expect(comparableOutput("job 12\nmore\n", ["task …"])).toEqual(["job 12", "more"]);
  });
});

function write(text: string): string {
  const file = join(folder, "program.mts");
  writeFileSync(file, text);
  return file;
}
