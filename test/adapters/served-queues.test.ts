import { describe, expect, it } from "vitest";
import { isListed, servedQueues } from "../../src/adapters/served-queues.ts";

const all = ["beta_1", "default", "beta_2", "critical"];

describe("servedQueues", () => {
  it.each([
    [
      ["critical", "default"],
      ["critical", "default"],
    ],
    [
      ["never", "seen"],
      ["never", "seen"],
    ],
    [
      ["critical", "*"],
      ["critical", "beta_1", "default", "beta_2"],
    ],
    [
      ["*", "beta*"],
      ["default", "critical", "beta_1", "beta_2"],
    ],
    [
      ["beta*", "beta_1"],
      ["beta_2", "beta_1"],
    ],
    [["gamma*"], []],
  ])("%j are %j", (listed, served) => {
    expect(servedQueues(listed, all)).toEqual(served);
  });

  it("takes an entry for itself where a queue has a star in its name", () => {
    expect(servedQueues(["odd*", "*"], ["odd*", "odder", "even"])).toEqual([
      "odd*",
      "odder",
      "even",
    ]);
  });
});

describe("isListed", () => {
  it("is so where an entry stands for the queue", () => {
    expect(isListed(["a", "beta*"], "beta_3")).toBe(true);
    expect(isListed(["a", "beta*"], "a")).toBe(true);
    expect(isListed(["a", "beta*"], "b")).toBe(false);
    expect(isListed(["*"], "b")).toBe(true);
  });
});
