import { describe, expect, it } from "vitest";
import { queueOrder, shownQueues, type Queues } from "../../src/worker/queue-order.ts";

const WHAT_TO_DO =
  'Write "*", or names in strict order such as ["critical", "default"], ' +
  'or names and weights such as [["critical", 6], ["default", 4]]; "beta*" stands for all that begin so';

/** Numbers that look random and are the same in each run (Park and Miller). */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** How often each queue comes first, of 10,000 times. */
function firsts(queues: Queues): Record<string, number> {
  const order = queueOrder(queues, randomNumbers());
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < 10_000; draw += 1) {
    const first = order.next()![0]!;
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

describe("queueOrder", () => {
  it("leaves every queue to the store", () => {
    const order = queueOrder("*");

    expect(order.next()).toBeUndefined();
    expect(order.weights).toEqual([["*", 1]]);
  });

  it.each<[Queues, [string, number][]]>([
    [["*"], [["*", 0]]],
    [[["*", 3]], [["*", 3]]],
  ])("leaves every queue to the store where it is listed alone: %j", (queues, weights) => {
    const order = queueOrder(queues);

    expect(order.next()).toBeUndefined();
    expect(order.weights).toEqual(weights);
  });

  it("leaves it to the store which queues a star stands for", () => {
    expect(queueOrder(["critical", "beta*", "*"]).next()).toEqual(["critical", "beta*", "*"]);
  });

  it("draws a star by its weight", () => {
    const counts = firsts([
      ["critical", 3],
      ["*", 1],
    ]);

    expect(counts["critical"]! / 10_000).toBeCloseTo(0.75, 1);
    expect(counts["*"]! / 10_000).toBeCloseTo(0.25, 1);
  });

  it("keeps names as they are listed", () => {
    const order = queueOrder(["critical", "default", "bulk"]);

    expect(order.next()).toEqual(["critical", "default", "bulk"]);
    expect(order.next()).toEqual(["critical", "default", "bulk"]);
  });

  it("takes weights of 0 for strict", () => {
    const order = queueOrder([
      ["critical", 0],
      ["default", 0],
    ]);

    expect(order.next()).toEqual(["critical", "default"]);
  });

  it("draws the first queue by weight", () => {
    const counts = firsts([
      ["critical", 6],
      ["default", 3],
      ["bulk", 1],
    ]);

    expect(counts["critical"]! / 10_000).toBeCloseTo(0.6, 1);
    expect(counts["default"]! / 10_000).toBeCloseTo(0.3, 1);
    expect(counts["bulk"]! / 10_000).toBeCloseTo(0.1, 1);
  });

  it("draws the next by weight from those that are left", () => {
    const order = queueOrder(
      [
        ["critical", 6],
        ["default", 3],
        ["bulk", 1],
      ],
      randomNumbers(),
    );
    const orders = Array.from({ length: 10_000 }, () => order.next()!);

    const afterCritical = orders.filter(([first]) => first === "critical");
    const share = afterCritical.filter(([, second]) => second === "default").length;

    expect(share / afterCritical.length).toBeCloseTo(0.75, 1);
  });

  it("names each queue once in each order", () => {
    const order = queueOrder([
      ["critical", 6],
      ["default", 4],
    ]);

    expect(order.next()!.toSorted()).toEqual(["critical", "default"]);
  });

  it("draws evenly where all weights are 1", () => {
    const counts = firsts([
      ["one", 1],
      ["other", 1],
    ]);

    expect(counts["one"]! / 10_000).toBeCloseTo(0.5, 1);
  });

  it("counts a name alone, or a weight of 0, as 1 among weights", () => {
    const counts = firsts(["one", ["other", 0], ["third", 2]]);

    expect(counts["one"]! / 10_000).toBeCloseTo(0.25, 1);
    expect(counts["other"]! / 10_000).toBeCloseTo(0.25, 1);
    expect(counts["third"]! / 10_000).toBeCloseTo(0.5, 1);
  });

  it("shows operators the weights as they were given", () => {
    expect(queueOrder(["a", ["b", 2]]).weights).toEqual([
      ["a", 0],
      ["b", 2],
    ]);
  });

  it.each<[string, unknown, string]>([
    ["a name without a list", "default", 'by "default": it is no list'],
    ["no queue", [], "by an empty list: it names no queue"],
    ["a number", [1], "by a list: one entry is 1, neither a name nor a name and its weight"],
    [
      "a pair without weight",
      [["a"]],
      "by a list: one entry is an array, neither a name nor a name and its weight",
    ],
    ["a negative weight", [["a", -1]], 'by a list: the weight of "a" is -1, no integer from 0 up'],
    ["half a weight", [["a", 0.5]], 'by a list: the weight of "a" is 0.5, no integer from 0 up'],
    ["a name that is none", [[7, 1]], "by a list: 7 is not the name of a queue"],
    ["an empty name", [""], 'by a list: "" is not the name of a queue'],
    ["a name with its weight in it", ["a,6"], 'by a list: "a,6" is not the name of a queue'],
    ["a star at the beginning", ["*beta"], 'by a list: "*beta" has a star before its end'],
    ["a star in the middle", [["be*ta*", 1]], 'by a list: "be*ta*" has a star before its end'],
    ["all queues twice", ["*", "a", "*"], 'by a list: it names "*" twice'],
    ["a queue twice", ["a", ["a", 2]], 'by a list: it names "a" twice'],
  ])("refuses %s", (_what, queues, why) => {
    expect(() => queueOrder(queues as Queues)).toThrow(`Cannot serve queues as given ${why}`);
    expect(() => queueOrder(queues as Queues)).toThrow(WHAT_TO_DO);
  });
});

describe("shownQueues", () => {
  it.each<[Queues, string[]]>([
    ["*", ["*"]],
    [
      ["critical", "*"],
      ["critical", "*"],
    ],
    [
      [
        ["critical", 6],
        ["*", 1],
      ],
      ["critical,6", "*,1"],
    ],
  ])("shows %j as it is typed", (queues, shown) => {
    expect(shownQueues(queueOrder(queues).weights)).toEqual(shown);
  });
});
