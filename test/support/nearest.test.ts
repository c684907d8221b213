import { describe, expect, it } from "vitest";
import { nearest } from "../../src/support/nearest.ts";

describe("nearest", () => {
  it.each([
    ["maillers", "mailers"],
    ["mailer", "mailers"],
    ["mialers", "mailers"],
    ["Mailers", "mailers"],
    ["defualt", "default"],
    ["lo", "low"],
    ["MAIL_ERS", "mailers"],
  ])("takes %s for %s", (written, meant) => {
    expect(nearest(written, ["default", "mailers", "low"])).toBe(meant);
  });

  it.each(["reports", "x", "", "mail"])("finds nothing near %j", (written) => {
    expect(nearest(written, ["default", "mailers", "low"])).toBeUndefined();
  });

  it("takes the nearest of several", () => {
    expect(nearest("mailer", ["mailers2", "mailers"])).toBe("mailers");
  });
});
