import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "./program.ts";
import { compilerOutput } from "./type-check.ts";

const folder = join(root, "test/fixtures/misuses");
const misuses = readFileSync(join(folder, "misuses.ts"), "utf8");
/** Each with its line of code, as a person meets it. */
let told: readonly string[];

beforeAll(async () => {
  told = quoted(await compilerOutput(new Map([["misuses.ts", misuses]])));
}, 120_000);

describe("compiler errors", () => {
  it("read as they are written down", async () => {
    await expect(`${told.join("\n\n")}\n`).toMatchFileSnapshot(join(folder, "told.txt"));
  });

  it("come once for each misuse", () => {
    const lines = told.map((text) => text.split("\n")[0]);

    expect(lines).toEqual([...new Set(lines)]);
  });

  it("take one line, but for a function that initializeWith cannot use", () => {
    const long = told.filter((text) => text.split("\n").length > 2);

    expect(long.filter((text) => !text.includes("initializeWith("))).toEqual([]);
    expect(long.filter((text) => text.split("\n").length > 3)).toEqual([]);
  });
});

/** The errors, each behind the line of code that it is about. */
function quoted(output: string): string[] {
  const found: string[] = [];
  for (const line of output.trimEnd().split("\n")) {
    const [, row, message] = /^modules\/misuses\.ts\((\d+),\d+\): error (.*)$/.exec(line) ?? [];
    if (message === undefined) {
      found.push(`${found.pop()}\n${line}`);
    } else {
      found.push(`${misuses.split("\n")[Number(row) - 1]?.trim()}\n  ${message}`);
    }
  }
  return found;
}
