import { describe, expect, it } from "vitest";
import { typeCheck } from "./type-check.ts";

describe("typeCheck", () => {
  it("says what is wrong with which module, and where", { timeout: 60_000 }, async () => {
    const errors = await typeCheck(
      new Map([
        ["right.ts", "export const n: number = await Promise.resolve(1);"],
        ["wrong.ts", '\nexport const n: number = "1";'],
      ]),
    );

    expect([...errors]).toEqual([
      ["wrong.ts", ["2:14 error TS2322: Type 'string' is not assignable to type 'number'."]],
    ]);
  });
});
